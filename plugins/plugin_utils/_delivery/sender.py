# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""Sends one batch until each of its points is accepted, rejected for good, or left for later."""

from __future__ import annotations

import time
import typing as t
from collections import Counter, deque

from ansible_collections.keyward.iam.plugins.module_utils._common.backoff import jittered, pauses
from ansible_collections.keyward.iam.plugins.module_utils._common.text import cleaned

from .._journal.rejected import RejectedPoint
from .._metrics.point import count_collected
from .exporter import ExportResult, ExportStatus, RejectedPointError

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._metrics.point import Point
    from .exporter import Encoder, Exporter
    from .labels import Labels
    from .stats import DeliveryStats
    from .time_budget import TimeBudget

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0

# A second attempt with less time would end before it tells anything, and its reason would hide that of the first.
LEAST_SECONDS = 1.0

# A rejected batch is halved until the bad point stands alone. Past so many rejections without anything accepted, the
# fault is not in single points, and looking for them would only load the other side.
MOST_REJECTIONS = 48

Points = t.Callable[[t.Sequence["Point"]], t.Sequence["Point"]]


class Context(t.NamedTuple):
    """What all batches of a delivery share."""

    exporter: Exporter[t.Any]
    budget: TimeBudget
    labels: Labels
    show: Callable[[str], None] | None
    """Prints what is sent, where that is asked for."""
    probe: Callable[[], Sequence[Point]]
    """Good points that tell whether the other side accepts anything at all."""


class _Encoded(t.NamedTuple):
    point: Point
    item: t.Any
    adjusted: bool


