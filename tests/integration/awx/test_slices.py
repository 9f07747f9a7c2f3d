# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Many jobs at once that share a journal, each with its part of the inventory."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
    from testbed.drivers.awx_jobs import Awx, Credentials, Inventory, Outcome
    from testbed.fakes.wavefront import WavefrontReceiver

SLICES = 3
# A workflow that AWX makes for slices has the name of their job template.
OF_A_SLICE = {"job_template_name": "Collect", "workflow_job_name": "Collect", "workflow_job_id": 41}


@pytest.mark.once
def test_each_point_of_slices_and_of_another_schedule_arrives_once(
    awx: Awx,
    wavefront: WavefrontReceiver,
    journal: Journal,
    volume: Path,
    localhost: Inventory,
    one_host_per_account: Inventory,
    credentials: Credentials,
) -> None:
    def run_slice(number: int) -> Outcome:
        return awx.run(
            "collect.yml",
            one_host_per_account,
            credentials,
            extra_vars={"keyward_hosts": "accounts", "keyward_report": str(volume / f"keys-{number}.json")},
            about=OF_A_SLICE,
            job_slice=(number, SLICES),
        )

    def probe() -> Outcome:
        asked = {"keyward_probe_profile": "production", "keyward_probe_namespace": "lab"}
        return awx.run("probe.yml", localhost, credentials, extra_vars=asked, about={"schedule_name": "another"})

    with ThreadPoolExecutor(SLICES + 1) as pool:
        jobs = [pool.submit(run_slice, number) for number in range(1, SLICES + 1)] + [pool.submit(probe)]
        outcomes = [job.result() for job in jobs]

    assert [outcome.status for outcome in outcomes] == ["successful"] * len(outcomes), outcomes[0].stdout
    # The delivery's own counts are a job's, and of jobs that end within one second those of one are kept.
    collected = [point for point in wavefront.points if "delivery" not in point.metric]
    assert {point.tags["profile"] for point in wavefront.points_of("aws.iam.accessKey")} == set(
        one_host_per_account.hosts
    )
    assert len(wavefront.points_of("aws.iam.accessKey")) == SLICES
    steps = {point.tags["step"]: point.value for point in wavefront.points_of("aws.iam.probe.success")}
    assert steps == dict.fromkeys(ACTIONS, 1)
    assert "the states depend on this run alone, because history_path" in outcomes[-1]
    assert [point for point in collected if wavefront.arrivals(point) != 1] == []
    assert journal.entries() == []
    reports = [json.loads((volume / f"keys-{number}.json").read_text()) for number in range(1, SLICES + 1)]
    # Each slice has one of its own hosts, and no other.
    assert [len(report["profiles"]) for report in reports] == [1] * SLICES
    assert {key["user_name"] for report in reports for key in report["access_keys"]} == set(one_host_per_account.hosts)
    assert [report["failures"] for report in reports] == [[]] * SLICES


@pytest.mark.parametrize("playbook", ["collect.yml", pytest.param("probe.yml", marks=pytest.mark.once)])
def test_a_slice_refuses_to_collect_what_all_the_others_would(
    awx: Awx,
    wavefront: WavefrontReceiver,
    one_host_per_account: Inventory,
    credentials: Credentials,
    playbook: str,
) -> None:
    job = awx.run(playbook, one_host_per_account, credentials, about=OF_A_SLICE, job_slice=(1, SLICES))
    assert (job.status, job.rc) == ("failed", 2)
    assert "AWX runs this job in slices, and localhost is not in the inventory of this slice" in job
    assert "Set keyward_hosts to a group" in job
    assert wavefront.requests == []
