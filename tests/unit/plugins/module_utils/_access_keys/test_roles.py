# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
import gc
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import collect as collect_module
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.profile import collect_profile
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from ansible_collections.keyward.iam.plugins.modules.access_key_info import ARGUMENT_SPEC
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.fakes.aws import AwsEndpoint

    from .conftest import Collect

SOURCE = "111122223333"
ACCOUNTS = ["444455556666", "777788889999"]


def role(account: str, name: str = "keyward") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


@pytest.fixture(autouse=True)
def _accounts(aws: AwsEndpoint) -> None:
    for number, account in enumerate(ACCOUNTS):
        aws.account(account).add_user(f"user-{number}", keys=[Key(age_days=200 + number)])


def by_account(collected: Any) -> dict[str, dict[str, Any]]:
    return {profile["account_id"]: profile for profile in collected.result["profiles"]}


def test_each_role_gives_its_account(aws: AwsEndpoint, run: Collect) -> None:
    collected = run("good", role_arns=[role(account) for account in ACCOUNTS], credential_report=True)
    assert collected.failures == []
    assert {key["account_id"]: key["user_name"] for key in collected.result["access_keys"]} == {
        ACCOUNTS[0]: "user-0",
        ACCOUNTS[1]: "user-1",
    }
    profiles = by_account(collected)
    assert [profiles[account]["role_arn"] for account in ACCOUNTS] == [role(account) for account in ACCOUNTS]
    assert {profile["profile"] for profile in profiles.values()} == {"good"}
    # the source itself is not collected
    assert [call.action for call in aws.calls(SOURCE)] == ["AssumeRole"] * 2
    assert {call.principal for call in aws.calls(ACCOUNTS[0])} == {"keyward"}


@pytest.mark.parametrize(
    ("arn", "sentence"),
    [
        ("arn:aws:iam::999900001111:role/keyward", "sts:AssumeRole"),
        ("arn:aws:iam::444455556666:user/keyward", "is not the ARN of a role: correct role_arns"),
        ("keyward", "is not the ARN of a role: correct role_arns"),
        ("arn:aws:iam::444455556666:role/", "is not the ARN of a role: correct role_arns"),
        ("arn:aws:iam::4444:role/x\x1b[31m", "is not the ARN of a role: correct role_arns"),
        ("", "is not the ARN of a role: correct role_arns"),
    ],
)
def test_a_role_that_cannot_be_assumed_costs_the_others_nothing(run: Collect, arn: str, sentence: str) -> None:
    collected = run("good", role_arns=[role(ACCOUNTS[1]), arn])
    assert [key["user_name"] for key in collected.result["access_keys"]] == ["user-1"]
    (failed,) = [profile for profile in collected.result["profiles"] if not profile["ok"]]
    assert sentence in failed["error"]
    assert failed["role_arn"] == arn
    assert len(collected.failures) == 1
    assert collected.failures[0].startswith("role ")
    assert collected.failures[0].isprintable()


def test_a_failed_role_names_its_account(run: Collect) -> None:
    collected = run("good", role_arns=[role("999900001111")])
    assert by_account(collected).keys() == {"999900001111"}


def test_the_source_is_looked_up_once(aws: AwsEndpoint, run: Collect, shared_files: Path, tmp_path: Path) -> None:
    credentials = aws.account(SOURCE).admin_credentials
    answer = {
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat(),
    }
    (tmp_path / "answer").write_text(json.dumps(answer), encoding="utf-8")
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\necho x >> {tmp_path}/calls\ncat {tmp_path}/answer\n", encoding="utf-8")
    helper.chmod(0o700)
    with (shared_files / "config").open("a", encoding="utf-8") as config:
        config.write(f"\n[profile helped]\ncredential_process = {helper}\n")
    collected = run("helped", role_arns=[role(account) for account in ACCOUNTS])
    assert collected.failures == []
    assert (tmp_path / "calls").read_text(encoding="utf-8") == "x\n"


@pytest.mark.parametrize(("external_id", "fails"), [("keyward-7f3a", False), ("other", True), (None, True)])
def test_the_external_id_is_sent(aws: AwsEndpoint, run: Collect, external_id: str | None, *, fails: bool) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "keyward-7f3a"}}
    trust = json.dumps({"Statement": [{"Effect": "Allow", "Condition": condition}]})
    aws.account(ACCOUNTS[0]).add_role("keyward", trust=trust)
    collected = run("good", role_arns=[role(ACCOUNTS[0])], external_id=external_id)
    assert bool(collected.failures) is fails


def test_the_same_role_twice_is_one(run: Collect) -> None:
    collected = run("good", role_arns=[role(ACCOUNTS[0])] * 2)
    assert len(collected.result["profiles"]) == 1


def test_memory_does_not_grow_with_the_accounts(
    aws: AwsEndpoint, run: Collect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [f"{555500000000 + number}" for number in range(5)]
    for account in accounts:
        aws.account(account).add_user("one", keys=[Key(age_days=1)])
    held: list[Counter[str]] = []

    def count() -> Counter[str]:
        names = ("ProfileSession", "IAM", "Loader")
        return Counter(name for each in gc.get_objects() if (name := type(each).__name__) in names)

    def collect_and_count(*arguments: Any) -> Any:
        result = collect_profile(*arguments)
        gc.collect()
        held.append(count())
        return result

    before = count()
    monkeypatch.setattr(collect_module, "collect_profile", collect_and_count)
    options: dict[str, Any] = {"method": "report", "cache_path": str(tmp_path / "cache"), "credential_report": True}
    assert run("good", role_arns=[role(each) for each in accounts], profile_concurrency=1, **options).failures == []
    assert len(held) == len(accounts)
    # That of the source stays; what belongs to a role goes with it.
    assert max(counts["ProfileSession"] for counts in held) - before["ProfileSession"] <= 2
    assert max(counts["IAM"] for counts in held) - before["IAM"] <= 3
    assert max(counts["Loader"] for counts in held) - before["Loader"] <= 2


def test_a_source_that_fails_fails_every_role(run: Collect) -> None:
    collected = run("unknown", role_arns=[role(account) for account in ACCOUNTS])
    assert by_account(collected).keys() == set(ACCOUNTS)
    assert len(collected.failures) == 1
    assert collected.failures[0].startswith(f"roles {role(ACCOUNTS[0])}, {role(ACCOUNTS[1])}: there is no profile")


def test_by_report_each_account_has_its_cache(run: Collect, tmp_path: Path) -> None:
    for _turn in range(2):
        collected = run(
            "good", role_arns=[role(account) for account in ACCOUNTS], method="report", cache_path=str(tmp_path / "c")
        )
    assert [profile["cached"] for profile in collected.result["profiles"]] == [1, 1]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"role_arns": [role(SOURCE)], "profiles": ["*"]}, "role_arns are assumed from one profile"),
        ({"role_arns": [role(SOURCE)], "profiles": ["a", "b"]}, "role_arns are assumed from one profile"),
        ({"external_id": "x"}, "external_id is for role_arns"),
        ({"role_arns": [role(SOURCE), role(SOURCE, "other")]}, f"role_arns has two roles in account {SOURCE}"),
        ({"role_arns": [role(SOURCE)], "role_session_name": "a b"}, "role_session_name must be"),
        ({"role_session_name": ""}, "role_session_name must be"),
    ],
)
def test_what_does_not_go_together_is_said(options: dict[str, Any], sentence: str) -> None:
    defaults = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}
    with pytest.raises(UserError, match=sentence):
        CollectRequest.from_options({**defaults, **options}, ConnectionSettings())
