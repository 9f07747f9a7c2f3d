# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import AgeLimits
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.rules import AgeRule
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from ansible_collections.keyward.iam.plugins.modules.access_key_info import ARGUMENT_SPEC
from testbed.fakes.aws import Fault, Key

if TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import Collected
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.aws.account import Account

    from .conftest import Collect

ACCOUNT = "111122223333"


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    account = aws.account(ACCOUNT)
    account.add_user("vendor", keys=[Key(age_days=200)], tags={"exempt": "true", "exempt-reason": "contract"})
    account.add_user("late", keys=[Key(age_days=200)], tags={"exempt": "2001-01-31"})
    account.add_user("robot", keys=[Key(age_days=200)], tags={"Team": "payments", "kind": "machine"})
    return account


def by_user(collected: Collected) -> dict[str, dict[str, Any]]:
    return {key["user_name"]: key for key in collected.result["access_keys"]}


def test_a_tag_exempts_for_good_or_through_a_date(account: Account, run: Collect) -> None:
    today = dt.datetime.now(dt.UTC).date().isoformat()
    account.add_user("today", keys=[Key(age_days=200)], tags={"exempt": today})
    collected = run("good", exempt_tag="exempt")
    keys = by_user(collected)
    assert {name: key["exempt"] for name, key in keys.items()} == {
        "alice": False,
        "late": False,
        "robot": False,
        "today": True,
        "vendor": True,
    }
    assert keys["vendor"]["exempt_reason"] == "contract"
    assert "exempt_until" not in keys["vendor"]
    assert (keys["today"]["exempt_until"], keys["today"]["exempt_expired"]) == (today, False)
    assert (keys["late"]["exempt_until"], keys["late"]["exempt_expired"]) == ("2001-01-31", True)
    assert collected.result["summary"]["exempt"] == 2
    assert collected.result["summary"]["expired"] == 2
    assert collected.warnings == ["profile good: the exemption is over of late (2001-01-31)"]


@pytest.mark.usefixtures("account")
def test_a_rule_gives_other_limits(run: Collect) -> None:
    rules = [AgeRule(AgeLimits(300, 365), tags={"kind": "machine"}), AgeRule(AgeLimits(1, 2), users=["alice"])]
    keys = by_user(run("good", age_rules=rules))
    assert {name: (key["severity"], key["days_left"], key.get("max_age_days")) for name, key in keys.items()} == {
        "alice": ("expired", -1, 2),
        "late": ("expired", -20, None),
        "robot": ("ok", 165, 365),
        "vendor": ("expired", -20, None),
    }


@pytest.mark.usefixtures("account")
def test_tags_are_shown_by_the_names_that_were_asked_for(run: Collect) -> None:
    keys = by_user(run("good", user_tags=["team", "cost"]))
    assert keys["robot"]["tags"] == {"team": "payments"}
    assert keys["alice"]["tags"] == {}
    assert "tags" not in by_user(run("good"))["robot"]


def test_a_thousand_users_cost_one_call(aws: AwsEndpoint, account: Account, run: Collect) -> None:
    for number in range(1000):
        account.add_user(f"user-{number}")
    account.page_limit = None
    aws.forget_calls()
    run("good", user_tags=["team"], path_prefix="/nowhere/")
    assert [call.action for call in aws.calls(ACCOUNT) if call.action.startswith("GetAccount")] == [
        "GetAccountAuthorizationDetails",
        "GetAccountAuthorizationDetails",
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"exempt_tag": "exempt"},
        {"user_tags": ["team"]},
        {"age_rules": [AgeRule(AgeLimits(300, 365), tags={"kind": "machine"})]},
    ],
)
def test_tags_that_cannot_be_read_are_a_failure_and_grant_nothing(
    account: Account, run: Collect, options: dict[str, Any]
) -> None:
    account.deny("GetAccountAuthorizationDetails")
    collected = run("good", **options)
    (profile,) = collected.result["profiles"]
    assert not profile["ok"]
    assert profile["error"].startswith(f"the tags of users could not be read, which {next(iter(options))} need: ")
    assert "allow iam:GetAccountAuthorizationDetails" in profile["error"]
    keys = by_user(collected)
    assert keys.keys() == {"alice", "late", "robot", "vendor"}
    assert {key["exempt"] for key in keys.values()} == ({None} if "exempt_tag" in options else {False})
    assert all(("severity" in key) is ("age_rules" not in options) for key in keys.values())
    assert all("age_days" in key for key in keys.values())


def test_a_page_that_fails_is_a_failure(aws: AwsEndpoint, account: Account, run: Collect) -> None:
    account.page_limit = 2
    aws.faults.add(Fault("error", "GetAccountAuthorizationDetails", code="AccessDenied", status=403, skip=1))
    collected = run("good", exempt_tag="exempt")
    assert not collected.result["profiles"][0]["ok"]
    assert None in {key["exempt"] for key in collected.result["access_keys"]}


@pytest.mark.usefixtures("account")
def test_a_user_made_meanwhile_is_asked_for(aws: AwsEndpoint, run: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.keyward.iam.plugins.module_utils._access_keys import tags  # noqa: PLC0415

    monkeypatch.setattr(tags.UserTags, "start", lambda _self: None)
    keys = by_user(run("good", exempt_tag="exempt"))
    assert (keys["vendor"]["exempt"], keys["alice"]["exempt"]) == (True, False)
    assert len(aws.calls(ACCOUNT, "ListUserTags")) == 4


def test_a_user_deleted_meanwhile_is_no_failure(
    account: Account, run: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ansible_collections.keyward.iam.plugins.module_utils._access_keys import tags  # noqa: PLC0415

    complete = tags.UserTags.complete

    def delete_first(self: Any, users: Any) -> None:
        account.users.remove("late", account.clock.now())
        complete(self, users)

    monkeypatch.setattr(tags.UserTags, "start", lambda _self: None)
    monkeypatch.setattr(tags.UserTags, "complete", delete_first)
    collected = run("good", exempt_tag="exempt")
    assert collected.failures == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({}, r"age_rules\[1\] has no limits: set max_age_days or warn_age_days in it"),
        ({"max_age_days": 10, "warn_age_days": 11}, r"age_rules\[1\]: warn_age_days \(11\) must be between 0 and max"),
        ({"max_age_days": -1}, r"age_rules\[1\]: max_age_days \(-1\) must be between 0 and 100000"),
        ({"warn_age_days": 181}, r"age_rules\[1\]: warn_age_days \(181\) must be between 0 and max_age_days \(180\)"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: dict[str, Any], sentence: str) -> None:
    defaults = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}
    empty = dict.fromkeys(ARGUMENT_SPEC["age_rules"]["options"])
    rules = [{**empty, "max_age_days": 90}, {**empty, **rule}]
    with pytest.raises(UserError, match=sentence):
        CollectRequest.from_options({**defaults, "age_rules": rules}, ConnectionSettings())
