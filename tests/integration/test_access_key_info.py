# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""keyward.iam.access_key_info as a process, against the test AWS: what it finds and how it asks for it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

MODULE = "access_key_info"


def only(items: list[dict[str, Any]]) -> dict[str, Any]:
    [item] = items
    return item


def by_user(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The keys of users that have one."""
    return {key["user_name"]: key for key in result["access_keys"]}


def test_every_user_of_every_page_of_every_account(
    aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]
) -> None:
    first, second = aws.account("111122223333"), aws.account("444455556666")
    for account, users in ((first, 150), (second, 100)):
        account.page_limit = 60
        account.latency_ms.default = 5
        account.report.generate()
        for number in range(users):
            account.add_user(f"user-{number:03}", path="/team/", keys=[Key(age_days=number + 0.5), Key(age_days=1)])
    profiles(one=first, two=second)

    result = ansible.module(MODULE, {"profiles": ["*"]})

    assert result.get("failed", False) is False
    found = {(key["account_id"], key["user_name"], key["access_key_id"]) for key in result["access_keys"]}
    existing = {
        (account.id, owner.name, key_id)
        for account in (first, second)
        for key_id, owner in account.key_owners.items()
        if owner is not None
    }
    assert found == existing
    assert len(result["access_keys"]) == len(found) == 500
    assert result["summary"]["users"] == 250
    for entry, account, users in zip(result["profiles"], (first, second), (150, 100), strict=True):
        pages = math.ceil(users / 60)
        assert (entry["ok"], entry["users"], entry["access_keys"]) == (True, users, 2 * users)
        assert entry["api_calls"] == len(aws.calls(account.id)) == pages + users + 1, "one call more for the report"
        assert entry["throttled"] == 0
        assert 4 <= aws.most_under_way(account.id) <= 16


def test_concurrency_bounds_the_calls_under_way(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    account.latency_ms.default = 20
    for number in range(20):
        account.add_user(f"user-{number}", keys=[Key()])
    profiles(one=account)

    for concurrency in (1, 4):
        result = ansible.module(MODULE, {"profiles": ["one"], "concurrency": concurrency, "credential_report": False})
        assert len(result["access_keys"]) == 20
    assert aws.most_under_way(account.id) == 4


def test_throttling_slows_it_down_and_loses_nothing(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    for number in range(60):
        account.add_user(f"user-{number}", keys=[Key()])
    account.throttle.limit(rate=20, burst=20)
    profiles(one=account)

    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})

    entry = only(result["profiles"])
    assert entry["ok"], entry["error"]
    assert len(result["access_keys"]) == 60
    throttled = sum(call.throttled for call in aws.calls())
    assert throttled > 0
    assert (entry["throttled"], entry["api_calls"]) == (throttled, len(aws.calls()))


def test_one_failing_profile_leaves_the_others(
    aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]
) -> None:
    good, bad = aws.account("111122223333"), aws.account("444455556666")
    good.add_user("alice", keys=[Key(age_days=3)])
    bad.add_user("bob", keys=[Key(age_days=3)])
    bad.deny("ListUsers")
    bad.deny("GetCredentialReport")
    profiles(good=good, bad=bad)

    result = ansible.module(MODULE, {"profiles": ["bad", "good"]})

    assert result["failed"] is True
    assert result["msg"] == "profile bad: access denied: allow iam:ListUsers to this identity"
    assert [key["user_name"] for key in result["access_keys"]] == ["alice"]
    entries = {entry["profile"]: entry for entry in result["profiles"]}
    assert (entries["good"]["ok"], entries["good"]["error"], entries["good"]["error_code"]) == (True, None, None)
    assert (entries["bad"]["ok"], entries["bad"]["error_code"]) == (False, "AccessDenied")
    assert entries["bad"]["account_id"] == bad.id, "a failing account must keep its name on the dashboard"
    assert len(aws.calls(bad.id, "GetCallerIdentity")) == 1, "it is never read from the text of the refusal"

    result = ansible.module(MODULE, {"profiles": ["bad", "good"], "fail_on_profile_error": False})

    assert "failed" not in result
    assert "profile bad: access denied: allow iam:ListUsers to this identity" in result["warnings"]
    assert [key["user_name"] for key in result["access_keys"]] == ["alice"]


def test_a_user_that_cannot_be_listed_marks_the_rest_as_partial(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    for number in range(10):
        account.add_user(f"user-{number}", keys=[Key()])
    account.deny("ListAccessKeys")
    profiles(one=account)
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    entry = only(result["profiles"])
    assert entry["error"] == (
        "keys of 10 of 10 users could not be listed: access denied: allow iam:ListAccessKeys to this identity"
    )
    assert (entry["ok"], entry["users"]) == (False, 10)

    account.allow_all()
    aws.faults.error("ListAccessKeys", "InvalidInput", status=400, times=1)
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    assert result["failed"] is True
    assert only(result["profiles"])["error"].startswith("keys of 1 of 10 users could not be listed: ListAccessKeys")
    assert len(result["access_keys"]) == 9


def test_a_user_deleted_meanwhile_is_no_error(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    for number in range(3):
        account.add_user(f"user-{number}", keys=[Key()])
    aws.faults.error("ListAccessKeys", "NoSuchEntity", status=404, times=1)
    profiles(one=account)
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    assert (only(result["profiles"])["ok"], result["summary"]["users"], len(result["access_keys"])) == (True, 2, 2)


def test_a_passing_fault_is_retried_and_counted(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    account.add_user("alice", keys=[Key()])
    aws.faults.error("ListUsers", "ServiceFailure", status=500, times=1)
    aws.faults.drop("ListAccessKeys", times=1)
    profiles(one=account)
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    entry = only(result["profiles"])
    assert (entry["ok"], entry["access_keys"]) == (True, 1)
    assert entry["api_calls"] == len(aws.calls()) == 4


def test_severity_exemption_and_counts(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    ages = {"young": 74.9, "warned": 75.1, "last-day": 89.9, "over": 90.1, "break-glass": 400, "Broken-glass": 300}
    for name, age in ages.items():
        account.add_user(name, keys=[Key(age_days=age)])
    account.add_user("idle", keys=[Key(age_days=500, status="Inactive")])
    account.add_user("nobody")
    profiles(one=account)

    result = ansible.module(
        MODULE,
        {
            "profiles": ["one"],
            "max_age_days": 90,
            "warn_age_days": 75,
            "exempt_users": ["break-*"],
            "credential_report": False,
        },
    )

    keys = by_user(result)
    assert {name: (key["age_days"], key["days_left"], key["severity"]) for name, key in keys.items()} == {
        "young": (74, 16, "ok"),
        "warned": (75, 15, "expiring"),
        "last-day": (89, 1, "expiring"),
        "over": (90, 0, "expired"),
        "break-glass": (400, -310, "expired"),
        "Broken-glass": (300, -210, "expired"),
        "idle": (500, -410, "expired"),
    }
    assert [name for name, key in keys.items() if key["exempt"]] == ["break-glass"]
    assert result["summary"] == {
        "users": 8,
        "access_keys": 7,
        "active": 5,
        "expired": 2,
        "expiring": 2,
        "exempt": 1,
        "reactivated": 0,
        "root_keys": 0,
        "oldest_age_days": 500,
    }


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"])
def test_ages_are_whole_days_of_utc_whatever_the_time_zone(
    ansible: Ansible, account: Account, profiles: Callable[..., None], zone: str
) -> None:
    now = datetime.now(UTC)
    created = {
        "just-now": now,
        "a-second-short-of-a-day": now - timedelta(hours=23, minutes=59),
        "a-day": now - timedelta(days=1),
        "leap-day": datetime(2024, 2, 29, 12, tzinfo=UTC),
        "end-of-year": datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
        "summer-time-change": datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    }
    for name, moment in created.items():
        account.add_user(name, keys=[Key(created=moment)])
    profiles(one=account)
    ansible.set(TZ=zone)

    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})

    collected = datetime.fromisoformat(result["collected_at"])
    assert abs(collected - datetime.now(UTC)) < timedelta(minutes=1)
    assert result["timestamp"] == int(collected.timestamp())
    for name, key in by_user(result).items():
        moment = created[name].replace(microsecond=0)
        assert key["create_date"] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert key["age_days"] == int((collected - moment).total_seconds() // 86400), name
    assert by_user(result)["a-second-short-of-a-day"]["age_days"] == 0


def test_order_is_profile_user_creation(aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]) -> None:
    accounts = {"b": aws.account("111122223333"), "a": aws.account("444455556666")}
    for account in accounts.values():
        account.latency_ms["ListAccessKeys"] = 2
        for name in ("zoe", "Anna", "bob"):
            account.add_user(name, keys=[Key(age_days=1), Key(age_days=9)])
    profiles(**accounts)
    arguments = {"profiles": ["b", "a"], "credential_report": False}
    order = [
        (key["profile"], key["user_name"], key["age_days"]) for key in ansible.module(MODULE, arguments)["access_keys"]
    ]
    assert order == [(p, user, age) for p in ("a", "b") for user in ("Anna", "bob", "zoe") for age in (9, 1)]


def test_only_users_under_the_path(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    account.add_user("alice", path="/eng/core/", keys=[Key()])
    account.add_user("bob", path="/ops/", keys=[Key()])
    account.add_root_key(Key(age_days=100))
    account.report.generate()
    profiles(one=account)
    result = ansible.module(MODULE, {"profiles": ["one"], "path_prefix": "/eng/"})
    assert [(key["user_name"], key["user_path"]) for key in result["access_keys"]] == [("alice", "/eng/core/")]
    assert only(result["profiles"])["root_keys"] is None


def test_check_mode_collects_too(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    account.add_user("alice", keys=[Key()])
    profiles(one=account)
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False}, check_mode=True)
    assert [key["user_name"] for key in result["access_keys"]] == ["alice"]
    assert not result.get("changed", False)
