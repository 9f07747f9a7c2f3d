# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The playbook with the real callback: what a person sees, and what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, remaining

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver


@pytest.fixture
def delivering(home: Ansible, wavefront: WavefrontReceiver) -> Ansible:
    home.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )
    return home


def values(wavefront: WavefrontReceiver, metric: str) -> dict[str, float]:
    return {point.tags.get("step", ""): point.value for point in wavefront.points_of(f"aws.iam.probe.{metric}")}


def test_a_run_is_shown_and_arrives(account: Account, delivering: Ansible, wavefront: WavefrontReceiver) -> None:
    run = delivering.playbook("keyward.iam.probe", keyward_probe_namespace="lab")
    assert run.code == 0, run.output
    assert f"IAM probe lab (profile default, us-east-1, account {account.id}): up" in run
    assert sum("█" in line for line in run.output.splitlines()) == 8
    assert values(wavefront, "success") == dict.fromkeys(ACTIONS, 1)
    assert values(wavefront, "state") == dict.fromkeys([*ACTIONS, "all"], 0)
    assert set(values(wavefront, "duration")) == set(values(wavefront, "propagation")) == set(ACTIONS)
    assert values(wavefront, "leftovers") == values(wavefront, "swept") == {"": 0}
    [point] = wavefront.points_of("aws.iam.probe.swept")
    assert point.tags == {"namespace": "lab", "profile": "default", "region": "us-east-1", "account": account.id}
    assert wavefront.rejected == []


def test_a_failed_run_is_red_and_arrives_as_well(
    aws: AwsEndpoint, account: Account, delivering: Ansible, wavefront: WavefrontReceiver
) -> None:
    account.deny("AttachUserPolicy")
    aws.faults.error("CreateGroup", "ServiceFailure", times=1)
    settings = {"keyward_probe_down_after": 1, "keyward_probe_consistency_timeout": 1}
    run = delivering.playbook("keyward.iam.probe", keyward_probe_namespace="lab", **settings)
    assert run.code == 2, run.output
    assert "): down" in run
    assert "AttachPolicy: access denied: allow iam:AttachUserPolicy to this identity" in run
    # The sentence, not the result that the table shows.
    assert "propagation_ms" not in run
    assert values(wavefront, "success") == {"CreateUser": 1, "CreateGroup": 0, "AttachPolicy": 0, "DeleteUser": 1}
    states = values(wavefront, "state")
    assert (states["CreateGroup"], states["AttachPolicy"], states["CreateUser"], states["all"]) == (2, 3, 0, 2)
    assert remaining(account) == []


def test_check_mode(aws: AwsEndpoint, delivering: Ansible, wavefront: WavefrontReceiver) -> None:
    run = delivering.playbook("keyward.iam.probe", "--check", keyward_probe_namespace="lab")
    assert run.code == 0, run.output
    assert aws.calls(action="Create*") == []
    assert values(wavefront, "success") == values(wavefront, "state") == {}
