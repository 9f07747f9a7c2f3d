# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Every finished result of ours becomes points exactly once, however its task was run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.stand_in import POINTS_PER_PROFILE, collect, deliver, play
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account
    from testbed.fakes.wavefront import WavefrontReceiver


def names(receiver: WavefrontReceiver) -> Counter[str]:
    """How often the age of each user's key came, repeats included."""
    return Counter(line.split('name="')[1].split('"')[0] for line in receiver.lines if "accessKey " in line)


def successes(receiver: WavefrontReceiver) -> list[float]:
    return [float(line.split()[1]) for line in receiver.lines if line.startswith("aws.iam.collector.success ")]


def test_loops_retries_and_failures(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    run = quick.playbook(
        [
            play(
                collect(prefix="plain"),
                collect(prefix="{{ item }}", keywords={"loop": ["first", "second"]}),
                collect(prefix="with", keywords={"with_items": ["x"]}),
                collect(prefix="nothing", keywords={"loop": []}),
                collect(prefix="skipped", keywords={"when": False}),
                collect(prefix="{{ item }}", keywords={"loop": ["taken", "left"], "when": "item == 'taken'"}),
                collect(
                    prefix="until", keywords={"register": "r", "until": "r.attempts > 1", "retries": 3, "delay": 0}
                ),
                collect(prefix="ignored", fail=True, keywords={"ignore_errors": True}),
                collect(prefix="{{ item }}", fail=True, keywords={"loop": ["f1", "f2"], "ignore_errors": True}),
                {
                    "block": [collect(prefix="rescued", fail=True)],
                    "rescue": [collect(prefix="rescuer")],
                    "always": [collect(prefix="always")],
                },
                collect(prefix="notifier", keywords={"changed_when": True, "notify": "handler"}),
                collect(prefix="crashed", crash=True, keywords={"failed_when": False}),
                collect(prefix="hidden", keywords={"no_log": True}),
                deliver(ignore_errors=True),
                handlers=[collect("handler", prefix="handler")],
            ),
            play(collect(prefix="fatal", fail=True)),
        ]
    )
    assert run.code == 2
    ok = ["plain", "first", "second", "with", "taken", "until", "rescuer", "always", "notifier", "handler"]
    failed = ["ignored", "f1", "f2", "rescued", "fatal"]
    assert names(wavefront) == Counter(f"{prefix}-0" for prefix in ok + failed)
    assert Counter(successes(wavefront)) == {1: len(ok), 0: len(failed) + 1}
    # The callback says it when it happens, and the task that delivers fails with it.
    assert run.count("is hidden by no_log and gives no points") >= 2
    collected = len(ok) * (1 + POINTS_PER_PROFILE) + len(failed) * (1 + 3) + 1
    assert f"wavefront: {collected} points delivered in" in run


@pytest.mark.usefixtures("account_with_a_key")
def test_jobs_that_run_in_the_background(shipping: Ansible, wavefront: WavefrontReceiver) -> None:
    def job(poll: int, **keywords: Any) -> dict[str, Any]:
        return {"keyward.iam.access_key_info": {"profiles": ["{{ item }}"]}, "async": 60, "poll": poll, **keywords}

    finished = {"until": "status is finished", "register": "status", "retries": 60, "delay": 1}
    run = shipping.playbook(
        [
            play(
                job(1, loop=["polled"]),
                job(0, loop=["first", "second"], register="jobs"),
                job(0, loop=["forgotten"]),
                {"command": "true", "async": 60, "poll": 0, "register": "foreign"},
                {"async_status": {"jid": "{{ item.ansible_job_id }}"}, "loop": "{{ jobs.results }}", **finished},
                {"async_status": {"jid": "{{ jobs.results[0].ansible_job_id }}"}},
                {"async_status": {"jid": "{{ foreign.ansible_job_id }}"}, **finished},
            )
        ]
    )
    assert run.code == 0, run.output
    assert successes(wavefront) == [1, 1, 1]
    profiles = {line.split('profile="')[1].split('"')[0] for line in wavefront.lines if "collector.success" in line}
    assert profiles == {"polled", "first", "second"}
    assert "1 asynchronous job of keyward.iam was not fetched" in run


@pytest.fixture
def account_with_a_key(account: Account, profiles: Callable[..., None]) -> None:
    account.add_user("alice", keys=[Key(age_days=10)])
    account.report.generate()
    profiles(**dict.fromkeys(("polled", "first", "second", "forgotten"), account))


def test_a_host_that_cannot_be_reached_is_a_failed_collection(shipping: Ansible, wavefront: WavefrontReceiver) -> None:
    nowhere = {"hosts": "nowhere", "connection": "ssh", "ignore_unreachable": True}
    task: dict[str, Any] = {"keyward.iam.access_key_info": {}}
    run = shipping.playbook([play(task, **nowhere)], "-i", "nowhere,", ansible_host="127.0.0.1", ansible_port=1)
    assert "UNREACHABLE" in run
    assert successes(wavefront) == [0]
    [line] = [line for line in wavefront.lines if "collector.success" in line]
    assert 'profile="' not in line
    assert '"nowhere"' in line


def test_bad_arguments_are_a_failed_collection(shipping: Ansible, wavefront: WavefrontReceiver) -> None:
    run = shipping.playbook([play({"keyward.iam.access_key_info": {"warn_age_days": 9, "max_age_days": 1}})])
    assert run.code == 2
    assert successes(wavefront) == [0]


def test_a_number_that_ansible_masked_is_set_aside_and_said(quick: Ansible, wavefront: WavefrontReceiver) -> None:
    masked = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    run = quick.playbook([play(collect(prefix="masked", age_days=masked), collect(prefix="whole"), deliver())])
    assert run.code == 2
    assert "1 point cannot be delivered (1 WF-300)" in run
    assert names(wavefront) == {"whole-0": 1}
    assert f"{2 * POINTS_PER_PROFILE + 1} points delivered in 1 request, 1 invalid (1 WF-300), 0 in the journal" in run
    assert wavefront.rejected == []