class BatchSender:
    """After ``run``, each point was counted as delivered, or is in ``rejected`` or in ``left``."""

    def __init__(self, context: Context, stats: DeliveryStats, *, accepts: bool) -> None:
        """``accepts``: whether the other side accepted anything in this run."""
        self._context = context
        self._stats = stats
        self._rejections = 0
        self._rejected_points = 0
        self.accepts = accepts
        self.accepted = False
        self.own_accepted = False
        self.rejected: list[RejectedPoint] = []
        self.left: list[Point] = []
        self.partly_rejected = ExportResult(ExportStatus.ACCEPTED)
        """What the other side rejected of accepted requests, which it does not name."""
        self.notice = ""
        """What the other side said about requests that it accepted as a whole."""
        self.failure: ExportResult | None = None

    def run(self, points: Sequence[Point], *, retry: bool, with_last: Points | None = None) -> None:
        """
        Without ``retry``, there is one attempt, and what it does not deliver is in ``left``.

        ``with_last`` makes points to go with the last request, for those that the request carries.
        """
        encoded = self._encode(points)
        parts = deque([encoded] if encoded else [])
        while parts:
            part = parts.popleft()
            own = with_last([each.point for each in part]) if with_last and not parts else []
            own_items = _items(own, self._context.exporter.encoder())
            result = self._send([each.item for each in part] + own_items, retry=retry)
            if result.status is ExportStatus.REJECTED and retry and not self.accepts:
                result = self._probe(result)
            if result.status is ExportStatus.ACCEPTED:
                self._accept(part, result)
                self.own_accepted = bool(own_items)
            elif retry and result.status in (ExportStatus.TOO_LARGE, ExportStatus.REJECTED):
                parts.extendleft(reversed(self._divide(part, result)))
            else:
                self.failure = result
                self.left = [each.point for unsent in (part, *parts) for each in unsent]
                break

    def _encode(self, points: Sequence[Point]) -> list[_Encoded]:
        encoder = self._context.exporter.encoder()
        encoded = []
        for point in points:
            before = encoder.adjusted
            try:
                encoded.append(_Encoded(point, encoder.encode(point), encoder.adjusted > before))
            except RejectedPointError as error:
                self.rejected.append(RejectedPoint(point, error.code, str(error)))
        self._stats.rejected += Counter(each.code for each in self.rejected if not each.point.own)
        return encoded

    def _accept(self, part: list[_Encoded], result: ExportResult) -> None:
        self.accepted = self.accepts = True
        self._rejections = 0
        count = _count_collected(part)
        rejected = min(count, result.partly_rejected)
        if rejected:
            self._stats.rejected[result.code] += rejected
            self.partly_rejected = result._replace(partly_rejected=self.partly_rejected.partly_rejected + rejected)
        elif not result.partly_rejected:
            self.notice = result.reason or self.notice
        self._stats.delivered += count - rejected
        self._stats.requests += count > 0
        self._stats.adjusted += sum(each.adjusted and not each.point.own for each in part)

    def _probe(self, rejection: ExportResult) -> ExportResult:
        """If good points are rejected as well, a setting is wrong, and not the points."""
        items = _items(self._context.probe(), self._context.exporter.encoder())
        result = self._send(items, retry=False) if items else rejection
        if result.status is ExportStatus.ACCEPTED:
            self.accepts = True
            return rejection
        if result.status is not ExportStatus.REJECTED:
            return result
        return rejection._replace(
            status=ExportStatus.STOP, reason=f"{rejection.reason} (it rejects every request, also one with good points)"
        )

    def _divide(self, part: list[_Encoded], result: ExportResult) -> list[list[_Encoded]]:
        """The parts to try instead, or none: then the part is set aside."""
        self._rejections += result.status is ExportStatus.REJECTED
        all_rejected = self._rejected_points > 1 and not self.accepted
        in_points = not all_rejected and self._rejections <= MOST_REJECTIONS
        if len(part) > 1 and (result.status is ExportStatus.TOO_LARGE or in_points):
            middle = len(part) // 2
            return [part[:middle], part[middle:]]
        self._rejected_points += len(part)
        self.rejected += [RejectedPoint(each.point, result.code, result.reason) for each in part]
        self._stats.rejected[result.code] += _count_collected(part)
        return []

    def _send(self, items: list[t.Any], *, retry: bool) -> ExportResult:
        if self._context.show:
            for item in items:
                self._context.show(str(item))
        budget = self._context.budget
        for pause in pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS):
            if not budget.left:
                return deadline_is_over(budget, self._context.labels)
            result = self._export(items)
            if result.status is ExportStatus.ACCEPTED:
                return result
            self._stats.failed_requests += result.sent
            # Many runs may wait for the same sink: they should not come back at the same moment.
            wait = pause if result.retry_after is None else result.retry_after + jittered(FIRST_PAUSE_SECONDS) / 10
            # Written so that it also ends for what is no number.
            in_time = wait + LEAST_SECONDS <= budget.left
            if result.status is not ExportStatus.RETRY or not retry or not in_time:
                return result
            time.sleep(wait)
        raise AssertionError("pauses never end")

    def _export(self, items: list[t.Any]) -> ExportResult:
        """No exporter's fault, whatever the other side answers, ends the delivery of the run."""
        try:
            return self._context.exporter.export(items, self._context.budget.left)
        except Exception as error:  # noqa: BLE001
            reason = cleaned(f"unexpected {type(error).__name__}: {error}")
            return ExportResult(ExportStatus.STOP, "fault", reason, self._context.labels.destination)


def deadline_is_over(budget: TimeBudget, labels: Labels) -> ExportResult:
    reason = f"the {budget.total:g} s that a run has for delivery are over"
    return ExportResult(ExportStatus.RETRY, "no time", reason, labels("deadline"))


def _items(points: Sequence[Point], encoder: Encoder[t.Any]) -> list[t.Any]:
    """None where one of them would be rejected: left behind, they become points like others, which are set aside."""
    try:
        return [encoder.encode(point) for point in points]
    except RejectedPointError:
        return []


def _count_collected(part: list[_Encoded]) -> int:
    return count_collected(each.point for each in part)
