# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""Puts the points of a run into the journal, and delivers what is in it with any exporter."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._journal.journal import BusyError, Journal
from .._journal.records import StorageError
from .._metrics.point import Point, count_collected
from .backlog import Backlog
from .exporter import ExportResult, ExportStatus
from .self_metrics import SelfMetrics
from .sender import BatchSender, Context
from .stats import DeliveryStats
from .time_budget import TimeBudget

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .exporter import Exporter
    from .labels import Labels
    from .output import Output
    from .report import WorkerReport

_JOURNAL_FAILED = "journal"

_MOST_ROUNDS = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """The settings that are the same for every exporter."""

    source: str
    tags: Mapping[str, str]
    batch_size: int
    deadline: float
    log_points: bool
    labels: Labels


class Delivery:
    """One exporter's delivery within one run. ``stats`` are the run's, of points that earlier runs left as well."""

    def __init__(self, exporter: Exporter[t.Any], journal: Journal, settings: Settings, output: Output) -> None:
        self.exporter = exporter
        journal.destination = exporter.destination
        self.stats = DeliveryStats()
        self.budget = TimeBudget(settings.deadline)
        self.backlog = Backlog(journal, self._warn, settings.labels)
        self.failure: ExportResult | None = None
        self.collected = 0
        """Points of this run's results."""
        self.attempts = 0
        """Of a task to deliver, in its worker."""
        self.self_metrics = SelfMetrics()
        self._settings = settings
        self._output = output
        self._context = Context(
            exporter, self.budget, settings.labels, output.show if settings.log_points else None, self._probe
        )
        self._batches: set[str] | None = None
        self._given_up = False
        self._accepts = False
        self._since_handover = 0
        self._last_warning = ""

    def add(self, points: Iterable[Point]) -> None:
        """Put points on disk before anything else, and hand a batch over when it is full."""
        size = self._settings.batch_size
        resolved = [self._resolved(point) for point in points]
        for start in range(0, len(resolved), size):
            self.backlog.keep(resolved[start : start + size])
        self.collected += count_collected(resolved)
        self._make_room()
        self._since_handover += len(resolved)
        # After a failure the next attempt is the play's end; a journal that fails is no reason to wait with what it
        # did not take.
        may_work = self.failure is None or self.failure.code == _JOURNAL_FAILED
        if (self._since_handover >= size or self.backlog.holds) and may_work:
            self._since_handover = max(0, self._since_handover - size)
            self.drain(retry=False, batches=1)

    def drain(self, *, retry: bool = True, final: bool = False, batches: int | None = None) -> None:
        """
        Deliver what waits, oldest first.

        Without ``retry``, there is one attempt, and what it cannot deliver stays. If repeated attempts fail, the run
        makes no further ones. With ``final``, the delivery's own metrics go with the last request.
        """
        if self._given_up:
            return
        self.failure = None
        with self.budget:
            try:
                while self._deliver_batch(retry=retry, final=final) and batches is None:
                    pass
            except BusyError as error:
                if retry:
                    self.failure = ExportResult(
                        ExportStatus.RETRY, "busy", str(error), self._settings.labels("deadline")
                    )
            except StorageError as error:
                self.failure = self._journal_failure(error)
        self._given_up = retry and self.failure is not None and self.failure.status is ExportStatus.RETRY

    def try_again(self) -> None:
        """A further attempt that a play asks for has a time of its own."""
        self._given_up = False
        self.budget.renew()

    def merge_worker_report(self, report: WorkerReport) -> None:
        """Add what a worker, a fork of this process, delivered for the run."""
        self.stats.add(report.stats)
        self.self_metrics.reported.add(report.reported)
        self.self_metrics.reported_at = max(self.self_metrics.reported_at, report.reported_at)
        self.budget.spend(report.seconds)
        failure = report.failure
        self.failure = failure
        self._given_up = report.gave_up
        self._last_warning = failure.reason if failure else ""

    def finish(self, *, hold: bool) -> None:
        """At the end of the run: deliver what is left, unless it is held, and print the counts."""
        if not hold:
            self.flush()
        self.exporter.shutdown()
        if lost := self.backlog.persist_unsaved():
            self.stats.dropped += lost
            self.stats.dropped_of_this_run += lost
            self._warn(f"{plural(lost, 'point')} could neither be delivered nor be put into the journal, and are lost.")
        left = self.left()
        if left != 0 and not hold and not (self.failure and self.failure.reason == self._last_warning):
            self._warn(self.explanation(left))
        nothing_to_say = not (self.collected or left or self.stats.failed_requests or any(self.stats.outcomes.values()))
        if not nothing_to_say or left is None:
            self._output.show(f"{self.exporter.name}: {self.stats.sentence(left)}")

    def flush(self) -> int | None:
        """Deliver all points that wait. Returns how many are left, or None where the journal cannot be read."""
        try:
            self._batches = self.backlog.batches()
        except StorageError:
            self._batches = None
        left = self._drain_what_arrives()
        self._deliver_self_metrics()
        try:
            if self.failure and left:
                self.backlog.journal.note_failure(self.failure.reason)
            elif not left:
                self.backlog.journal.forget_failure()
            self.backlog.report_elsewhere()
        except StorageError as error:
            if self.failure is None:
                self._warn(f"{error}.")
        return left

    def _drain_what_arrives(self) -> int | None:
        """Deliver also what other hosts' tasks add meanwhile, as under the strategy free. Returns how many are left."""
        for _round in range(_MOST_ROUNDS):
            self.drain(final=True)
            left = self.left()
            if not left or self.failure:
                break
        return left

    def left(self) -> int | None:
        """How many points wait. What other runs added since the flush began is not this run's to deliver."""
        try:
            return self.backlog.waiting(self._batches)
        except StorageError as error:
            self.failure = self.failure or self._journal_failure(error)
            return None

    def not_arrived(self, left: int | None) -> list[str]:
        """Why not all metrics of this run have arrived, a sentence each; none where they have."""
        reasons = []
        # Where nothing was put into the journal, nothing of this run can be left there.
        if left or (left is None and (self.backlog.in_journal or not self.collected)):
            reasons.append(self.explanation(left))
        rejected = self.stats.rejected_of_this_run
        try:
            # Another run may have found them while it delivered for this one.
            rejected = max(rejected, self.backlog.journal.rejected.count_of_run(self.backlog.journal.run))
        except StorageError as error:
            self._warn(f"{error}.")
        if rejected:
            codes = ", ".join(f"{count} {code}" for code, count in self.stats.rejected.most_common())
            where = self.backlog.journal.rejected.directory
            reasons.append(f"{plural(rejected, 'point')} cannot be delivered ({codes or 'see there'}); see {where}.")
        if dropped := self.stats.dropped_of_this_run:
            reasons.append(f"{plural(dropped, 'point')} were dropped. Check {self._settings.labels('journal_max_mb')}.")
        return reasons

    def explanation(self, left: int | None) -> str:
        """Why points are left, what to change, and where they are."""
        points = "points" if left is None else plural(left, "point")
        if self.failure is None:
            return f"{points} are left in files of {self.backlog.journal.directory} that cannot be read."
        held = self.backlog.held
        in_memory = f"{plural(held, 'point')} could not be put into it and are lost when the run ends. " if held else ""
        in_journal = "What is in the journal {} is delivered by the next run." if left is None or left > held else ""
        return (
            f"{points} could not be delivered: {self.failure.reason}. Check {self.failure.setting}. "
            + in_memory
            + in_journal.format(self.backlog.journal.directory)
        ).rstrip()

    def _deliver_self_metrics(self) -> None:
        """The run's own metrics, where they could not go with points: in a request of their own, or the journal."""
        unreported = self.self_metrics.unreported(self.stats)
        if unreported is None:
            return
        points = self._own_points(unreported)
        if not self._given_up and self.failure is None:
            with self.budget:
                sender = BatchSender(self._context, DeliveryStats(), accepts=True)
                sender.run(points, retry=True)
                points = sender.left + [point for point, _code, _reason in sender.rejected]
        if points:
            self.backlog.keep(points)
        self.self_metrics.reported.add(unreported)

    def _deliver_batch(self, *, retry: bool, final: bool) -> bool:
        """Whether there is more that can be delivered."""
        seconds = self.budget.left if retry else 0
        with self.backlog.next_batch(self._settings.batch_size, seconds) as batch:
            if batch is None:
                return False
            sender = BatchSender(self._context, self.stats, accepts=self._accepts)
            sender.run(batch.points, retry=retry, with_last=self._own_with if final and batch.last else None)
            of_this_run = self.backlog.settle(batch, sender.left, sender.rejected)
        self.stats.rejected_of_this_run += of_this_run
        if partly := sender.partly_rejected.partly_rejected:
            run = self.backlog.journal.run
            of_this_run = any(entry is None or entry.run == run for entry, _points in batch.parts)
            self.stats.rejected_of_this_run += partly if of_this_run else 0
            self._warn(f"{plural(partly, 'point')} were rejected: {sender.partly_rejected.reason}.")
        if sender.notice:
            self._warn(f"{self.exporter.destination} accepted the points, and says: {sender.notice}")
        self.failure = sender.failure
        self._accepts = sender.accepts
        if sender.own_accepted:
            unreported = self.self_metrics.unreported(self.stats)
            self.self_metrics.reported.add(unreported or DeliveryStats())
        return not sender.failure and not batch.last

    def _probe(self) -> list[Point]:
        return self._own_points(DeliveryStats())

    def _own_with(self, points: Sequence[Point]) -> list[Point]:
        """The run's own metrics as they are once the request that carries these points is accepted."""
        count = count_collected(points)
        stats = self.stats.copy()
        stats.add(DeliveryStats(delivered=count, requests=int(count > 0)))
        unreported = self.self_metrics.unreported(stats)
        own = self._own_points(unreported) if unreported else []
        return own if len(points) + len(own) <= self._settings.batch_size else []

    def _own_points(self, stats: DeliveryStats) -> list[Point]:
        return [self._resolved(point) for point in self.self_metrics.points(stats)]

    def _resolved(self, point: Point) -> Point:
        tags = point.tags | {key: value for key, value in self._settings.tags.items() if key not in point.tags}
        return Point(point.metric, point.value, point.timestamp, tags, self._settings.source, point.own)

    def _make_room(self) -> None:
        try:
            dropped = self.backlog.journal.make_room()
        except StorageError:
            # Where no room can be made nothing can be written either, and that was said.
            return
        if dropped.all:
            self.stats.dropped += dropped.all
            self.stats.dropped_of_this_run += dropped.of_this_run
            self._warn(
                f"{plural(dropped.all, 'point')} were dropped from {self.backlog.journal.directory}, the oldest first: "
                f"the journal may hold {self.backlog.journal.max_bytes >> 20} MB. "
                f"Check {self._settings.labels('journal_max_mb')}."
            )

    def _journal_failure(self, error: StorageError) -> ExportResult:
        return ExportResult(ExportStatus.STOP, _JOURNAL_FAILED, str(error), self._settings.labels("journal_dir"))

    def _warn(self, text: str) -> None:
        self._output.warn(f"{self.exporter.name}: {text}")
