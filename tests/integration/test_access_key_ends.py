# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.waiting import running, wait_until

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible

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
