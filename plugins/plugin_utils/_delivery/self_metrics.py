# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The metrics of a delivery about itself: what it delivered since it last told, so that each point is told once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .._metrics import names as metrics
from .._metrics.point import Point
from .stats import DeliveryStats

if TYPE_CHECKING:
    from collections.abc import Iterator


class SelfMetrics:
    """``told`` holds what was told, by this process and by workers."""

    def __init__(self) -> None:
        self.told = DeliveryStats()
        self.told_at = 0
        """The last second that was told of."""

    def untold(self, stats: DeliveryStats) -> DeliveryStats | None:
        """What is to be told, or None where nothing became of any point."""
        untold = stats.since(self.told)
        return untold if any(untold.outcomes.values()) or untold.requests else None

    def points(self, untold: DeliveryStats) -> list[Point]:
        """Of one second each time: of two points of a series in one second, only one would be kept."""
        self.told_at = max(int(time.time()), self.told_at + 1)
        return list(points(untold, self.told_at))


def points(stats: DeliveryStats, timestamp: int) -> Iterator[Point]:
    for outcome, value in stats.outcomes.items():
        yield Point(metrics.DELIVERY_POINTS, value, timestamp, {"outcome": outcome}, own=True)
    yield Point(metrics.DELIVERY_REQUESTS, stats.requests, timestamp, own=True)
