# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from testbed.drivers.waiting import running, wait_until
from testbed.fakes.aws import Key
from testbed.fakes.aws.credentials import write_profiles

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint

pytestmark = pytest.mark.once


@pytest.mark.parametrize("how", ["reader gone", "parent gone", "SIGTERM", "SIGINT"])
def test_the_module_ends_with_its_parent_and_so_do_its_helpers(ansible: Ansible, how: str) -> None:
    pids = ansible.home / "pids"
    helper = f"/bin/sh -c 'echo $PPID >> {pids}; echo $$ >> {pids}; sleep 1000 & echo $! >> {pids}; wait'"
    (ansible.home / "config").write_text(f"[profile slow]\ncredential_process = {helper}\n")
    ansible.set(AWS_CONFIG_FILE=str(ansible.home / "config"))
    module = "ansible_collections.keyward.iam.plugins.modules.access_key_info"
    shell = subprocess.Popen(
        ["/bin/sh", "-c", f"{sys.executable} -m {module}; true"],
        env=ansible.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert shell.stdin is not None
    assert shell.stdout is not None
    shell.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": {"profiles": ["slow"], "credential_report": False}}).encode())
    shell.stdin.close()
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 3)
    started = pids.read_text().split()
    if how == "reader gone":
        shell.stdout.close()
    elif how == "parent gone":
        shell.kill()
    else:
        subprocess.run(["/bin/kill", f"-{how.removeprefix('SIG')}", started[0]], check=True)
    wait_until(lambda: not any(map(running, started)), 5)
    shell.wait()
    if not shell.stdout.closed:
        assert shell.stdout.read() == b"", "there is nobody to tell"
        shell.stdout.close()


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM", "SIGKILL"])
def test_a_playbook_ends_at_once_and_keeps_what_was_collected(ansible: Ansible, aws: AwsEndpoint, how: str) -> None:
    """While roles are assumed in two accounts, and nothing answers."""
    hub, *others = (aws.account(number) for number in ("111122223333", "222233334444", "333344445555"))
    hub.add_user("alice", keys=[Key(age_days=400)])
    for account in others:
        account.add_user("bob", keys=[Key(age_days=200)])
    hung = [aws.faults.hang("ListAccessKeys", account=account.id) for account in others]
    ansible.set(
        **write_profiles(ansible.home, {"hub": hub.admin_credentials}),
        AWS_ENDPOINT_URL=aws.url,
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL="http://127.0.0.1:9",
        WAVEFRONT_API_TOKEN="test-token",
    )
    options = {"profile": "hub", "credential_report": False}
    roles = {"role_arns": [f"arn:aws:iam::{account.id}:role/keyward" for account in others]}
    tasks = [{"keyward.iam.access_key_info": each} for each in (options, {**options, **roles})]
    (ansible.home / "book.json").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    playbook = subprocess.Popen(
        ["ansible-playbook", "book.json"],
        env=ansible.environment,
        cwd=ansible.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: all(fault.hits for fault in hung))
    started = _processes_in(ansible.home)
    assert len(started) >= 3, "the playbook, its worker and the module"
    if how == "Ctrl-C":
        os.killpg(playbook.pid, signal.SIGINT)
    else:
        playbook.send_signal(signal.Signals[how])
    wait_until(lambda: not any(map(running, started)), 2)
    playbook.wait()
    journal = Journal(ansible.home / ".local" / "state" / "keyward" / "journal" / "wavefront", 512 << 20)
    kept = [point for entry in journal.entries() for point in journal.read(entry)]
    assert [point.tags["name"] for point in kept if point.metric == "aws.iam.accessKey"] == ["alice"]


def _processes_in(home: Path) -> list[str]:
    """Those whose environment has this home: the workers of a playbook leave its session."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"HOME={home}\0".encode() in environment:
            found.append(process.name)
    return found
