# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the credential report adds to keyward.iam.access_key_info, and what happens where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

MODULE = "access_key_info"


@pytest.fixture(autouse=True)
def _profile(account: Account, profiles: Callable[..., None]) -> None:
    profiles(one=account)


def collect(ansible: Ansible) -> dict[str, Any]:
    result = ansible.module(MODULE, {"profiles": ["one"]})
    assert "failed" not in result, result.get("msg")
    return result


def test_last_use_and_reactivation(ansible: Ansible, account: Account) -> None:
    account.add_user("used", keys=[Key(age_days=200, last_used_days=3.5, last_used_service="sts")])
    account.add_user("unused", keys=[Key(age_days=200)])
    account.add_user("reactivated", keys=[Key(age_days=200, changed_days=2)])
    account.add_user(
        "two", keys=[Key(age_days=300, last_used_days=9), Key(age_days=10, status="Inactive", last_used_days=1)]
    )
    account.report.generate(age_hours=2)
    account.add_user("newer", keys=[Key()])

    result = collect(ansible)

    keys = {(key["user_name"], key["age_days"]): key for key in result["access_keys"]}
    used = keys["used", 200]
    assert (used["last_used_days"], used["last_used_service"], used["last_used_region"]) == (3, "sts", "us-east-1")
    assert used["reactivated"] is False
    assert keys["unused", 200]["last_used_date"] is None
    assert "last_used_days" not in keys["unused", 200]
    reactivated = keys["reactivated", 200]
    assert reactivated["reactivated"] is True
    assert reactivated["severity"] == "expired", "a key that was toggled is as old as it was"
    assert [keys["two", age]["last_used_days"] for age in (300, 10)] == [9, 1]
    assert not {"reactivated", "last_used_date"} & keys["newer", 0].keys(), "the report is older than this key"
    assert result["summary"]["reactivated"] == 1
    [entry] = result["profiles"]
    assert 7200 <= entry["credential_report_age"] < 7260
    assert entry["credential_report_error"] is None
    assert result["warnings"] == []


def test_root_keys(ansible: Ansible, account: Account) -> None:
    account.add_root_key(Key(age_days=900, last_used_days=400))
    account.report.generate()
    result = collect(ansible)
    [key] = result["access_keys"]
    assert key["root"] is True
    assert (key["user_name"], key["slot"], key["status"], key["age_days"]) == ("<root_account>", 1, "Active", 900)
    assert key["user_arn"] == "arn:aws:iam::111122223333:root"
    assert "access_key_id" not in key
    assert result["summary"]["root_keys"] == result["profiles"][0]["root_keys"] == 1


@pytest.mark.parametrize("action", ["GetCredentialReport", "GenerateCredentialReport"])
def test_denied(ansible: Ansible, account: Account, action: str) -> None:
    account.add_user("alice", keys=[Key()])
    account.deny(action)
    result = collect(ansible)
    assert len(result["access_keys"]) == 1
    assert result["warnings"] == [
        (
            "profile one: last-used data, root keys and reactivation are missing without the credential report: "
            f"access denied: allow iam:{action} to this identity"
        )
    ]
    [entry] = result["profiles"]
    assert (entry["ok"], entry["credential_report_age"], entry["root_keys"]) == (True, None, None)
    assert [f"profile {entry['profile']}: {entry['credential_report_error']}"] == result["warnings"]


def test_made_on_demand(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    account.add_user("alice", keys=[Key()])
    account.report.ready_after = 0.5
    result = collect(ansible)
    assert result["access_keys"][0]["last_used_date"] is None
    actions = [call.action for call in aws.calls() if "Report" in call.action]
    assert actions == [
        "GetCredentialReport",
        "GenerateCredentialReport",
        "GetCredentialReport",
    ]


def test_switched_off(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    account.add_user("alice", keys=[Key()])
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    assert not {"reactivated", "last_used_date"} & result["access_keys"][0].keys()
    assert not [call for call in aws.calls() if "Report" in call.action]
    assert result["warnings"] == []


def test_one_warning_for_many_profiles(aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]) -> None:
    accounts = {name: aws.account(f"{number:012}") for number, name in enumerate(("a", "b", "c"), start=1)}
    for account in accounts.values():
        account.add_user("alice", keys=[Key()])
        account.deny("GetCredentialReport")
    profiles(**accounts)
    [warning] = ansible.module(MODULE, {"profiles": ["a", "b", "c"]})["warnings"]
    assert warning.startswith("profiles a, b, c: last-used data")
