# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._tables.probe import probe_lines
from ansible_collections.keyward.iam.plugins.plugin_utils._tables.table import WIDTH

NAMES = ["CreateUser", "CreateGroup", "AddUserToGroup", "RemoveUserFromGroup", "DeleteGroup", "DeleteUser"]


def step(name: str, duration_ms: float | None, **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "status": "ok",
        "duration_ms": duration_ms,
        "attempts": 1,
        "propagation_ms": 0.0,
        "error": None,
        "state": "up",
        **fields,
    }


def result(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "steps": list(steps),
        "state": "up",
        "namespace": "lab",
        "profile": "default",
        "region": "us-east-1",
        "account_id": "111122223333",
        "swept": [],
        "leftovers": [],
        **fields,
    }


def test_bars_are_as_long_as_their_times_are() -> None:
    lines = probe_lines(result(*(step(name, 10.0 * number) for number, name in enumerate(NAMES))), limit=40)
    assert lines[0] == "IAM probe lab (profile default, us-east-1, account 111122223333): up"
    assert [line.count("█") for line in lines[3:]] == [0, 4, 8, 13, 17, 22]


def test_what_failed_and_why() -> None:
    failed = step("CreateUser", 31.5, status="failed", state="down", error="CreateUser failed with ServiceFailure")
    skipped = [
        step(name, None, status="skipped", attempts=0, propagation_ms=None, error="skipped because CreateUser failed")
        for name in NAMES[2:4]
    ]
    lines = probe_lines(result(failed, *skipped, state="down"), limit=40)
    assert lines[0].endswith(": down")
    assert lines[3].split()[:4] == ["CreateUser", "failed", "down", "31.5"]
    assert lines[-2] == "CreateUser: CreateUser failed with ServiceFailure"
    assert lines[-1] == "AddUserToGroup, RemoveUserFromGroup: skipped because CreateUser failed"


def test_waits_are_shown_where_there_were_any() -> None:
    assert "WAITED" not in probe_lines(result(step("CreateUser", 1.0)), limit=40)[2]
    lines = probe_lines(result(step("CreateUser", 1.0), step("DeleteUser", 1.0, attempts=4, propagation_ms=453.9)), 40)
    assert lines[2].split() == ["STEP", "RESULT", "STATE", "CALLS", "WAITED", "MS", "MS", "TIME"]
    assert lines[4].split()[3:6] == ["4", "453.9", "1.0"]


def test_leftovers_are_named_and_counted() -> None:
    names = [f"testuser-lab-{number}" for number in range(5)]
    lines = probe_lines(result(swept=names, leftovers=names[:2]), limit=3)
    assert lines[-2] == "removed what earlier runs left: testuser-lab-0, testuser-lab-1, testuser-lab-2 and 2 more"
    assert lines[-1] == "LEFT BEHIND: testuser-lab-0, testuser-lab-1"


@pytest.mark.parametrize("state", [None, "misconfigured"])
def test_the_lines_fit_the_width(state: str | None) -> None:
    long = step(
        "RemoveUserFromGroup",
        60000.1,
        status="misconfigured",
        attempts=100,
        propagation_ms=29999.9,
        state="misconfigured",
        error="x " * 200,
    )
    lines = probe_lines(result(long, state=state, leftovers=["testuser-lab-0123456789ab"] * 50), limit=40)
    assert max(map(len, lines)) <= WIDTH


def test_a_run_of_which_little_is_known() -> None:
    lines = probe_lines(result(step("CreateUser", None, state=None), state=None, account_id=None), limit=40)
    assert lines[0] == "IAM probe lab (profile default, us-east-1): state unknown"


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("state", ["up", "misconfigured"])
def test_the_lines_fit_every_width(width: int, state: str) -> None:
    slow = {"attempts": 40, "propagation_ms": 29123.4, "status": "misconfigured" if state != "up" else "ok"}
    lines = probe_lines(result(step("RemoveUserFromGroup", 59123.4, state=state, **slow)), limit=40, width=width)
    assert max(map(len, lines)) <= width
    assert ("TIME" in lines[2]) == (width >= 100 or state == "up")
