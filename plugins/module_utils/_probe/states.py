# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a step's results over time say about it: up, degraded or down."""

from __future__ import annotations

import dataclasses
import math
import typing as t

from .result import State
from .settings import check_range

DOWN_DURATION_MS = 900_000
"""A check that took longer than this is down at once, however it ended."""

_HOUR = 3600
_AVERAGED_HOURS = 7 * 24

Json = dict[str, t.Any]


_MOST = 1_000_000


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """Raises UserError for a threshold that no history can reach."""

    degraded_percent: int = 500
    degraded_after: int = 3
    recovered_after: int = 3
    down_after: int = 2
    up_after: int = 2

    def __post_init__(self) -> None:
        for option, value in dataclasses.asdict(self).items():
            check_range(option, value, 1, _MOST)


class Hour(t.NamedTuple):
    """The times of one hour: a week of them is a small file, whatever the schedule."""

    total_ms: float
    times: int


@dataclasses.dataclass
class StepHistory:
    """
    How many results of a kind came last, without one of the other kind between them, and the week's times by hour.
    Times that count as slow are left out of the average, or a few of them would hide those that follow.
    """

    down: bool = False
    degraded: bool = False
    failures: int = 0
    successes: int = 0
    slow: int = 0
    fast: int = 0
    hours: dict[int, Hour] = dataclasses.field(default_factory=dict)

    @property
    def state(self) -> State:
        if self.down:
            return "down"
        return "degraded" if self.degraded else "up"

    def average(self, now: float) -> float | None:
        """The mean time in milliseconds of the last seven days; older times are forgotten."""
        this_hour = int(now // _HOUR)
        self.hours = {hour: of_it for hour, of_it in self.hours.items() if 0 <= this_hour - hour < _AVERAGED_HOURS}
        times = sum(hour.times for hour in self.hours.values())
        return sum(hour.total_ms for hour in self.hours.values()) / times if times else None

    def succeeded(self, duration_ms: float, now: float, thresholds: Thresholds) -> None:
        self.failures = 0
        self.successes += 1
        if self.successes >= thresholds.up_after:
            self.down = False
        if duration_ms > DOWN_DURATION_MS:
            self.down, self.successes = True, 0
        average = self.average(now)
        if average and duration_ms * 100 >= average * thresholds.degraded_percent:
            self._was_slow(thresholds)
        else:
            self._was_fast(duration_ms, now, thresholds)

    def failed(self, duration_ms: float | None, thresholds: Thresholds) -> None:
        self.successes = 0
        self.failures += 1
        if self.failures >= thresholds.down_after or (duration_ms or 0) > DOWN_DURATION_MS:
            self.down = True

    def _was_slow(self, thresholds: Thresholds) -> None:
        self.fast = 0
        self.slow += 1
        if self.slow >= thresholds.degraded_after:
            self.degraded = True

    def _was_fast(self, duration_ms: float, now: float, thresholds: Thresholds) -> None:
        self.slow = 0
        self.fast += 1
        if self.fast >= thresholds.recovered_after:
            self.degraded = False
        hour = int(now // _HOUR)
        total_ms, times = self.hours.get(hour, (0.0, 0))
        self.hours[hour] = Hour(round(total_ms + duration_ms, 1), times + 1)

    def to_json(self) -> Json:
        return {**dataclasses.asdict(self), "hours": {str(hour): list(of_it) for hour, of_it in self.hours.items()}}

    @classmethod
    def from_json(cls, stored: Json) -> StepHistory:
        """Raises an exception of any class for what C(to_json) did not make."""
        fields = dict(stored)
        hours = {int(hour): _hour(total, times) for hour, (total, times) in fields.pop("hours").items()}
        kinds = {field.name: type(field.default) for field in dataclasses.fields(cls) if field.name != "hours"}
        if {name: type(value) for name, value in fields.items()} != kinds:
            raise ValueError("these are not the fields of a step")
        return cls(**fields, hours=hours)


def _hour(total_ms: float, times: int) -> Hour:
    if not (math.isfinite(total_ms) and total_ms >= 0 and 1 <= times <= _MOST):
        raise ValueError("these are not the times of an hour")
    return Hour(float(total_ms), int(times))


_WORST_FIRST: tuple[State, ...] = ("down", "misconfigured", "degraded", "up")


def worst(states: t.Iterable[State | None]) -> State | None:
    """The worst state of all; one that is misconfigured hides no outage of another. None if none is known."""
    known = set(states)
    return next((state for state in _WORST_FIRST if state in known), None)
