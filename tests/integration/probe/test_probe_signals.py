# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs that are ended from outside, at each of their steps."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, NAMESPACE, ProbeProcess, remaining, under_way
from testbed.drivers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

each_step = pytest.mark.parametrize("step", ACTIONS)


@pytest.mark.once
@each_step
def test_what_a_killed_run_left_is_removed_by_the_next(
    aws: AwsEndpoint, account: Account, home: Ansible, probe: Callable[..., Outcome], step: str
) -> None:
    """Each call dies in the moment that leaves most: after it made something, or before it removed it."""
    executed = not step.startswith(("Remove", "Delete", "Detach"))
    fault = aws.faults.hang(ACTIONS[step], times=1, executed=executed)
    run = ProbeProcess(home)
    wait_until(lambda: fault.hits)
    run.process.kill()
    run.process.communicate()
    left = remaining(account)
    assert left
    outcome = probe(sweep_after=0)
    assert sorted(outcome.probe.swept) == sorted(left)
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert remaining(account) == []


@pytest.mark.once
@each_step
def test_a_terminated_run_leaves_nothing(aws: AwsEndpoint, account: Account, home: Ansible, step: str) -> None:
    aws.faults.delay(ACTIONS[step], 0.3, times=1)
    run = ProbeProcess(home)
    wait_until(lambda: under_way(aws, ACTIONS[step]))
    run.process.terminate()
    told = time.monotonic()
    result = run.result()
    assert time.monotonic() - told < 15
    assert remaining(account) == result["leftovers"] == []
    names = list(ACTIONS)
    ran, left_out = names[: names.index(step) + 1], names[names.index(step) + 1 :]
    assert {entry["name"]: entry["status"] for entry in result["steps"]} == {
        **dict.fromkeys(ran, "ok"),
        **dict.fromkeys(left_out, "skipped"),
    }
    if left_out:
        assert (run.process.returncode, result["msg"]) == (1, "interrupted by SIGTERM")
        assert result["steps"][-1]["error"] == "interrupted by SIGTERM"
        assert result["state"] is None


@pytest.mark.once
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_end_a_run_alike(
    aws: AwsEndpoint, account: Account, home: Ansible, number: signal.Signals
) -> None:
    aws.faults.delay("AddUserToGroup", 0.2, times=1)
    run = ProbeProcess(home)
    wait_until(lambda: under_way(aws, "AddUserToGroup"))
    run.process.send_signal(number)
    assert run.result()["msg"] == f"interrupted by {number.name}"
    assert remaining(account) == []


@pytest.mark.once
def test_a_hanging_call_is_not_waited_for(aws: AwsEndpoint, account: Account, home: Ansible) -> None:
    """What the call may have done is undone all the same."""
    aws.faults.hang("CreateGroup", times=1, executed=True)
    run = ProbeProcess(home)
    wait_until(lambda: under_way(aws, "CreateGroup"))
    run.process.terminate()
    result = run.result(timeout=10)
    assert result["steps"][1]["status"] == "skipped"
    assert remaining(account) == result["leftovers"] == []


@pytest.mark.once
def test_no_second_signal_disturbs_the_clean_up(aws: AwsEndpoint, account: Account, home: Ansible) -> None:
    aws.faults.delay("AddUserToGroup", 0.2, times=1)
    aws.faults.delay("DeleteUser", 0.5, times=1)
    run = ProbeProcess(home)
    wait_until(lambda: under_way(aws, "AddUserToGroup"))
    run.process.terminate()
    wait_until(lambda: under_way(aws, "DeleteUser"))
    run.process.terminate()
    run.process.send_signal(signal.SIGINT)
    assert run.result()["leftovers"] == remaining(account) == []


@pytest.mark.once
def test_a_signal_during_the_sweep(aws: AwsEndpoint, home: Ansible) -> None:
    aws.faults.hang("ListUsers", times=1)
    run = ProbeProcess(home)
    wait_until(lambda: under_way(aws, "ListUsers"))
    run.process.terminate()
    result = run.result(timeout=10)
    assert {step["status"] for step in result["steps"]} == {"skipped"}
    assert aws.calls(action="Create*") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ending_all_of_ansible_leaves_nothing(
    aws: AwsEndpoint, account: Account, home: Ansible, number: signal.Signals
) -> None:
    aws.faults.delay("AttachUserPolicy", 0.5, times=1)
    command = ["ansible-playbook", "keyward.iam.probe", "-e", f"keyward_probe_namespace={NAMESPACE}"]
    play = subprocess.Popen(
        command,
        env=home.environment,
        cwd=home.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: under_way(aws, "AttachUserPolicy"), timeout=60)
    os.killpg(play.pid, number)
    play.wait(timeout=20)
    assert play.returncode != 0
    wait_until(lambda: not remaining(account))
