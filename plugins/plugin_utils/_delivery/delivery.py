# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From points to the other side: into the journal at once, out of it when there is time. For any exporter."""

from __future__ import annotations

import copy
import dataclasses
import time
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._journal.journal import BusyError, Journal
from .._journal.records import StorageError
from .._metrics.point import Point, gathered
from .backlog import Backlog
from .exporter import Exporter, ExportResult, ExportStatus
from .sender import BatchSender
from .stats import DeliveryStats
from .time_budget import TimeBudget

Speak = Callable[[str], None]

_JOURNAL_FAILED = "journal"


class Output(t.NamedTuple):
    """How the delivery speaks to people."""

    show: Speak
    warn: Speak


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What every exporter is told by its options."""

    source: str
    tags: Mapping[str, str]
    batch_size: int
    deadline: float
    log_points: bool


class Delivery:
    """One exporter's delivery within one run. ``counts`` are the run's, of points that earlier runs left as well."""

    def __init__(self, exporter: Exporter[t.Any], journal: Journal, settings: Settings, voice: Output) -> None:
        self.exporter = exporter
        self.counts = DeliveryStats()
        self.budget = TimeBudget(settings.deadline)
        self.backlog = Backlog(journal, self._warn)
        self.failure: ExportResult | None = None
        self._settings = settings
        self._voice = voice
        self._settled_at: int | None = None
        self._given_up = False
        self._refuses_all = False
        self._since_handover = 0
        self._gathered_any = False
        self._told: dict[str, int] | None = None
        self._explained = ""

    def add(self, points: Iterable[Point]) -> None:
        """Put points on disk before anything else, and hand a batch over when it is full."""
        size = self._settings.batch_size
        resolved = [self._resolved(point) for point in points]
        for start in range(0, len(resolved), size):
            self.backlog.keep(resolved[start : start + size])
        self._gathered_any |= bool(resolved)
        self._make_room()
        self._since_handover += len(resolved)
        # After a failure the next attempt is the play's end; a journal that fails is no reason to wait with what it
        # did not take.
        may_work = self.failure is None or self.failure.code == _JOURNAL_FAILED
        if (self._since_handover >= size or self.backlog.holds) and may_work:
            self._since_handover = max(0, self._since_handover - size)
            self.drain(patient=False, batches=1)

    def drain(self, *, patient: bool = True, final: bool = False, batches: int | None = None) -> None:
        """
        Deliver what waits, oldest first.

        An impatient drain waits for nothing: what fails, stays. In a final one the run's own metrics ride with the last
        request. A patient one that failed in spite of its patience is the last attempt of the run.
        """
        if self._given_up:
            return
        self.failure = None
        with self.budget:
            try:
                while self._deliver_batch(patient=patient, final=final) and batches is None:
                    pass
            except BusyError as error:
                if patient:
                    self.failure = ExportResult(ExportStatus.RETRY, "busy", str(error), self._setting("deadline"))
            except StorageError as error:
                self.failure = ExportResult(
                    ExportStatus.STOP, _JOURNAL_FAILED, str(error), self._setting("journal_dir")
                )
        self._given_up = patient and self.failure is not None and self.failure.status is ExportStatus.RETRY

    def merge_worker_report(self, counts: DeliveryStats, seconds: float, failure: ExportResult | None) -> None:
        """What a fork of this process delivered for the run, told, and said."""
        self.counts.add(counts)
        self._told = self.counts.outcomes
        self.budget.spend(seconds)
        self._given_up = failure is not None and failure.status is ExportStatus.RETRY
        if failure:
            self.failure = failure
            self._explained = failure.reason

    def finish(self, *, hold: bool) -> None:
        """The run is over: deliver what is left, unless it is held, and say what became of the points."""
        left = self.left() if hold else self.flush()
        self.exporter.shutdown()
        if lost := self.backlog.persist_unsaved():
            self.counts.dropped += lost
            self._warn(f"{plural(lost, 'point')} could neither be delivered nor be put into the journal, and are lost.")
        if left != 0 and not hold and not (self.failure and self.failure.reason == self._explained):
            self._warn(self.explanation(left))
        self._voice.show(f"{self.exporter.name}: {self.counts.sentence(left)}")

    def flush(self) -> int | None:
        """Deliver all that waits and tell how it went; returns how many points are left, where that can be known."""
        self._settled_at = time.time_ns()
        self.drain(final=True)
        self._tell()
        left = self.left()
        try:
            if self.failure:
                self.backlog.journal.note_failure(self.failure.reason)
            elif not left:
                self.backlog.journal.forget_failure()
        except StorageError as error:
            self._warn(f"{error}.")
        return left

    def left(self) -> int | None:
        """How many points wait. What other runs added since accounts were settled is not this run's to deliver."""
        try:
            return self.backlog.waiting(self._settled_at)
        except StorageError as error:
            self.failure = ExportResult(ExportStatus.STOP, _JOURNAL_FAILED, str(error), self._setting("journal_dir"))
            return None

    def explanation(self, left: int | None) -> str:
        """Why points are left, what to change, and where they are."""
        points = "points" if left is None else plural(left, "point")
        if self.failure is None:
            return f"{points} are left in files of {self.backlog.journal.directory} that cannot be read."
        return (
            f"{points} could not be delivered: {self.failure.reason}. Check {self.failure.setting}. "
            f"What is in the journal {self.backlog.journal.directory} is delivered by the next run."
        )

    def _tell(self) -> None:
        """The run's own metrics, where they could not ride with points: in a request of their own, or the journal."""
        nothing_happened = not self._gathered_any and not any(self.counts.outcomes.values())
        if nothing_happened or self.counts.outcomes == self._told:
            return
        points = self._own_points(self.counts)
        if not self._given_up and self.failure is None:
            with self.budget:
                shipment = self._shipment(DeliveryStats())
                shipment.run(points, patient=True)
                points = shipment.left + [point for point, _code, _reason in shipment.rejected]
        if points:
            self.backlog.keep(points)
        self._told = self.counts.outcomes

    def _deliver_batch(self, *, patient: bool, final: bool) -> bool:
        """Whether there is more that can be delivered."""
        seconds = self.budget.left if patient else 0
        with self.backlog.next_batch(self._settings.batch_size, seconds) as batch:
            if batch is None:
                return False
            shipment = self._shipment(self.counts)
            shipment.run(batch.points, patient=patient, tail=self._riders if final and batch.last else None)
            self.backlog.settle(batch, shipment.left, shipment.rejected)
        self.failure = shipment.failure
        self._refuses_all = shipment.refused_whole or (self._refuses_all and not shipment.accepted)
        if shipment.tail_accepted:
            self._told = self.counts.outcomes
        return not shipment.failure and not batch.last

    def _shipment(self, counts: DeliveryStats) -> BatchSender:
        show = self._voice.show if self._settings.log_points else None
        return BatchSender(self.exporter, self.budget, counts, show, divide=not self._refuses_all)

    def _riders(self, points: Sequence[Point]) -> list[Point]:
        """The run's own metrics as they are once the request that carries these points is accepted."""
        count = gathered(points)
        counts = copy.deepcopy(self.counts)
        counts.add(DeliveryStats(delivered=count, requests=int(count > 0)))
        riders = self._own_points(counts)
        return riders if len(points) + len(riders) <= self._settings.batch_size else []

    def _own_points(self, counts: DeliveryStats) -> list[Point]:
        return [self._resolved(point) for point in counts.points(int(time.time()))]

    def _resolved(self, point: Point) -> Point:
        tags = point.tags | {key: value for key, value in self._settings.tags.items() if key not in point.tags}
        return Point(point.metric, point.value, point.timestamp, tags, self._settings.source, point.own)

    def _make_room(self) -> None:
        try:
            dropped = self.backlog.journal.make_room()
        except StorageError:
            # Where no room can be made nothing can be written either, and that was said.
            return
        if dropped:
            self.counts.dropped += dropped
            self._warn(
                f"{plural(dropped, 'point')} were dropped from {self.backlog.journal.directory}, the oldest first: "
                f"the journal may hold {self.backlog.journal.max_bytes >> 20} MB. "
                f"Check {self._setting('journal_max_mb')}."
            )

    def _setting(self, option: str) -> str:
        prefix = "KEYWARD" if option.startswith("journal") else self.exporter.name.upper()
        return f"{option} ({prefix}_{option.upper()})"

    def _warn(self, text: str) -> None:
        self._voice.warn(f"{self.exporter.name}: {text}")
