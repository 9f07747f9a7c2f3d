# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The metrics of a delivery about itself. They count what was delivered since the last report, each point once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .._metrics import names as metrics
from .._metrics.point import Point
from .stats import DeliveryStats

if TYPE_CHECKING:
    from collections.abc import Iterator


class SelfMetrics:
    """``reported`` counts what this process and its workers reported."""

    def __init__(self) -> None:
        self.reported = DeliveryStats()
        self.reported_at = 0
        """The timestamp of the last report."""

    def unreported(self, stats: DeliveryStats) -> DeliveryStats | None:
        """What is to be reported, or None if no point was delivered, rejected or dropped."""
        unreported = stats.since(self.reported)
        return unreported if any(unreported.outcomes.values()) or unreported.requests else None

    def points(self, unreported: DeliveryStats) -> list[Point]:
        """With a new timestamp each time: of two points of a series with one timestamp, a receiver keeps one."""
        self.reported_at = max(int(time.time()), self.reported_at + 1)
        return list(points(unreported, self.reported_at))


def points(stats: DeliveryStats, timestamp: int) -> Iterator[Point]:
    for outcome, value in stats.outcomes.items():
        yield Point(metrics.DELIVERY_POINTS, value, timestamp, {"outcome": outcome}, own=True)
    yield Point(metrics.DELIVERY_REQUESTS, stats.requests, timestamp, own=True)
