# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.columns import key_columns
from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import build
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from testbed.scenarios.results import NOW, access_key, collected


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
    assert cells(exempt_expired=True)["remarks"] == "exemption is over"


def test_key_ids_are_whole_only_where_they_are_asked_for() -> None:
    whole = access_key("alice", 1)["access_key_id"]
    assert cells()["key"] == whole[-5:]
    assert whole not in str(cells())
    assert cells(show_key_ids=True)["access_key_id"] == whole


def test_what_is_masked_or_missing_is_empty() -> None:
    found = cells(age_days="****", days_left=None, account_id=None, tags=None)
    assert (found["age_days"], found["days_left"], found["account_id"], found["tags"]) == (None, None, "", "")
