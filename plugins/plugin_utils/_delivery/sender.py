# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Sends one batch until each of its points is accepted, set aside for good, or left for later."""

from __future__ import annotations

import time
import typing as t
from collections import Counter, deque

from ansible_collections.keyward.iam.plugins.module_utils._common.backoff import pauses

from .._journal.rejected import RejectedPoint
from .._metrics.point import gathered
from .exporter import Encoder, Exporter, ExportResult, ExportStatus, RejectedPointError

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._metrics.point import Point
    from .stats import DeliveryStats
    from .time_budget import TimeBudget

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0

# A second attempt with less time would end before it tells anything, and its reason would hide that of the first.
LEAST_SECONDS = 1.0

# A refused batch is halved until the bad point stands alone. Past so many refusals without anything taken, the fault is
# not in single points, and looking for them would only load the other side.
MOST_REFUSALS = 48

# That so many are refused tells nothing about others.
FEW_POINTS = 5

Show = t.Callable[[str], None]


class _Encoded(t.NamedTuple):
    point: Point
    item: t.Any


class BatchSender:
    """After ``run``, each point was counted as delivered, or is in ``rejected`` or in ``left``."""

    def __init__(
        self, exporter: Exporter[t.Any], budget: TimeBudget, counts: DeliveryStats, show: Show | None, *, divide: bool
    ) -> None:
        self._exporter = exporter
        self._budget = budget
        self._counts = counts
        self._show = show
        self._divides = divide
        self._refusals = 0
        self._refused_points = 0
        self.accepted = False
        self.tail_accepted = False
        self.rejected: list[RejectedPoint] = []
        self.left: list[Point] = []
        self.failure: ExportResult | None = None

    @property
    def refused_whole(self) -> bool:
        """Nothing was taken, of too many points for each of them to be bad."""
        return self._refusals > 0 and not self.accepted and self._refused_points > FEW_POINTS

    def run(
        self,
        points: Sequence[Point],
        *,
        patient: bool,
        tail: Callable[[Sequence[Point]], Sequence[Point]] | None = None,
    ) -> None:
        """
        An impatient shipment makes one attempt, and leaves what that does not get through to a patient one.

        ``tail`` makes points that ride with the last request; it is given those that the request carries.
        """
        encoder = self._exporter.encoder()
        encoded = self._encode(points, encoder)
        parts = deque([encoded] if encoded else [])
        while parts:
            part = parts.popleft()
            riders = tail([point for point, _item in part]) if tail and not parts else []
            riding = _items(riders, encoder)
            lines = [line for _point, line in part] + riding
            result = self._send(lines, patient=patient)
            if result.status is ExportStatus.ACCEPTED:
                self._accept(part)
                self.tail_accepted = bool(riding)
            elif patient and result.status in (ExportStatus.TOO_LARGE, ExportStatus.REJECTED):
                parts.extendleft(reversed(self._divide(part, result)))
            else:
                self.failure = result
                self.left = [point for unsent in (part, *parts) for point, _item in unsent]
                break
        if self.accepted:
            self._counts.adjusted += encoder.adjusted

    def _encode(self, points: Sequence[Point], encoder: Encoder[t.Any]) -> list[_Encoded]:
        encoded = []
        for point in points:
            try:
                encoded.append(_Encoded(point, encoder.encode(point)))
            except RejectedPointError as error:
                self.rejected.append(RejectedPoint(point, error.code, str(error)))
        self._counts.rejected += Counter(code for point, code, _reason in self.rejected if gathered([point]))
        return encoded

    def _accept(self, part: list[_Encoded]) -> None:
        self.accepted = True
        self._refusals = 0
        count = _gathered(part)
        self._counts.delivered += count
        self._counts.requests += count > 0

    def _divide(self, part: list[_Encoded], result: ExportResult) -> list[list[_Encoded]]:
        """The parts to try instead, or none: then the part is set aside."""
        self._refusals += result.status is ExportStatus.REJECTED
        all_refused = self._refused_points > 1 and not self.accepted
        in_points = self._divides and not all_refused and self._refusals <= MOST_REFUSALS
        if len(part) > 1 and (result.status is ExportStatus.TOO_LARGE or in_points):
            middle = len(part) // 2
            return [part[:middle], part[middle:]]
        self._refused_points += len(part)
        self.rejected += [RejectedPoint(point, result.code, result.reason) for point, _item in part]
        self._counts.rejected[result.code] += _gathered(part)
        return []

    def _send(self, lines: list[str], *, patient: bool) -> ExportResult:
        if self._show:
            for line in lines:
                self._show(line)
        waits = pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        while True:
            if not self._budget.left:
                return deadline_is_over(self._exporter, self._budget)
            result = self._exporter.export(lines, self._budget.left)
            if result.status is ExportStatus.ACCEPTED:
                return result
            self._counts.failed_requests += 1
            if result.status is not ExportStatus.RETRY or not patient:
                return result
            pause = next(waits)
            wait = pause if result.retry_after is None else result.retry_after + pause / 10
            if wait + LEAST_SECONDS > self._budget.left:
                return result
            time.sleep(wait)


def deadline_is_over(exporter: Exporter[t.Any], budget: TimeBudget) -> ExportResult:
    return ExportResult(
        ExportStatus.RETRY,
        "no time",
        f"the {budget.total:g} s that a run has for delivery are over",
        f"deadline ({exporter.name.upper()}_DEADLINE)",
    )


def _items(riders: Sequence[Point], encoder: Encoder[t.Any]) -> list[str]:
    """None where one of them would be rejected: left behind, they become points like others, which are set aside."""
    try:
        return [encoder.encode(point) for point in riders]
    except RejectedPointError:
        return []


def _gathered(part: list[_Encoded]) -> int:
    return gathered(point for point, _item in part)
