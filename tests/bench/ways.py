# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The ways to the age of every access key: this collection's, and those of others. Each is a command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Ages = Mapping[str, list[int]]
"""Of the keys of each user, in days."""

MODULE = [sys.executable, "-m", "ansible_collections.keyward.iam.plugins.modules.access_key_info"]


@dataclass(frozen=True)
class Way:
    name: str
    command: Callable[[Path], list[str]]
    """In a home, where it may write files."""
    ages: Callable[[Path, str], Ages] | None = None
    """From the same home and the output; None where nothing of the sort is shown."""
    most_users: int | None = None
    """Beyond which it would take many minutes, in which nothing new shows."""
    begins_anew: bool = False
    """Without what an earlier run kept."""


def _arguments(home: Path, options: dict[str, Any]) -> str:
    path = home / "arguments.json"
    if "cache_path" in options:
        options = {**options, "cache_path": str(home / options["cache_path"])}
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}), encoding="utf-8")
    return str(path)


def _of_module(_home: Path, output: str) -> Ages:
    ages: dict[str, list[int]] = {}
    for key in json.loads(output)["access_keys"]:
        ages.setdefault(key["user_name"], []).append(key["age_days"])
    return ages


def module(name: str, *, begins_anew: bool = False, **options: Any) -> Way:
    return Way(name, lambda home: [*MODULE, _arguments(home, options)], _of_module, begins_anew=begins_anew)


def playbook(name: str, tasks: list[dict[str, Any]], **limits: Any) -> Way:
    return Way(name, lambda home: ["ansible-playbook", book(home, tasks)], **limits)


def book(home: Path, tasks: list[dict[str, Any]]) -> str:
    path = home / "book.json"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return str(path)


def packed(name: str, *, begins_anew: bool = False, **options: Any) -> Way:
    """A module whose keys stay packed, so that their ages are not read."""
    return Way(name, lambda home: [*MODULE, _arguments(home, options)], begins_anew=begins_anew)


LIST = module("list, module")
PLAY = playbook("list, whole play", [{"keyward.iam.access_key_info": {}}])
FIRST = module("report, first run", method="report", cache_path="cache", begins_anew=True)
STEADY = module("report, steady state", method="report", cache_path="cache")


def peer(name: str, function: str, **limits: Any) -> Way:
    command = [sys.executable, "-m", "bench.peers", function]
    return Way(name, lambda _home: command, lambda _home, output: json.loads(output), **limits)


FIRST_PAGE = peer("first page only", "first-page")
SERIAL = peer("serial boto3 loop", "serial")
THREADS = peer("16-thread boto3 loop", "threads")
AMAZON_AWS = playbook(
    "amazon.aws.iam_access_key_info in a loop",
    [
        {"amazon.aws.iam_user_info": {}, "register": "users"},
        {
            "amazon.aws.iam_access_key_info": {"user_name": "{{ item }}"},
            "loop": "{{ users.iam_users | map(attribute='user_name') }}",
        },
    ],
    most_users=100,
)


def custodian(command: str) -> list[Way]:
    """The filters of Cloud Custodian that know ages of access keys."""
    age = {"value_type": "age", "op": "ge", "value": 0}
    return [
        _custodian(command, "access-key", {"type": "access-key", "key": "CreateDate", **age}, _created),
        _custodian(
            command, "credential", {"type": "credential", "key": "access_keys.last_rotated", **age}, _last_rotated
        ),
    ]


def _custodian(command: str, name: str, rule: dict[str, Any], dates: Callable[[dict[str, Any]], list[str]]) -> Way:
    def run(home: Path) -> list[str]:
        policy = {"name": name, "resource": "aws.iam-user", "filters": [rule]}
        path = home / f"{name}.json"
        path.write_text(json.dumps({"policies": [policy]}), encoding="utf-8")
        options = ["--region", "us-east-1", "--cache-period", "0", "--output-dir", str(home / "custodian")]
        return [command, "run", *options, str(path)]

    def ages(home: Path, _output: str) -> Ages:
        now = datetime.now(UTC)
        users = json.loads((home / "custodian" / name / "resources.json").read_text(encoding="utf-8"))
        return {user["UserName"]: [(now - datetime.fromisoformat(date)).days for date in dates(user)] for user in users}

    return Way(f"Cloud Custodian, {name}", run, ages)


def _created(user: dict[str, Any]) -> list[str]:
    return [key["CreateDate"] for key in user["c7n:AccessKeys"]]


def _last_rotated(user: dict[str, Any]) -> list[str]:
    return [key["last_rotated"] for key in user["c7n:credential-report"]["access_keys"]]


def prowler(command: str, overdue_days: int) -> Way:
    """It tells whether a user's keys are overdue, not their ages."""

    def run(home: Path) -> list[str]:
        options = ["--no-banner", "-z", "-M", "json-ocsf", "-o", str(home / "prowler"), "--region", "us-east-1"]
        return [command, "aws", "-c", "iam_rotate_access_key_90_days", *options]

    def ages(home: Path, _output: str) -> Ages:
        [path] = (home / "prowler").glob("*.ocsf.json")
        found: dict[str, list[int]] = {}
        for finding in json.loads(path.read_text(encoding="utf-8")):
            name = finding["resources"][0]["name"]
            if name != "<root_account>":
                found.setdefault(name, []).append(overdue_days if finding["status_code"] == "FAIL" else 0)
        path.unlink()
        return found

    return Way("prowler, iam_rotate_access_key_90_days", run, ages)
