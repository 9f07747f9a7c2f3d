# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The playbook keyward.iam.collect on a host that is reached over SSH."""

from __future__ import annotations

import os
import shutil
import sys
import venv
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.ssh import SshHost
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="needs an SSH client, as Ansible does")


@pytest.fixture
def host(tmp_path: Path, aws: AwsEndpoint, account: Account) -> Iterator[SshHost]:
    """A host with AWS credentials of its own in ~/.aws."""
    home = tmp_path / "host"
    (home / ".aws").mkdir(parents=True)
    account.add_user("alice", keys=[Key(age_days=209)])
    account.report.generate()
    (home / ".aws" / "credentials").write_text(account.admin_credentials.profile("on-the-host"))
    environment = {"HOME": str(home), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "AWS_ENDPOINT_URL": aws.url}
    with SshHost(home, environment) as ssh_host:
        yield ssh_host


@pytest.fixture
def inventory(host: SshHost, ansible: Ansible, wavefront: WavefrontReceiver) -> Path:
    path = ansible.home / "hosts.ini"
    path.write_text(f"[collectors]\n{host.inventory_line('collector')}\n")
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )
    return path


def test_the_hosts_own_profiles_are_collected(ansible: Ansible, wavefront: WavefrontReceiver, inventory: Path) -> None:
    run = ansible.playbook(
        "keyward.iam.collect",
        *("-i", str(inventory), "-e", f"ansible_python_interpreter={sys.executable}"),
        keyward_hosts="collectors",
        keyward_profiles=["*"],
    )
    assert run.code == 0, run.output
    [point] = wavefront.points_of("aws.iam.accessKey")
    assert (point.value, point.tags["profile"]) == (209, "on-the-host")


def test_a_host_without_boto3_says_so(
    ansible: Ansible, wavefront: WavefrontReceiver, inventory: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / "bin" / "python"
    run = ansible.playbook(
        "keyward.iam.collect",
        *("-i", str(inventory), "-e", f"ansible_python_interpreter={python}"),
        keyward_hosts="collectors",
    )
    assert run.code == 2
    assert f"boto3 is not installed for {python}: install it there" in run
    assert "Traceback" not in run
    [point] = wavefront.points_of("aws.iam.collector.success")
    assert point.value == 0
