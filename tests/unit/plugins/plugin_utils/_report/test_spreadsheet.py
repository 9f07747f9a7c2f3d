# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import build
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.spreadsheet import csv_text
from testbed.scenarios.results import NOW, access_key, collected


def rows(result: dict[str, Any]) -> list[dict[str, str]]:
    text = csv_text(build([HostResult("h", result)], "", History(), NOW), show_key_ids=False)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\u3000+", " \u00a0@"]
)
def test_no_name_or_tag_becomes_a_formula(start: str) -> None:
    formula = f'{start}HYPERLINK("http://x","y")'
    [row] = rows(collected(access_key(formula, 200, tags={"owner": formula}, profile=formula)))
    for cell in (row["user_name"], row["owner"], row["profile"]):
        assert cell.startswith("'")
        assert cell.endswith('HYPERLINK("http://x","y")')


@pytest.mark.parametrize("control", ["\t", "\r", "\n", "\x00"])
def test_no_control_character_hides_a_formula(control: str) -> None:
    [row] = rows(collected(access_key(f"{control}=1+1", 200, tags={"owner": f"a{control}=1+1"})))
    assert row["user_name"].startswith(("'=1+1", "\\"))
    assert row["owner"].startswith("a\\")


def test_a_semicolon_begins_no_cell_with_a_formula() -> None:
    [row] = rows(collected(access_key("a;=1+1; -2;b", 200)))
    assert row["user_name"] == "a;'=1+1;' -2;b"


def test_numbers_stay_numbers() -> None:
    [row] = rows(collected(access_key("alice", 200)))
    assert row["days_left"] == "-20"


def test_what_was_not_read_is_in_the_file_before_the_keys() -> None:
    failed = {"profile": "audit", "account_id": "444455556666", "error": "access denied: allow iam:ListUsers"}
    unread, key = rows(collected(access_key('a,"b', 1), failed=failed))
    assert (unread["standing"], unread["profile"], unread["account_id"]) == ("unread", "audit", "444455556666")
    assert unread["reason"] == "access denied: allow iam:ListUsers"
    assert key["user_name"] == 'a,"b'


def test_a_credential_report_that_was_not_read_is_in_the_file_too() -> None:
    result = collected(access_key("alice", 1))
    result["profiles"][0]["credential_report_error"] = "access denied"
    unread, _key = rows(result)
    assert (unread["standing"], unread["profile"], unread["remarks"], unread["reason"]) == (
        "unread",
        "production",
        "credential report of production",
        "access denied",
    )
