# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One batch ends delivered, rejected or left, whatever an exporter answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import (
    ExportResult,
    ExportStatus,
    RejectedPointError,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.labels import Labels
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.sender import BatchSender, Context
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.time_budget import TimeBudget
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

ACCEPTED = ExportResult(ExportStatus.ACCEPTED)
REJECTED = ExportResult(ExportStatus.REJECTED, "HTTP 400", "bad point")
PROBE = -1
Answer = Callable[[Sequence[int]], ExportResult]


class Encoder:
    adjusted = 0

    def encode(self, point: Point) -> int:
        if not isinstance(point.value, int):
            raise RejectedPointError("value", "not a number")
        return point.value


class Exporter:
    name = "test"
    destination = "http://receiver"
    most_points = 100
    reserved_tags = frozenset[str]()

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[list[int]] = []

    def encoder(self) -> Encoder:
        return Encoder()

    def export(self, items: Sequence[int], seconds: float) -> ExportResult:
        assert seconds > 0
        self.requests.append(list(items))
        return self._answer(items)

    def shutdown(self) -> None:
        pass


def points(*values: object) -> list[Point]:
    return [Point("metric", value, 1) for value in values]


class Sent:
    def __init__(self, answer: Answer, *values: object, retry: bool = True, seconds: float = 30) -> None:
        self.exporter = Exporter(answer)
        self.stats = DeliveryStats()
        with TimeBudget(seconds) as budget:
            context = Context(self.exporter, budget, Labels({"deadline": {}}), None, lambda: points(PROBE))
            self.sender = BatchSender(context, self.stats, accepts=False)
            self.sender.run(points(*values), retry=retry)

    @property
    def left(self) -> list[object]:
        return [point.value for point in self.sender.left]

    @property
    def rejected(self) -> list[tuple[object, str]]:
        return [(each.point.value, each.code) for each in self.sender.rejected]


def test_a_point_that_cannot_be_encoded_keeps_no_other_back() -> None:
    sent = Sent(lambda _items: ACCEPTED, 1, "x", 2)
    assert sent.exporter.requests == [[1, 2]]
    assert (sent.rejected, sent.left) == ([("x", "value")], [])
    assert (sent.stats.delivered, sent.stats.invalid) == (2, 1)


@pytest.mark.parametrize("bad", [0, 3, 7])
def test_the_one_bad_point_of_a_batch_is_found(bad: int) -> None:
    sent = Sent(lambda items: REJECTED if bad in items else ACCEPTED, *range(8))
    assert (sent.rejected, sent.left) == ([(bad, "HTTP 400")], [])
    assert sent.stats.delivered == 7


def test_a_receiver_that_rejects_everything_costs_no_point() -> None:
    sent = Sent(lambda _items: REJECTED, 1, 2)
    assert sent.exporter.requests == [[1, 2], [PROBE]]
    assert (sent.rejected, sent.left) == ([], [1, 2])
    assert sent.sender.failure
    assert "it rejects every request" in sent.sender.failure.reason


def test_a_request_that_is_too_large_is_divided() -> None:
    too_large = ExportResult(ExportStatus.TOO_LARGE, "HTTP 413")
    sent = Sent(lambda items: too_large if len(items) > 2 else ACCEPTED, *range(5))
    assert [request for request in sent.exporter.requests if len(request) < 3] == [[0, 1], [2], [3, 4]]
    assert (sent.stats.delivered, sent.left, sent.rejected) == (5, [], [])


@pytest.mark.parametrize("status", [ExportStatus.RETRY, ExportStatus.STOP, ExportStatus.TOO_LARGE])
def test_without_retry_there_is_one_attempt(status: ExportStatus) -> None:
    sent = Sent(lambda _items: ExportResult(status, "x"), 1, 2, retry=False)
    assert (len(sent.exporter.requests), sent.left) == (1, [1, 2])


@pytest.mark.parametrize("wait", [1e9, float("inf"), float("nan")])
def test_a_pause_that_the_deadline_does_not_allow_ends_the_attempts(wait: float) -> None:
    sent = Sent(lambda _items: ExportResult(ExportStatus.RETRY, "HTTP 429", retry_after=wait), 1)
    assert (len(sent.exporter.requests), sent.left, sent.stats.failed_requests) == (1, [1], 1)


