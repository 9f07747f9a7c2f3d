# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The modules on a host with the oldest Python and the lowest packages that they take, reached over SSH."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, add_policy
from testbed.drivers.ssh import SshHost
from testbed.fakes.aws import Key
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

PYTHON = ROOT / ".venv-target" / "bin" / "python"

pytestmark = [
    pytest.mark.skipif(shutil.which("ssh") is None, reason="needs an SSH client, as Ansible does"),
    pytest.mark.skipif(not PYTHON.exists(), reason="no Python 3.9 was found for 'make test' to set up"),
]


@pytest.fixture
def inventory(tmp_path: Path, ansible: Ansible, aws: AwsEndpoint, account: Account) -> Iterator[str]:
    """A host without anything in its home."""
    home = tmp_path / "host"
    home.mkdir()
    account.add_user("alice", keys=[Key(age_days=209)])
    account.report.generate()
    add_policy(account)
    environment = {"HOME": str(home), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "AWS_ENDPOINT_URL": aws.url}
    with SshHost(home, environment) as host:
        path = ansible.home / "hosts.ini"
        path.write_text(f"{host.inventory_line('old')} ansible_python_interpreter={PYTHON}\n")
        yield str(path)


def test_modules_run_on_it(ansible: Ansible, wavefront: WavefrontReceiver, account: Account, inventory: str) -> None:
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )
    access = account.admin_credentials.settings()
    tasks = [
        {"keyward.iam.credentials_profile": {"name": "main", "region": "us-west-2", **access}},
        {"keyward.iam.access_key_info": {"profiles": ["*"]}},
        {"keyward.iam.probe": {"profile": "main", "namespace": "lab", "region": "us-east-1"}},
    ]
    run = ansible.playbook([{"hosts": "old", "gather_facts": False, "tasks": tasks}], "-i", inventory)
    assert run.code == 0, run.output
    ages = [point.value for point in wavefront.points_of("aws.iam.accessKey") if point.tags["name"] == "alice"]
    assert ages == [209]
    steps = {point.tags["step"]: point.value for point in wavefront.points_of("aws.iam.probe.success")}
    assert steps == dict.fromkeys(ACTIONS, 1)
