# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Each step, failing in each way: what it is called, what is skipped, and that nothing stays."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, remaining
from testbed.fakes.aws import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

OF_USER = ["AddUserToGroup", "RemoveUserFromGroup", "AttachPolicy", "DetachPolicy", "DeleteUser"]

# What cannot be tried where a step was certainly not carried out.
DEPENDENTS = {
    "CreateUser": OF_USER,
    "CreateGroup": ["AddUserToGroup", "RemoveUserFromGroup", "DeleteGroup"],
    "AddUserToGroup": ["RemoveUserFromGroup"],
    "RemoveUserFromGroup": ["DeleteGroup", "DeleteUser"],
    "DeleteGroup": [],
    "AttachPolicy": ["DetachPolicy"],
    "DetachPolicy": ["DeleteUser"],
    "DeleteUser": [],
}
# What cannot be tried in addition where it may have been.
IN_THE_WAY = {"AddUserToGroup": ["DeleteGroup", "DeleteUser"], "AttachPolicy": ["DeleteUser"]}

each_step = pytest.mark.parametrize("step", ACTIONS)
executed_or_not = pytest.mark.parametrize("executed", [False, True])


def expected(step: str, status: str, *, uncertain: bool) -> dict[str, str]:
    skipped = DEPENDENTS[step] + (IN_THE_WAY.get(step, []) if uncertain else [])
    return {name: status if name == step else "skipped" if name in skipped else "ok" for name in ACTIONS}


def test_all_steps_succeed(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert remaining(account) == outcome.probe.leftovers == outcome.probe.warnings == []
    assert [call.action for call in aws.calls()] == [
        "GetCallerIdentity",
        "ListUsers",
        "ListGroups",
        *ACTIONS.values(),
    ]
    requests = {call.action: call.request_id for call in aws.calls()}
    assert [step.request_id for step in outcome.steps.values()] == [requests[action] for action in ACTIONS.values()]


@each_step
@executed_or_not
@pytest.mark.parametrize(("effect", "code"), [("error", "ServiceFailure"), ("drop", "ConnectionClosedError")])
def test_a_fault_of_the_service(
    aws: AwsEndpoint,
    account: Account,
    probe: Callable[..., Outcome],
    step: str,
    effect: str,
    code: str,
    executed: bool,  # noqa: FBT001
) -> None:
    aws.faults.add(Fault(effect, ACTIONS[step], times=1, executed=executed))  # type: ignore[arg-type]
    outcome = probe()
    assert outcome.statuses == expected(step, "failed", uncertain=True)
    assert outcome.steps[step].error_code == code
    assert outcome.steps[step].attempts == 1
    assert remaining(account) == outcome.probe.leftovers == []


@each_step
@executed_or_not
def test_an_endpoint_that_hangs(
    aws: AwsEndpoint,
    account: Account,
    probe: Callable[..., Outcome],
    step: str,
    executed: bool,  # noqa: FBT001
) -> None:
    aws.faults.hang(ACTIONS[step], times=1, executed=executed)
    outcome = probe(step_timeout=1.5)
    assert outcome.statuses == expected(step, "timeout", uncertain=True)
    assert outcome.steps[step].error == "no answer within 1.5 s"
    assert outcome.steps[step].duration_ms == pytest.approx(1500, abs=500)
    assert remaining(account) == outcome.probe.leftovers == []


@each_step
def test_a_right_that_is_missing(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], step: str) -> None:
    aws.faults.error(ACTIONS[step], "AccessDenied", times=1)
    outcome = probe()
    assert outcome.statuses == expected(step, "misconfigured", uncertain=False)
    assert str(outcome.steps[step].error).startswith(
        f"access denied: allow iam:{ACTIONS[step]} to this identity, which the playbook keyward.iam.bootstrap does"
    )
    assert remaining(account) == outcome.probe.leftovers == []


@each_step
def test_throttling_that_passes(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], step: str) -> None:
    aws.faults.error(ACTIONS[step], "Throttling", times=2)
    outcome = probe(consistency_timeout=5)
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert outcome.steps[step].attempts == 3
    assert outcome.steps[step].propagation_ms == 0
    assert remaining(account) == []


