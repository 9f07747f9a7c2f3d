# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the receiver saw: requests, accepted points, rejected lines."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .lines import Limits, Point, RejectError, parse

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Request:
    """One call of /report, in order of arrival."""

    connection: int
    answer: str
    status: int | None
    """None where no answer was sent."""
    lines: int | None
    """None where the body was not read to its end."""
    accepted: int
    rejected: int
    wire_bytes: int
    compressed: bool
    content_type: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class RejectedLine:
    line: str
    code: str
    reason: str


class Store:
    """Thread-safe; every answer is a copy."""

    def __init__(self, limits: Limits, *, keep: bool) -> None:
        self._limits = limits
        self._keep = keep
        self._in_flight = 0
        self._changed = threading.Condition()
        self.clear()

    def clear(self) -> None:
        with self._changed:
            self._lines: list[str] = []
            self._points: list[Point] = []
            self._arrivals: Counter[bytes] = Counter()
            self._metrics: Counter[str] = Counter()
            self._rejected: list[RejectedLine] = []
            self._requests: list[Request] = []

    def record(self, lines: list[str]) -> tuple[int, int]:
        """Validate and take what is valid; returns how many were accepted and rejected."""
        now, accepted, rejected = time.time(), 0, 0
        with self._changed:
            for line in lines:
                try:
                    point = parse(line, now=now, limits=self._limits)
                except RejectError as reject:
                    rejected += 1
                    self._rejected.append(RejectedLine(line, reject.code, reject.reason))
                else:
                    accepted += 1
                    self._take(line, point)
        return accepted, rejected

    def _take(self, line: str, point: Point) -> None:
        digest = point.digest
        self._arrivals[digest] += 1
        first = self._arrivals[digest] == 1
        if first:
            self._metrics[point.metric] += 1
        if self._keep:
            self._lines.append(line)
            if first:
                self._points.append(point)

    def begin(self) -> None:
        with self._changed:
            self._in_flight += 1
            self._changed.notify_all()

    def log(self, request: Request) -> None:
        with self._changed:
            self._in_flight -= 1
            self._requests.append(request)
            self._changed.notify_all()

    def wait(self, condition: Callable[[], bool], timeout: float) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError(f"nothing fitting arrived within {timeout} s; requests: {self._requests[-5:]}")

    @property
    def in_flight(self) -> int:
        with self._changed:
            return self._in_flight

    @property
    def requests(self) -> list[Request]:
        with self._changed:
            return list(self._requests)

    @property
    def rejected(self) -> list[RejectedLine]:
        with self._changed:
            return list(self._rejected)

    @property
    def lines(self) -> list[str]:
        self._demand_kept()
        with self._changed:
            return list(self._lines)

    @property
    def points(self) -> list[Point]:
        self._demand_kept()
        with self._changed:
            return list(self._points)

    @property
    def metrics(self) -> dict[str, int]:
        with self._changed:
            return dict(self._metrics)

    @property
    def unique(self) -> int:
        with self._changed:
            return len(self._arrivals)

    @property
    def accepted(self) -> int:
        with self._changed:
            return self._arrivals.total()

    def arrivals(self, point: Point) -> int:
        with self._changed:
            return self._arrivals[point.digest]

    def _demand_kept(self) -> None:
        if not self._keep:
            raise LookupError("this receiver keeps counts only (keep=False)")
