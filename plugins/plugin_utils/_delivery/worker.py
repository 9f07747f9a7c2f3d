# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""Delivers in the worker of a task, which is a fork of the process of the callbacks."""

from __future__ import annotations

import typing as t

from . import registry
from .report import WorkerReport
from .stats import DeliveryStats

if t.TYPE_CHECKING:
    from .delivery import Delivery


class Outcome(t.NamedTuple):
    report: WorkerReport
    not_arrived: list[str]
    """Why not all metrics of the run have arrived."""


def deliver(delivery: Delivery) -> Outcome:
    """Make one attempt and report it to the callbacks. Attempts of until and retries share the worker."""
    delivery.attempts += 1
    if delivery.attempts > 1:
        delivery.try_again()
    before, spent = delivery.stats.copy(), delivery.budget.spent
    # The process of the callbacks reports its own deliveries.
    delivery.self_metrics.reported = before.copy()
    left = delivery.flush()
    delivery.exporter.shutdown()
    reported = delivery.self_metrics.reported.since(before)
    seconds = max(0.0, delivery.budget.spent - spent)
    report = _report(delivery, delivery.stats.since(before), reported, left, seconds)
    registry.reports().send(report)
    return Outcome(report, delivery.not_arrived(left))


def look(delivery: Delivery) -> Outcome:
    """Count what waits, and deliver nothing."""
    return Outcome(_report(delivery, DeliveryStats(), DeliveryStats(), delivery.left(), 0.0), [])


def _report(
    delivery: Delivery, stats: DeliveryStats, reported: DeliveryStats, left: int | None, seconds: float
) -> WorkerReport:
    failure = delivery.failure
    return WorkerReport(
        name=delivery.exporter.name,
        journal=str(delivery.backlog.journal.directory),
        destination=delivery.exporter.destination,
        stats=stats,
        reported=reported,
        reported_at=delivery.self_metrics.reported_at,
        left=left,
        seconds=seconds,
        status=failure.status.name if failure else None,
        reason=failure.reason if failure else None,
        setting=failure.setting if failure else None,
    )
