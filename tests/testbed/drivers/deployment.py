# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A host that is to become a collector, with the AWS and the Wavefront that it reaches, and the controller's side."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from testbed.drivers.probes import NAMESPACE, add_policy
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.hosts import Host
    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

PROGRAM = "/opt/keyward/bin/keyward-collector"

# Cron's and systemd's minute, and what a busy machine adds.
GIVE_UP = 150


@dataclass
class Deployment:
    """Its account has one user, whose key is too old, and all that the probe needs."""

    host: Host
    aws: AwsEndpoint
    wavefront: WavefrontReceiver
    ansible: Ansible
    user: str = "admin"
    variables: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account = self.aws.account("111122223333")
        self.account.add_user("alice", keys=[Key(age_days=209)])
        add_policy(self.account)
        self.account.report.generate()
        self.credentials = self.account.admin_credentials
        self.variables = {
            "collector_wavefront_url": self.wavefront.url,
            "collector_wavefront_api_token": self.wavefront.token,
            # A sink that is down shall not hold the tests up.
            "collector_wavefront_deadline": 15,
            "collector_profiles": [{"name": "production", **self.credentials.settings(), "region": "us-east-1"}],
            "collector_keys_every_minutes": 1,
            "collector_probe_every_minutes": 1,
            "collector_probe_namespace": NAMESPACE,
            "collector_probe_profile": "production",
            "collector_environment": {"AWS_ENDPOINT_URL": self.aws.url, "AWS_EC2_METADATA_DISABLED": "true"},
            **self.variables,
        }
        self.inventory = self.ansible.home / "inventory.json"
        self.inventory.write_text(
            json.dumps({"collectors": {"hosts": {"collector-1": self.host.inventory(self.user)}}})
        )

    def deploy(self, *arguments: str, **variables: Any) -> Run:
        """Run the playbook as a user does."""
        # Secrets would be in this machine's process list.
        given = self.ansible.home / "variables.json"
        given.write_text(json.dumps({**self.variables, **variables}))
        return self.ansible.command(
            *("ansible-playbook", "keyward.iam.deploy", "-i", str(self.inventory), "-e", f"@{given}", *arguments)
        )

    def remove(self, **variables: Any) -> Run:
        """Take the collector away, as a user does who has no more than the inventory."""
        given = json.dumps({"collector_state": "absent", **variables})
        return self.ansible.command("ansible-playbook", "keyward.iam.deploy", "-i", str(self.inventory), "-e", given)

    def wait_until(self, condition: Callable[[], object]) -> None:
        wait_until(condition, GIVE_UP, pause=0.2)

    def wait_for_ages(self, since: float) -> None:
        """Until the age of the key arrived as it was at that time or later."""
        self.wavefront.wait_for(
            lambda receiver: any(point.timestamp >= since for point in receiver.points_of("aws.iam.accessKey")), GIVE_UP
        )
