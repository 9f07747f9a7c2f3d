# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The hosts themselves, without anything of the collection on them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.hosts import CronHost, SystemdHost
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from testbed.drivers.hosts import Host, Image
    from testbed.drivers.runs import Ansible, Run

_GIVE_UP = 30

_OPEN = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)"

_START_AND_HANG = """
import pathlib, sys, time
from testbed.drivers.hosts import SystemdHost
host = SystemdHost(pathlib.Path(sys.argv[1]))
host.start()
print(host.name, host.root.parts[2], flush=True)
time.sleep(600)
"""


def _facts(ansible: Ansible, host: Host, user: str) -> Run:
    variables = " ".join(f"{name}={value!r}" for name, value in host.inventory(user).items())
    inventory = ansible.home / "hosts.ini"
    inventory.write_text(f"target {variables}\n")
    become = () if user == "root" else ("--become",)
    return ansible.command("ansible", "-i", str(inventory), "target", *become, "-m", "ansible.builtin.setup")


@pytest.mark.parametrize("user", ["admin", "root"])
def test_ansible_reaches_a_host_with_cron(ansible: Ansible, cron_host: CronHost, user: str) -> None:
    run = _facts(ansible, cron_host, user)
    assert run.code == 0, run.output
    assert '"ansible_user_id": "root"' in run
    assert f'"ansible_hostname": "{cron_host.name}"' in run
    assert '"ansible_is_chroot": false' in run
    assert '"ansible_service_mgr": "systemd"' not in run
    assert cron_host.run("pgrep", "--exact", "cron").code == 0


def test_ansible_reaches_a_host_with_systemd(ansible: Ansible, systemd_host: SystemdHost) -> None:
    run = _facts(ansible, systemd_host, "admin")
    assert run.code == 0, run.output
    assert '"ansible_service_mgr": "systemd"' in run
    assert systemd_host.run("systemctl", "is-system-running").output == "running\n"
    assert systemd_host.run("systemd-run", "--wait", "--quiet", "false").code == 1


def test_a_host_reaches_its_gateway_only(cron_host: CronHost) -> None:
    with AwsEndpoint(host=cron_host.gateway) as aws, WavefrontReceiver(host=cron_host.gateway) as wavefront:
        for url in (aws.url, wavefront.url):
            assert "HTTPError" in cron_host.run("python3", "-c", _OPEN, url)
    assert "Network is unreachable" in cron_host.run("python3", "-c", _OPEN, "http://192.88.99.1")


def test_two_hosts_are_apart(image: Image, cron_host: CronHost) -> None:
    with CronHost(image.path) as other:
        assert other.address != cron_host.address
        other.run("touch", "/etc/mine")
        assert (other.root / "etc/mine").exists()
        assert not (cron_host.root / "etc/mine").exists()


@pytest.mark.parametrize("kind", [CronHost, SystemdHost])
def test_a_reboot_keeps_the_disk_and_the_address(image: Image, kind: type[Host]) -> None:
    with kind(image.path) as host:
        address = host.address
        host.run("touch", "/etc/kept", "/run/lost")
        host.stop()
        host.start()
        assert host.address == address
        assert (host.root / "etc/kept").exists()
        assert not (host.root / "run/lost").exists()


def test_nothing_is_left_of_a_run_that_is_killed(image: Image) -> None:
    command = [sys.executable, "-c", _START_AND_HANG, str(image.path)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        name, first_process = run.stdout.readline().split()
        run.kill()
    wait_until(lambda: not Path("/proc", first_process).exists(), _GIVE_UP)
    with CronHost(image.path):
        pass
    assert not list(image.path.parent.glob(f"running/{name}"))
    # No deeper: cgroups that come and go meanwhile would be in the way of the search.
    assert not [*Path("/sys/fs/cgroup").glob(name), *Path("/sys/fs/cgroup").glob(f"*/{name}")]
