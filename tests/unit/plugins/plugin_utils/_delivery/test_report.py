# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import multiprocessing
from collections import Counter

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.report import ReportPipe, WorkerReport
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats


def report(reason: str | None = None) -> WorkerReport:
    return WorkerReport(
        name="wavefront",
        journal="/journal/wavefront",
        destination="https://one.example.com",
        stats=DeliveryStats(delivered=3, requests=1, rejected=Counter({"WF-300": 2}), rejected_of_this_run=1),
        reported=DeliveryStats(delivered=3),
        reported_at=1_800_000_000,
        left=None if reason else 0,
        seconds=0.5,
        status=ExportStatus.RETRY.name if reason else None,
        reason=reason,
        setting="url (WAVEFRONT_URL)" if reason else None,
    )


def test_what_a_worker_tells_arrives_whole_with_whatever_reason() -> None:
    pipe = ReportPipe()
    sent = [report(), report("refused"), report("long " * 1000)]

    def tell() -> None:
        for each in sent:
            pipe.send(each)
        assert pipe.received() == []

    worker = multiprocessing.get_context("fork").Process(target=tell)
    worker.start()
    worker.join(30)
    assert worker.exitcode == 0
    plain, refused, long = pipe.received()
    assert (plain, refused) == (sent[0], sent[1])
    assert long.stats == sent[2].stats
    assert refused.gave_up
    assert pipe.received() == []


def test_the_task_returns_no_more_than_is_documented() -> None:
    result = report().as_result()
    assert (result["delivered"], result["invalid"], result["rejected"]) == (3, 2, {"WF-300": 2})
    assert not {name for name in result if name.endswith("_of_this_run")}
