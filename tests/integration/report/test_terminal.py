# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The table of access keys on a real terminal: its colors, its width, and nothing that a name makes the terminal do."""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import COUNTS
from testbed.scenarios.results import access_key, collected

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible

pytestmark = pytest.mark.once

RED, YELLOW = "\x1b[0;31m", "\x1b[0;33m"
COLOR = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = "\x1b]0;owned\x07mallory"


def write_playbook(ansible: Ansible) -> Path:
    """A play that shows a table."""
    rows = [access_key("alice" * 20, 200), access_key("bob", 160), access_key(HOSTILE, 300), access_key("carol", 1)]
    counts = dict.fromkeys(COUNTS, 0) | {"access_keys": len(rows)}
    tasks = [{"keyward.iam.show": {"var": "shown"}}]
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"shown": collected(*rows) | {"summary": counts}},
        "tasks": tasks,
    }
    playbook = ansible.home / "playbook.yml"
    playbook.write_text(json.dumps([play]))
    return playbook


def on_terminal(ansible: Ansible, columns: int) -> list[str]:
    """The lines that a terminal of so many columns gets of the table."""
    playbook = write_playbook(ansible)
    environment = {name: value for name, value in ansible.environment.items() if name != "ANSIBLE_NOCOLOR"}
    master, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        ["ansible-playbook", str(playbook)],
        env=environment | {"TERM": "xterm-256color"},
        cwd=ansible.home,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    output = b""
    try:
        # A terminal that no process has open any more is an error to read from.
        while chunk := os.read(master, 65536):
            output += chunk
    except OSError:
        pass
    finally:
        os.close(master)
    assert process.wait(ansible.timeout) == 0, output
    lines = output.decode().splitlines()
    [start] = [number for number, line in enumerate(lines) if "4 access keys" in line]
    return lines[start : next(number for number, line in enumerate(lines) if "PLAY RECAP" in line)]


@pytest.mark.parametrize(("columns", "width"), [(40, 80), (300, 200)])
def test_the_table_is_colored_and_as_wide_as_the_terminal(ansible: Ansible, columns: int, width: int) -> None:
    lines = on_terminal(ansible, columns)
    [expired] = [line for line in lines if "alice" in line]
    [expiring] = [line for line in lines if "bob" in line]
    [hostile] = [line for line in lines if "owned" in line]
    assert expired.startswith(RED)
    assert hostile.startswith(RED)
    assert expiring.startswith(YELLOW)
    plain = [COLOR.sub("", line) for line in lines]
    assert max(map(len, plain)) <= width
    # Only the wider one has room for the whole name.
    assert ("alice" * 20 in expired) == (width == 200)
    assert not any("\x1b" in line or "\x07" in line for line in plain)


@pytest.mark.parametrize("callback", ["ansible.posix.json", "ansible.posix.jsonl"])
def test_output_that_programs_read_stays_theirs(ansible: Ansible, callback: str) -> None:
    playbook = write_playbook(ansible)
    ansible.set(ANSIBLE_STDOUT_CALLBACK=callback)
    done = subprocess.run(
        ["ansible-playbook", str(playbook)],
        env=ansible.environment,
        cwd=ansible.home,
        capture_output=True,
        text=True,
        timeout=ansible.timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    documents = [done.stdout] if callback == "ansible.posix.json" else done.stdout.splitlines()
    *_events, last = map(json.loads, documents)
    assert last["stats"]["localhost"]["failures"] == 0
    assert "4 access keys" in done.stderr
    assert "\x1b" not in done.stderr
