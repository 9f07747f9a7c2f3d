# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One measured value, which encoders, the journal and exporters share."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Point:
    """
    One measured value. ``source`` and common tags are the delivery's to add.

    ``value`` is whatever the result held: an exporter refuses what is no number, so that it is counted and said.
    """

    metric: str
    value: t.Any
    timestamp: int
    tags: dict[str, str] = field(default_factory=dict)
    source: str = ""
    own: bool = False
    """A metric of the delivery about itself, which is not among the points that it counts."""


def count_collected(points: Iterable[Point]) -> int:
    """How many of the points are results, not the delivery's own metrics."""
    return sum(not point.own for point in points)
