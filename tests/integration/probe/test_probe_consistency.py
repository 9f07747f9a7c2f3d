# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""IAM's changes are visible late, which is waited out, counted, and kept out of the steps' times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, remaining

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

LONGEST_DELAY = 1.0
"""The most that the probe waits between two attempts, in seconds."""


@pytest.mark.parametrize("seconds", [0.2, 1.0, 5.0])
def test_what_is_made_is_visible_late(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], seconds: float
) -> None:
    account.consistency.delay["CreateUser"] = seconds
    outcome = probe(step_timeout=20, consistency_timeout=10)
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    step = outcome.steps["AddUserToGroup"]
    assert step.attempts == len(aws.calls(action="AddUserToGroup")) > 1
    assert seconds - 0.5 <= (step.propagation_ms or 0) / 1000 <= seconds + LONGEST_DELAY + 0.5
    assert (step.duration_ms or 0) < 200
    assert remaining(account) == []


@pytest.mark.parametrize("code", ["EntityTemporarilyUnmodifiable", "ConcurrentModification"])
def test_what_is_visible_cannot_be_changed_yet(account: Account, probe: Callable[..., Outcome], code: str) -> None:
    account.consistency.delay.default = 0.3
    account.consistency.write_error = code
    outcome = probe(consistency_timeout=5)
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert remaining(account) == []


def test_all_changes_are_visible_late(account: Account, probe: Callable[..., Outcome]) -> None:
    account.consistency.delay.default = 0.3
    account.consistency.removal_delay.default = 0.3
    outcome = probe(consistency_timeout=5)
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    waited = {name for name, step in outcome.steps.items() if step.propagation_ms}
    assert waited >= {"AddUserToGroup", "RemoveUserFromGroup", "DeleteGroup", "DetachPolicy", "DeleteUser"}
    assert remaining(account) == []


def test_a_step_that_fails_before_what_was_made_is_visible(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]
) -> None:
    """IAM finds no user to delete, and yet there will be one."""
    account.consistency.delay["CreateUser"] = account.consistency.delay["CreateGroup"] = 1.0
    for action in ("AddUserToGroup", "AttachUserPolicy"):
        aws.faults.error(action, "AccessDenied")
    outcome = probe(consistency_timeout=5)
    assert outcome.statuses["DeleteUser"] == outcome.statuses["DeleteGroup"] == "ok"
    assert (outcome.steps["DeleteUser"].propagation_ms or 0) + (outcome.steps["DeleteGroup"].propagation_ms or 0) > 500
    assert remaining(account) == []


def test_ties_that_lists_do_not_show_yet(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    account.consistency.delay["AddUserToGroup"] = account.consistency.delay["AttachUserPolicy"] = 0.5
    aws.faults.error("RemoveUserFromGroup", "ServiceFailure", times=1)
    aws.faults.error("DetachUserPolicy", "ServiceFailure", times=1)
    outcome = probe(consistency_timeout=5)
    assert (outcome.statuses["RemoveUserFromGroup"], outcome.statuses["DetachPolicy"]) == ("failed", "failed")
    assert remaining(account) == outcome.probe.leftovers == []


def test_times_are_those_that_the_endpoint_measured(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]
) -> None:
    """The best of a few runs, as other processes may hold this one up."""
    account.latency_ms.default = 20
    account.latency_ms["AttachUserPolicy"] = 150
    runs = [probe().steps for _unused in range(4)]
    measured = {call.request_id: call.duration_ms for call in aws.calls()}
    for name in ACTIONS:
        excess = [(run[name].duration_ms or 0) - (measured[str(run[name].request_id)] or 0) for run in runs]
        # Less than a hidden second call would take.
        assert -0.1 <= min(excess) <= 15, name
    assert all((run["AttachPolicy"].duration_ms or 0) >= 150 for run in runs)
