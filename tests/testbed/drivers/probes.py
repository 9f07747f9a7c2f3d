# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the probe: its code in this process, or the module as a process of its own that signals can be sent to."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from ansible_collections.keyward.iam.plugins.module_utils._common.deadlines import BoundedCalls
from ansible_collections.keyward.iam.plugins.module_utils._probe.connection import ProbeConnection
from ansible_collections.keyward.iam.plugins.module_utils._probe.run import Probe
from ansible_collections.keyward.iam.plugins.module_utils._probe.settings import ProbeSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint, Credentials

NAMESPACE = "lab"
USER_PATH = "/AwsIamMonitorTestUsers/"
GROUP_PATH = "/AwsIamMonitorTestGroups/"

ACTIONS = {
    "CreateUser": "CreateUser",
    "CreateGroup": "CreateGroup",
    "AddUserToGroup": "AddUserToGroup",
    "RemoveUserFromGroup": "RemoveUserFromGroup",
    "DeleteGroup": "DeleteGroup",
    "AttachPolicy": "AttachUserPolicy",
    "DetachPolicy": "DetachUserPolicy",
    "DeleteUser": "DeleteUser",
}
"""AWS's action behind each step."""


def add_policy(account: Account, namespace: str = NAMESPACE, region: str = "us-east-1") -> str:
    """The ARN of the policy that the probe attaches by default."""
    return account.add_policy(f"{namespace}-{region}-awsiam-testpolicy", path="/AwsIamMonitorTestPolicies/").arn


def remaining(account: Account) -> list[str]:
    """All that probes have made and nobody has removed."""
    return account.user_names(USER_PATH) + account.group_names(GROUP_PATH)


@dataclass(frozen=True)
class Outcome:
    probe: Probe
    steps: dict[str, StepResult]

    @property
    def statuses(self) -> dict[str, str]:
        return {name: step.status for name, step in self.steps.items()}


def run_probe(
    url: str,
    credentials: Credentials | None = None,
    calls: BoundedCalls | None = None,
    config: Mapping[str, Any] | None = None,
    profile: str | None = None,
    **settings: Any,
) -> Outcome:
    """A run in this process, with short time-outs unless others are given."""
    chosen = ProbeSettings(**{"namespace": NAMESPACE, "step_timeout": 5, "consistency_timeout": 0.3, **settings})
    connection = ConnectionSettings(
        access_key_id=credentials.access_key_id if credentials else None,
        secret_access_key=credentials.secret_access_key if credentials else None,
        session_token=credentials.session_token if credentials else None,
        endpoint_url=url,
        config=dict(config or {}),
    )
    calls = calls or BoundedCalls()
    probe = Probe(ProbeConnection(profile, connection, calls, chosen.step_timeout), calls, chosen)
    return Outcome(probe, {step.name: step for step in probe.run()})


class ProbeProcess:
    """The module, as Ansible starts it on a target."""

    def __init__(self, ansible: Ansible, **arguments: Any) -> None:
        self._arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {"namespace": NAMESPACE, **arguments}})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ansible_collections.keyward.iam.plugins.modules.probe"],
            env=ansible.environment,
            cwd=ansible.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(self._arguments)
        self.process.stdin.close()
        self.process.stdin = None

    def result(self, timeout: float = 60) -> dict[str, Any]:
        output, errors = self.process.communicate(timeout=timeout)
        assert not errors, errors
        result: dict[str, Any] = json.loads(output)
        return result


def under_way(aws: AwsEndpoint, action: str) -> bool:
    """Whether a call has arrived and was not answered."""
    return any(call.status is None for call in aws.calls(action=action))
