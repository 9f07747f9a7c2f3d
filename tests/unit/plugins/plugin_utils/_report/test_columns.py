# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.columns import key_columns, step_columns
from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import Entry, History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import build
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from testbed.scenarios.results import NOW, access_key, collected, probed


def cells(*, show_key_ids: bool = False, **fields: Any) -> dict[str, Any]:
    [row] = build([HostResult("h", collected(access_key("alice", 100, **fields)))], "", History(), NOW).keys
    return {column.name: column.value(row) for column in key_columns(show_key_ids=show_key_ids)}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, ""),
        ({"last_used_date": None}, "never used"),
        ({"last_used_date": "x", "last_used_days": 0, "last_used_service": "s3"}, "today, s3"),
        ({"last_used_date": "x", "last_used_days": 1}, "1 day ago"),
        ({"last_used_date": "x"}, ""),
    ],
)
def test_the_last_use(fields: dict[str, Any], shown: str) -> None:
    assert cells(**fields)["last_used"] == shown


def test_an_exemption_tells_its_end_and_reason() -> None:
    found = cells(exempt=True, exempt_until="2027-03-31", exempt_reason="break glass", reactivated=True)
    assert found["remarks"] == "reactivated, exempt until 2027-03-31: break glass"
    shown = [found[name] for name in ("severity", "reactivated", "exempt_until", "exempt_reason")]
    assert shown == ["ok", "yes", "2027-03-31", "break glass"]


def test_a_key_that_was_made_inactive_is_not_said_to_be_reactivated() -> None:
    found = cells(status="Inactive", reactivated=True, inactive_days=41)
    assert (found["remarks"], found["next_step"]) == ("", "delete")
    assert found["reason"] == "It has been inactive for 41 days."
    assert cells(exempt_expired=True)["remarks"] == "exemption is over"


def test_key_ids_are_whole_only_where_they_are_asked_for() -> None:
    whole = access_key("alice", 1)["access_key_id"]
    assert cells()["key"] == whole[-5:]
    assert whole not in str(cells())
    assert cells(show_key_ids=True)["access_key_id"] == whole


def test_what_is_masked_or_missing_is_empty() -> None:
    found = cells(age_days="****", days_left=None, account_id=None, tags=None)
    assert (found["age_days"], found["days_left"], found["account_id"], found["tags"]) == (None, None, "", "")


def test_a_step_tells_its_times_now_and_earlier() -> None:
    now = int(NOW.timestamp())
    earlier = [{"CreateUser": 120, "DeleteUser": 9}, {"CreateUser": 101}]
    entries = [
        Entry(now - (2 - day) * 86_400, "probe", "lab us-east-1 production", ms) for day, ms in enumerate(earlier)
    ]
    result = probed("down", status="failed", error="throttled", error_code="Throttling", propagation_ms=453.93)
    [probe] = build([HostResult("h", result)], "", History(entries), NOW).probes
    first, *_others, last = [
        {column.name: column.value(step) for column in step_columns(probe)} for step in probe.result["steps"]
    ]
    assert first == {
        "step": "CreateUser",
        "status": "failed",
        "state": "up",
        "duration_ms": 20.5,
        "propagation_ms": 453.9,
        "earlier_ms": "120 101",
        "error": "throttled",
        "error_code": "Throttling",
        "request_id": "",
    }
    assert (last["earlier_ms"], last["propagation_ms"]) == ("", None), "one time makes no line"
