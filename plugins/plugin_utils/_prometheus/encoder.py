# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Points as samples of Prometheus: its names, its units, its labels."""

from __future__ import annotations

import math
import re
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.text import without_surrogates

from .._delivery.exporter import RejectedPointError

if t.TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .._metrics.names import Description
    from .._metrics.point import Point

_NOT_IN_LABEL = re.compile(r"[^A-Za-z0-9_]")
_RESERVED = frozenset({"job", "instance"})
"""Labels that Prometheus and the Pushgateway give to what they scrape."""

_MILLISECONDS = 1000
_LATEST = 1 << 53
"""Up to it, a float holds every second."""


class Sample(t.NamedTuple):
    """``metric`` is the name of the point, ``name`` Prometheus' own. ``timestamp`` is the time of its collection."""

    metric: str
    name: str
    labels: tuple[tuple[str, str], ...]
    value: float
    timestamp: int

    def label(self, name: str) -> str:
        """Empty where there is none, which is the same to Prometheus."""
        return dict(self.labels).get(name, "")


class SampleEncoder:
    def __init__(self, described: Mapping[str, Description]) -> None:
        self._described = described
        self.adjusted = 0

    def encode(self, point: Point) -> Sample:
        """Raises RejectedPointError."""
        value = point.value
        if not _is_number(value):
            raise RejectedPointError("not a number", f"{point.metric} has the value {value!r:.40}, which is no number")
        if not _is_number(point.timestamp) or not 0 < point.timestamp < _LATEST or point.timestamp % 1:
            raise RejectedPointError("no time", f"{point.metric} has the timestamp {point.timestamp!r:.40}")
        description = self._described.get(point.metric)
        if description is None:
            raise RejectedPointError("unknown metric", f"{point.metric} has no name in Prometheus")
        labels: dict[str, str] = {}
        changed = False
        for tag, text in sorted(point.tags.items()):
            valid = without_surrogates(str(text))
            changed |= valid != text
            # The first of two that become the same stays.
            labels.setdefault(label_name(tag), valid)
        self.adjusted += changed or len(labels) < len(point.tags)
        seconds = value / _MILLISECONDS if description.unit == "ms" else value
        return Sample(point.metric, description.prometheus, tuple(sorted(labels.items())), seconds, point.timestamp)


def _is_number(value: t.Any) -> bool:
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def is_written(labels: Collection[tuple[str, str]]) -> bool:
    """Whether these may be labels of a sample that was encoded here. Raises ValueError, TypeError."""
    "".join(text for label in labels for text in label).encode()
    return all(name == label_name(name) for name, _text in labels)


def label_name(tag: str) -> str:
    """A tag's name as a label: only letters, digits and underscores, and none that Prometheus keeps for itself."""
    name = _NOT_IN_LABEL.sub("_", tag) or "_"
    return f"tag_{name}" if name in _RESERVED or name[0].isdigit() or name.startswith("__") else name
