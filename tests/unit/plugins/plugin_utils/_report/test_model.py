# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import Report, build, entries
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from testbed.scenarios.results import NOW, access_key, collected, probed

DENIED = {
    "profile": "audit",
    "error": "access denied",
    "error_code": "AccessDenied",
    "error_message": "User is not authorized",
    "request_id": "r-1",
}


def report(*results: dict[str, Any], history: History | None = None) -> Report:
    return build([HostResult("h", result) for result in results], "Keys", history or History(), NOW)


def test_keys_are_in_the_order_in_which_they_matter() -> None:
    keys = [
        access_key("ok", 10),
        access_key("inactive", 300, status="Inactive"),
        access_key("expiring", 160),
        access_key("exempt", 900, exempt=True),
        access_key("expired", 200),
        access_key("older", 300),
    ]
    found = report(collected(*keys))
    assert [row.key["user_name"] for row in found.keys] == ["older", "expired", "expiring", "ok", "exempt", "inactive"]
    assert found.summary == {
        "users": 6,
        "access_keys": 6,
        "active": 4,
        "expired": 2,
        "expiring": 1,
        "exempt": 1,
        "reactivated": 0,
        "root_keys": 0,
    }
    assert found.level == "due"
    assert found.verdict == "2 of 4 active access keys are over the age limit, and 1 will be soon."


def test_a_key_behind_two_profiles_counts_once_and_names_both() -> None:
    one = access_key("alice", 200)
    found = report(collected(one, {**one, "profile": "production-read"}), collected(one))
    assert [row.profiles for row in found.keys] == [("production", "production-read")]
    assert found.summary["access_keys"] == found.summary["users"] == 1
    assert found.verdict == "1 of 1 active access key is over the age limit."


def test_where_the_account_is_unknown_profiles_are_not_taken_for_one() -> None:
    one = access_key("alice", 10, account_id=None)
    assert len(report(collected(one, {**one, "profile": "other"})).keys) == 2


def test_what_was_not_read_comes_first_and_with_evidence() -> None:
    unreached = {"msg": "boto3 is missing", "failed": True}
    found = report(collected(access_key("alice", 10), failed=DENIED), unreached)
    assert found.level == "failed"
    assert found.verdict.startswith("1 profile and 1 host could not be read. None of 1 active access key that could be")
    denied, missing = found.failures
    assert (denied.name, denied.sentence, denied.evidence, denied.request_id) == (
        "audit",
        "access denied",
        "User is not authorized",
        "r-1",
    )
    assert (missing.what, missing.name, missing.sentence) == ("host", "h", "boto3 is missing")


def test_a_credential_report_that_was_not_read_is_not_hidden_by_the_keys_that_were() -> None:
    result = collected(access_key("alice", 10))
    result["profiles"][0]["credential_report_error"] = "access denied: allow iam:GetCredentialReport"
    found = report(result)
    [failure] = found.failures
    assert (failure.label, failure.account) == ("credential report of production", "111122223333")
    assert failure.sentence == "access denied: allow iam:GetCredentialReport"
    assert found.level == "failed"
    assert found.verdict.startswith("1 credential report could not be read. None of 1 active access key ")
    assert entries(found), "the account was read whole"


def test_a_probe_that_is_not_up_is_a_failure() -> None:
    assert report(probed()).level == "fine"
    found = report(probed("down", status="failed", error="throttled"))
    assert found.level == "failed"
    assert found.verdict == "The IAM probe lab is down."


def test_changes_are_since_the_last_report_of_the_same_accounts() -> None:
    earlier = NOW - timedelta(days=3)
    before = build([HostResult("h", collected(access_key("a", 200), when=earlier))], "", History(), earlier)
    history = History(entries(before))
    found = report(collected(access_key("a", 200), access_key("b", 300)), history=history)
    assert found.previous is not None
    assert (found.previous["expired"], found.summary["expired"]) == (1, 2)
    assert [counts["expired"] for _day, counts in found.trend] == [1, 2]
    another = access_key("c", 1, account_id="444455556666", profile="staging")
    assert report(collected(access_key("a", 200), another), history=history).previous is None


def test_an_account_that_was_not_read_whole_adds_nothing_to_the_history() -> None:
    partial = collected(access_key("alice", 10))
    partial["profiles"][0] |= {"ok": False, "error": "throttled"}
    assert entries(report(partial)) == []


def test_the_probes_times_are_remembered() -> None:
    [entry] = entries(report(probed("down", status="failed", duration_ms=9.0)))
    assert (entry.kind, entry.subject) == ("probe", "lab us-east-1 production")
    assert "CreateUser" not in entry.values
    assert entry.values["CreateGroup"] == 22


def test_the_owner_is_in_a_tag_of_any_case() -> None:
    [row] = report(collected(access_key("alice", 1, tags={"Owner": "payments", "team": "x"}))).keys
    assert row.owner == "payments"


def test_a_root_key_has_its_slot_for_a_name() -> None:
    root = access_key("<root_account>", 400, root=True, slot=2)
    del root["access_key_id"]
    [row] = report(collected(root)).keys
    assert row.label == "root-2"
