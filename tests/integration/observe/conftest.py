# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the role observe sets up, from its templates, once for all tests of this directory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.drivers.runs import Ansible

TEMPLATES = Path(__file__).parents[3] / "roles" / "observe" / "templates"


@dataclass(frozen=True)
class Content:
    """The definitions of dashboards by id, and of alerts by name."""

    dashboards: dict[str, dict[str, Any]]
    alerts: dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """For a daily collector and with exempt users, so that nothing rests on the defaults."""
    ansible = Ansible(tmp_path_factory.mktemp("content"))
    names = ("access_keys", "probe", "alerts")
    check = {"keyward.iam.check_variables": {"role": "observe"}, "register": "__keyward_checked"}
    task = {
        "ansible.builtin.copy": {
            "content": "{{ lookup('ansible.builtin.template', directory ~ item ~ '.yml.j2') | from_yaml | to_json }}",
            "dest": "{{ home }}/{{ item }}.json",
            "mode": "0600",
        },
        "loop": names,
    }
    run = ansible.playbook(
        [{"hosts": "localhost", "gather_facts": False, "tasks": [check, task]}],
        directory=f"{TEMPLATES}/",
        home=str(ansible.home),
        keyward_collect_every_hours=24,
        # A text, as on a command line.
        keyward_exempt_users="break-glass-*,ops",
    )
    assert run.code == 0, run.output
    assert "[WARNING]" not in run
    access_keys, probe, alerts = (json.loads((ansible.home / f"{name}.json").read_text()) for name in names)
    return Content(
        {entry["dashboard"]["id"]: entry["dashboard"] for entry in (access_keys, probe)},
        {
            entry["name"]: entry["definition"]
            for entry in (*alerts["alerts"]["access_keys"], *alerts["alerts"]["probe"])
        },
    )