def test_a_fault_of_the_exporter_leaves_the_points() -> None:
    def fail(_items: Sequence[int]) -> ExportResult:
        raise RuntimeError("unforeseen")

    sent = Sent(fail, 1)
    assert sent.left == [1]
    assert sent.sender.failure
    assert "unexpected RuntimeError: unforeseen" in sent.sender.failure.reason


def test_what_a_receiver_rejects_of_an_accepted_request_is_not_delivered() -> None:
    partly = ExportResult(ExportStatus.ACCEPTED, "partial success", "old", partly_rejected=2)
    sent = Sent(lambda _items: partly, 1, 2, 3)
    assert (sent.stats.delivered, sent.stats.rejected) == (1, {"partial success": 2})
    assert (sent.left, sent.sender.partly_rejected.reason) == ([], "old")


def test_the_rejections_of_several_requests_are_added() -> None:
    def answer(items: Sequence[int]) -> ExportResult:
        if len(items) > 2:
            return ExportResult(ExportStatus.TOO_LARGE, "HTTP 413")
        return ExportResult(ExportStatus.ACCEPTED, "partial success", "old", partly_rejected=1)

    sent = Sent(answer, *range(4))
    assert (sent.stats.delivered, sent.stats.rejected, sent.stats.requests) == (2, {"partial success": 2}, 2)
    assert sent.sender.partly_rejected.partly_rejected == 2


def test_a_point_that_is_too_large_alone_is_set_aside() -> None:
    sent = Sent(lambda items: ExportResult(ExportStatus.TOO_LARGE, "HTTP 413") if 1 in items else ACCEPTED, 1, 2)
    assert (sent.rejected, sent.stats.delivered, sent.left) == ([(1, "HTTP 413")], 1, [])


def test_where_none_of_many_is_accepted_they_are_not_tried_one_by_one() -> None:
    sent = Sent(lambda items: ACCEPTED if list(items) == [PROBE] else REJECTED, *range(8))
    assert sent.exporter.requests == [
        [*range(8)],
        [PROBE],
        [0, 1, 2, 3],
        [0, 1],
        [0],
        [1],
        [2, 3],
        [4, 5, 6, 7],
    ]
    assert [value for value, _code in sent.rejected] == [*range(8)]
    assert (sent.stats.invalid, sent.stats.delivered, sent.left) == (8, 0, [])


def test_a_busy_receiver_is_asked_again() -> None:
    answers = [ExportResult(ExportStatus.RETRY, "HTTP 503", retry_after=0), ACCEPTED]
    sent = Sent(lambda _items: answers.pop(0), 7)
    assert sent.exporter.requests == [[7], [7]]
    assert (sent.stats.delivered, sent.stats.requests, sent.stats.failed_requests) == (1, 1, 1)


def sender_of(answer: Answer, shown: list[str] | None = None) -> tuple[BatchSender, DeliveryStats]:
    stats = DeliveryStats()
    budget = TimeBudget(30)
    show = None if shown is None else shown.append
    return BatchSender(
        Context(Exporter(answer), budget, Labels({"deadline": {}}), show, lambda: points(PROBE)), stats, accepts=True
    ), stats


@pytest.mark.parametrize(("answer", "accepted"), [(ACCEPTED, True), (ExportResult(ExportStatus.STOP, "x"), False)])
def test_the_delivery_s_own_points_go_with_the_last_request(answer: ExportResult, *, accepted: bool) -> None:
    sender, stats = sender_of(lambda _items: answer)
    assert sender.own_accepted is False
    own = [Point("own", 9, 1, own=True)]
    sender.run(points(1, 2), retry=False, with_last=lambda carried: own if len(carried) == 2 else [])
    assert sender.own_accepted is accepted
    assert (stats.delivered, stats.requests) == ((2, 1) if accepted else (0, 0))


def test_a_request_of_the_delivery_s_own_points_is_not_counted() -> None:
    sender, stats = sender_of(lambda _items: ACCEPTED)
    sender.run([Point("own", 9, 1, own=True)], retry=False)
    assert sender.accepted
    assert sender.own_accepted is False
    assert (stats.delivered, stats.requests, stats.adjusted) == (0, 0, 0)


def test_what_is_sent_is_shown_where_that_is_asked_for() -> None:
    shown: list[str] = []
    sender, _stats = sender_of(lambda _items: ACCEPTED, shown)
    sender.run(points(1, 2), retry=False)
    assert shown == ["1", "2"]
