# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The collection with one part replaced: access_key_info returns as many keys as a task asks for, at once.

What is tested with it begins at the result. Fetching a hundred thousand keys would take minutes, and a kill at a random
moment would nearly always hit the fetching.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_REPLACED = "access_key_info.py"
_ACTION = """
import time

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    _requires_connection = False
    _VALID_ARGS = None

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        asked = self._task.args
        if asked.get("crash"):
            return {**result, "failed": True, "msg": "it crashed"}
        prefix, count = asked.get("prefix", "user"), asked.get("keys", 1)
        moment = int(time.time())
        about = {"profile": asked.get("profile", "one"), "region": "us-east-1", "account_id": "111122223333"}
        keys = [
            {
                "user_name": f"{prefix}-{number}",
                "access_key_id": f"AKIA{number:016d}",
                "status": "Active",
                "severity": "ok",
                "exempt": False,
                "root": False,
                "age_days": asked.get("age_days", number % 400),
                **about,
            }
            for number in range(count)
        ]
        profile = {
            "ok": not asked.get("fail"),
            "users": count,
            "access_keys": count,
            **dict.fromkeys(("expired", "expiring", "exempt"), 0),
            **dict.fromkeys(("reactivated", "root_keys", "credential_report_age"), None),
            "api_calls": 3,
            "duration_ms": 7,
        }
        result |= {"access_keys": keys, "profiles": [{**profile, **about}], "timestamp": moment, "changed": False}
        if asked.get("fail"):
            result |= {"failed": True, "msg": "a profile failed"}
        return result
"""

POINTS_PER_PROFILE = 8
"""What a profile that could be collected without a report yields beside the points of its keys."""


def collections_path(directory: Path) -> Path:
    """Lay the collection out below a directory; what is replaced stands beside links to everything else."""
    collection = directory / "ansible_collections" / "keyward" / "iam"
    (collection / "plugins" / "action").mkdir(parents=True)
    for name in ("galaxy.yml", "meta", "playbooks"):
        (collection / name).symlink_to(ROOT / name)
    for plugins in (ROOT / "plugins").iterdir():
        if plugins.name != "action":
            (collection / "plugins" / plugins.name).symlink_to(plugins)
    for action in (ROOT / "plugins" / "action").glob("*.py"):
        if action.name != _REPLACED:
            (collection / "plugins" / "action" / action.name).symlink_to(action)
    (collection / "plugins" / "action" / _REPLACED).write_text(_ACTION)
    return directory


def play(*tasks: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    return {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **keywords}


def collect(name: str = "collect", *, keywords: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
    """A task; ``arguments`` are keys, prefix, profile, age_days, fail and crash."""
    return {"name": name, "keyward.iam.access_key_info": arguments, **(keywords or {})}


def deliver(**keywords: Any) -> dict[str, Any]:
    return {"name": "deliver", "keyward.iam.deliver": {}, **keywords}