@pytest.mark.parametrize("code", ["Throttling", "ConcurrentModification", "NoSuchEntity"])
@pytest.mark.parametrize("step", ["AddUserToGroup", "AttachPolicy"])
def test_what_does_not_pass(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], step: str, code: str
) -> None:
    aws.faults.error(ACTIONS[step], code)
    outcome = probe(consistency_timeout=0.3)
    assert outcome.statuses == expected(step, "failed", uncertain=False)
    assert outcome.steps[step].error_code == code
    assert str(outcome.steps[step].error).endswith("; this did not pass within 0.3 s")
    assert outcome.steps[step].attempts >= 3
    assert (outcome.steps[step].propagation_ms == 0) == (code == "Throttling")
    assert remaining(account) == []


def test_waiting_ends_by_the_time_of_the_step(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]
) -> None:
    aws.faults.error("AddUserToGroup", "NoSuchEntity")
    outcome = probe(step_timeout=1.5, consistency_timeout=60)
    assert outcome.steps["AddUserToGroup"].status == "timeout"
    assert outcome.steps["AddUserToGroup"].error_code == "NoSuchEntity"
    assert remaining(account) == []


def test_an_answer_that_trickles_in(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    aws.faults.trickle("CreateUser", 0.05, times=1)
    started = time.monotonic()
    outcome = probe(step_timeout=1.5)
    assert time.monotonic() - started < 15
    assert outcome.statuses == expected("CreateUser", "timeout", uncertain=True)
    assert remaining(account) == outcome.probe.leftovers == []


def test_the_end_of_a_name_lookup_is_not_waited_for(
    probe: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time-out of a socket ends a lookup."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kwargs: time.sleep(60))
    monkeypatch.setattr("ansible_collections.keyward.iam.plugins.module_utils._probe.run._CLEAN_UP_SECONDS", 0.5)
    started = time.monotonic()
    outcome = probe(step_timeout=0.3)
    assert time.monotonic() - started < 30
    assert outcome.steps["CreateUser"].status == outcome.steps["CreateGroup"].status == "timeout"


def test_a_step_that_runs_after_its_entity_vanished(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]
) -> None:
    aws.faults.error("DeleteUser", "NoSuchEntity", executed=True)
    assert probe(consistency_timeout=60).statuses == dict.fromkeys(ACTIONS, "ok")
    assert remaining(account) == []


@pytest.mark.parametrize("step", ["CreateUser", "CreateGroup"])
def test_an_earlier_attempt_that_was_carried_out_is_ones_own(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], step: str
) -> None:
    aws.faults.add(Fault("error", step, code="Throttling", times=1, executed=True))
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert outcome.steps[step].attempts == 2
    assert remaining(account) == []


@pytest.mark.parametrize(("step", "remover"), [("CreateUser", "DeleteUser"), ("CreateGroup", "DeleteGroup")])
def test_what_somebody_else_made_is_left_alone(
    aws: AwsEndpoint, probe: Callable[..., Outcome], step: str, remover: str
) -> None:
    aws.faults.error(step, "EntityAlreadyExists", times=1)
    outcome = probe()
    assert outcome.statuses == expected(step, "misconfigured", uncertain=False)
    assert aws.calls(action=remover) == []


def test_a_create_that_shows_late_and_was_never_answered(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]
) -> None:
    for action in ("CreateUser", "CreateGroup"):
        account.consistency.delay[action] = 1.5
        aws.faults.hang(action, times=1, executed=True)
    outcome = probe(step_timeout=0.3, consistency_timeout=4)
    assert outcome.statuses["CreateUser"] == outcome.statuses["CreateGroup"] == "timeout"
    assert remaining(account) == outcome.probe.leftovers == []


def test_what_cannot_be_removed_is_told(account: Account, probe: Callable[..., Outcome]) -> None:
    account.deny("DeleteUser")
    outcome = probe()
    [user] = remaining(account)
    assert outcome.probe.leftovers == [user] == [outcome.probe.names.user]
    [warning] = outcome.probe.warnings
    assert warning.startswith(f"{user} could not be removed: access denied: allow iam:DeleteUser to this identity")
    tags = account.user(user).tags
    assert abs(datetime.fromisoformat(tags.pop("created-at")) - account.user(user).created) < timedelta(minutes=1)
    assert tags == {"created-by": "keyward.iam.probe", "namespace": "lab"}
