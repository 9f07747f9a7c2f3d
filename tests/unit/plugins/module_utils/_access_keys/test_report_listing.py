# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.cache import CachedKey, CachedUser
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import (
    CredentialReport,
    KeySlot,
)
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.report_listing import known_keys
from testbed.fakes.aws import Fault, Key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import Collected
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.aws.account import Account

    from .conftest import Collect

ACCOUNT = "111122223333"
Run = "Callable[..., Collected]"


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    account = aws.account(ACCOUNT)
    for number in range(5):
        account.add_user(f"user-{number}", keys=[Key(age_days=100 + number), Key(age_days=10, status="Inactive")])
    account.add_user("without-keys")
    return account


@pytest.fixture
def report(run: Collect, tmp_path: Path) -> Callable[..., Collected]:
    return functools.partial(run, "good", method="report", cache_path=str(tmp_path / "cache"), credential_report=True)


def listed(aws: AwsEndpoint) -> int:
    """How many users were listed since this was last asked."""
    calls = len(aws.calls(ACCOUNT, "ListAccessKeys"))
    aws.forget_calls()
    return calls


def keys(collected: Collected) -> list[tuple[str, str, str, str]]:
    return [
        (key["user_name"], key["access_key_id"], key["status"], key["create_date"])
        for key in collected.result["access_keys"]
    ]


def profile(collected: Collected) -> dict[str, Any]:
    (entry,) = collected.result["profiles"]
    return dict(entry)


def test_what_did_not_change_is_not_listed_again(
    aws: AwsEndpoint, account: Account, run: Collect, report: Callable[..., Collected]
) -> None:
    assert account.page_limit is None
    first = report()
    assert listed(aws) == 6
    second = report()
    assert listed(aws) == 0
    assert keys(second) == keys(first) == keys(run("good"))
    assert profile(second)["cached"] == 11
    assert profile(second)["method"] == "report"
    assert profile(second)["users"] == 7
    assert profile(second)["api_calls"] == 2
    assert second.warnings == []


def test_a_new_report_costs_three_calls(aws: AwsEndpoint, account: Account, report: Callable[..., Collected]) -> None:
    report()
    aws.clock.advance(hours=5)
    account.report.ready_after = 0.1
    assert profile(report())["api_calls"] == 1 + 3


def test_an_age_is_from_the_creation_however_often_the_status_changed(
    aws: AwsEndpoint, account: Account, report: Callable[..., Collected]
) -> None:
    key_id = account.user("user-1").key().id
    report()
    account.user("user-1").key().changed = aws.clock.now() + dt.timedelta(hours=1)
    aws.clock.advance(hours=5)
    aws.forget_calls()
    collected = report()
    assert listed(aws) == 1
    (key,) = [key for key in collected.result["access_keys"] if key["access_key_id"] == key_id]
    assert (key["age_days"], key["reactivated"]) == (101, True)
    report()
    assert listed(aws) == 0


def _delete_and_make_anew(aws: AwsEndpoint, account: Account) -> None:
    account.users.remove("user-2", aws.clock.now())
    account.add_user("user-2", created=aws.clock.now(), keys=[Key(created=aws.clock.now())])


def _rename(aws: AwsEndpoint, account: Account) -> None:
    user = account.user("user-2")
    account.users.remove("user-2", aws.clock.now())
    user.name, user.arn = "renamed", account.arn("user", "/", "renamed")
    account.users.add("renamed", user)


def _swap_names(aws: AwsEndpoint, account: Account) -> None:
    one, other = account.user("user-1"), account.user("user-2")
    for user in (one, other):
        account.users.remove(user.name, aws.clock.now())
    one.name, other.name, one.arn, other.arn = other.name, one.name, other.arn, one.arn
    for user in (one, other):
        account.users.add(user.name, user)


def _make(aws: AwsEndpoint, account: Account) -> None:
    account.add_user("younger", created=aws.clock.now(), keys=[Key(created=aws.clock.now())])


@pytest.mark.parametrize("change", [_delete_and_make_anew, _rename, _swap_names, _make])
@pytest.mark.parametrize("hours", [1, 5])
def test_a_user_that_is_another_one_is_listed_at_once(
    aws: AwsEndpoint,
    account: Account,
    run: Collect,
    report: Callable[..., Collected],
    change: Callable[[AwsEndpoint, Account], None],
    hours: float,
) -> None:
    report()
    aws.clock.advance(minutes=1)
    change(aws, account)
    aws.clock.advance(hours=hours)
    assert keys(report()) == keys(run("good"))


def _delete_key(_aws: AwsEndpoint, account: Account) -> None:
    user = account.user("user-3")
    user.keys.remove(user.key().id, account.clock.now())


def _add_key_to_user_without(aws: AwsEndpoint, account: Account) -> None:
    account.add_key("without-keys", Key(created=aws.clock.now()))


def _rotate(aws: AwsEndpoint, account: Account) -> None:
    _delete_key(aws, account)
    account.add_key("user-3", Key(created=aws.clock.now()))


def _swap_slots(aws: AwsEndpoint, account: Account) -> None:
    """Both keys are replaced, the second first."""
    user = account.user("user-3")
    for number in (1, 0):
        user.keys.remove(user.key(number).id, aws.clock.now())
    for _number in range(2):
        account.add_key("user-3", Key(created=aws.clock.now()))


def _toggle(aws: AwsEndpoint, account: Account) -> None:
    key = account.user("user-3").key()
    key.status, key.changed = "Inactive", aws.clock.now()


@pytest.mark.parametrize("change", [_delete_key, _add_key_to_user_without, _rotate, _swap_slots, _toggle])
def test_a_change_is_seen_with_the_next_report(
    aws: AwsEndpoint,
    account: Account,
    run: Collect,
    report: Callable[..., Collected],
    change: Callable[[AwsEndpoint, Account], None],
) -> None:
    before = keys(report())
    aws.clock.advance(minutes=1)
    change(aws, account)
    aws.clock.advance(hours=1)
    # as late as the report
    assert keys(report()) == before
    aws.clock.advance(hours=4)
    assert keys(report()) == keys(run("good")) != before


def test_two_keys_of_the_same_second_are_two(
    aws: AwsEndpoint, account: Account, run: Collect, report: Callable[..., Collected]
) -> None:
    moment = aws.clock.now() - dt.timedelta(days=3)
    twins = account.add_user("twins", keys=[Key(created=moment), Key(created=moment)])
    report()
    assert keys(report()) == keys(run("good"))
    aws.clock.advance(minutes=1)
    twins.keys.remove(twins.key().id, aws.clock.now())
    aws.clock.advance(hours=5)
    assert keys(report()) == keys(run("good"))


def test_a_report_that_is_older_than_the_cache_takes_nothing_back(
    aws: AwsEndpoint, account: Account, report: Callable[..., Collected]
) -> None:
    account.report.generate(age_hours=3)
    account.add_key("without-keys", Key(created=aws.clock.now()))
    account.users["without-keys"].created = aws.clock.now() - dt.timedelta(hours=1)
    first = report()
    aws.forget_calls()
    assert keys(report()) == keys(first)


@pytest.mark.parametrize("spoil", ["dates", "twice", "creation", "flags", "order"])
def test_an_odd_row_has_its_user_listed(
    aws: AwsEndpoint, account: Account, run: Collect, report: Callable[..., Collected], spoil: str
) -> None:
    report()
    content = account.report.fetch().content.decode()
    lines = content.split("\n")
    (row,) = [line for line in lines if line.startswith("user-4,")]
    cells = row.split(",")
    if spoil == "dates":
        cells[9] = "2026-13-45"
    elif spoil == "creation":
        cells[2] = "long ago"
    elif spoil == "flags":
        cells[8] = "yes"
    elif spoil == "order":
        cells[9] = "1999-01-01T00:00:00+00:00"
    odd = ",".join(cells)
    body = content.replace(row, f"{row}\n{row}" if spoil == "twice" else odd)
    object.__setattr__(account.report.fetch(), "content", body.encode())
    aws.forget_calls()
    collected = report()
    assert listed(aws) == 1
    assert keys(collected) == keys(run("good"))


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({9: "2026-13-45"}, id="no date"),
        pytest.param({9: ""}, id="blank"),
        pytest.param({9: "no_information"}, id="unknown"),
        pytest.param({9: "N/A", 10: "2026-01-01T00:00:00+00:00"}, id="no key, and it was used"),
        pytest.param({9: "N/A", 12: "s3"}, id="no key, and a service used it"),
    ],
)
def test_only_a_row_that_says_so_for_certain_has_no_key(
    account: Account, run: Collect, report: Callable[..., Collected], cells: dict[int, str]
) -> None:
    account.add_user("solo", keys=[Key(age_days=5, status="Inactive")])
    report()
    _change_row(account, "solo", cells)
    assert keys(report()) == keys(run("good"))


def test_a_date_after_the_report_is_not_believed(
    aws: AwsEndpoint, account: Account, run: Collect, report: Callable[..., Collected]
) -> None:
    for _turn in range(2):
        account.report.generate()
        _change_row(account, "user-0", {9: "2099-01-01T00:00:00+00:00"})
        assert keys(report()) == keys(run("good"))
        key = account.user("user-0").key()
        account.user("user-0").keys.remove(key.id, aws.clock.now())
        account.add_key("user-0", Key(created=aws.clock.now()))
        aws.clock.advance(hours=5)


def test_a_key_that_is_replaced_in_the_second_of_its_listing(
    aws: AwsEndpoint, account: Account, run: Collect, report: Callable[..., Collected], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = aws.clock.now().replace(microsecond=0)
    monkeypatch.setattr(aws.clock, "now", lambda: now)
    account.report.generate()
    user = account.add_user("quick", created=now, keys=[Key(created=now)])
    now += dt.timedelta(milliseconds=100)
    report()
    user.keys.remove(user.key().id, now)
    account.add_key("quick", Key(created=now))
    now += dt.timedelta(hours=5)
    assert keys(report()) == keys(run("good"))


@pytest.mark.parametrize("ahead", [dt.timedelta(hours=2), dt.timedelta(days=400)])
def test_a_report_of_the_future_is_not_trusted(
    aws: AwsEndpoint, account: Account, run: Collect, report: Callable[..., Collected], ahead: dt.timedelta
) -> None:
    account.report.generate(age_hours=-ahead.total_seconds() / 3600)
    collected = report()
    assert keys(collected) == keys(run("good"))
    assert profile(collected)["method"] == "list"
    assert any("every user was listed" in warning for warning in collected.warnings)
    aws.clock.advance(minutes=1)
    _rotate(aws, account)
    aws.clock.advance(minutes=1)
    account.report.generate()
    aws.clock.advance(minutes=1)
    assert keys(report()) == keys(run("good"))


def _change_row(account: Account, user: str, cells: dict[int, str]) -> None:
    content = account.report.fetch().content.decode()
    (row,) = [line for line in content.split("\n") if line.startswith(f"{user},")]
    changed = ",".join(cells.get(column, cell) for column, cell in enumerate(row.split(",")))
    object.__setattr__(account.report.fetch(), "content", content.replace(row, changed).encode())


def test_without_a_report_every_user_is_listed_and_that_is_said(
    account: Account, run: Collect, report: Callable[..., Collected]
) -> None:
    report()
    account.deny("GetCredentialReport")
    collected = report()
    assert keys(collected) == keys(run("good"))
    assert (profile(collected)["method"], profile(collected)["cached"]) == ("list", 0)
    assert "every user was listed: access denied: allow iam:GetCredentialReport" in collected.warnings[0]


def test_a_report_over_a_day_old_is_not_trusted(
    account: Account, run: Collect, report: Callable[..., Collected]
) -> None:
    report()
    account.report.generate(age_hours=30)
    account.report.lifetime = dt.timedelta(hours=100)
    collected = report()
    assert keys(collected) == keys(run("good"))
    assert profile(collected)["method"] == "list"
    assert any("more than a day old" in warning for warning in collected.warnings)


def test_the_report_is_used_for_listing_alone_where_nothing_else_is_asked_of_it(
    account: Account, report: Callable[..., Collected]
) -> None:
    account.add_root_key(Key(age_days=50))
    report(credential_report=False)
    collected = report(credential_report=False)
    assert profile(collected)["cached"] == 11
    assert not any(key["root"] or "reactivated" in key for key in collected.result["access_keys"])


def test_a_user_that_cannot_be_listed_costs_the_others_nothing(
    aws: AwsEndpoint, account: Account, report: Callable[..., Collected]
) -> None:
    before = keys(report())
    account.deny("ListAccessKeys")
    account.add_user("younger", created=aws.clock.now() + dt.timedelta(seconds=1))
    aws.clock.advance(seconds=2)
    collected = report()
    assert keys(collected) == before
    assert not profile(collected)["ok"]
    assert "keys of 1 of 8 users could not be listed" in profile(collected)["error"]


@pytest.mark.parametrize("prefix", ["/users/", "/user"])
def test_other_paths_stay_in_the_cache(
    aws: AwsEndpoint, account: Account, report: Callable[..., Collected], prefix: str
) -> None:
    account.add_user("service", path="/users/", keys=[Key(age_days=5)])
    report()
    assert {key[0] for key in keys(report(path_prefix=prefix))} == {"service"}
    aws.forget_calls()
    report()
    assert listed(aws) == 0


@pytest.mark.usefixtures("account")
def test_a_cache_that_cannot_be_used_is_a_warning(run: Collect, report: Callable[..., Collected]) -> None:
    collected = report(cache_path="/dev/null")
    assert keys(collected) == keys(run("good"))
    assert profile(collected)["ok"]
    assert "cache_path /dev/null cannot be used" in collected.warnings[0]


def test_two_runs_at_once_give_the_same(aws: AwsEndpoint, account: Account, run: Collect, tmp_path: Path) -> None:
    aws.write_profiles(tmp_path, {"good": account.admin_credentials, "again": account.admin_credentials})
    for _turn in range(2):
        both = run("good", "again", method="report", cache_path=str(tmp_path / "cache"))
        assert [entry["access_keys"] for entry in both.result["profiles"]] == [11, 11]
        assert both.warnings == []
    assert [entry["cached"] for entry in both.result["profiles"]] == [11, 11]


def test_a_page_that_fails_leaves_what_is_known(
    aws: AwsEndpoint, account: Account, report: Callable[..., Collected]
) -> None:
    before = keys(report())
    account.page_limit = 4
    aws.faults.add(Fault("error", "ListUsers", code="AccessDenied", status=403, skip=1))
    collected = report()
    assert not profile(collected)["ok"]
    assert set(keys(collected)) < set(before)


ARN = f"arn:aws:iam::{ACCOUNT}:user/alice"
GENERATED = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LONG_AGO = GENERATED - dt.timedelta(days=50)


def in_report(*slots: KeySlot, created: dt.datetime = LONG_AGO) -> CredentialReport:
    return CredentialReport(GENERATED, {ARN: list(slots)}, user_created={ARN: created})


def slot(number: int = 1, *, active: bool = True) -> KeySlot:
    return KeySlot(number, active, LONG_AGO, None, None, None)


def in_cache(*statuses: Any, arn: str = ARN) -> CachedUser:
    keys = tuple(CachedKey(f"AKIAIOSFODNN7EXAMPL{number}", status, LONG_AGO) for number, status in enumerate(statuses))
    return CachedUser(arn, GENERATED - dt.timedelta(days=1), frozenset(), keys)


def test_what_the_report_shows_as_it_was_listed_is_known() -> None:
    cached = in_cache("Active")
    assert known_keys(ARN, LONG_AGO, in_report(slot()), cached) == cached.keys


LISTED_AT_ONCE = in_cache("Active")._replace(as_of=LONG_AGO)


@pytest.mark.parametrize(
    ("report", "cached", "created"),
    [
        pytest.param(in_report(slot()), LISTED_AT_ONCE, LONG_AGO, id="changed in the second of the listing"),
        pytest.param(in_report(slot()), None, LONG_AGO, id="never listed"),
        pytest.param(in_report(slot()), in_cache("Inactive"), LONG_AGO, id="another status"),
        pytest.param(in_report(slot()), in_cache("Active", "Active"), LONG_AGO, id="a key less"),
        pytest.param(in_report(slot(), slot(2)), in_cache("Active"), LONG_AGO, id="a key more"),
        pytest.param(in_report(slot()), in_cache("Active", arn=f"{ARN}s"), LONG_AGO, id="another name"),
        pytest.param(in_report(slot()), in_cache("Active"), GENERATED, id="another user of the name"),
        pytest.param(in_report(created=GENERATED), None, GENERATED, id="younger than a report that has it"),
        pytest.param(CredentialReport(GENERATED, {}), in_cache("Active"), LONG_AGO, id="not in the report"),
    ],
)
def test_whatever_differs_is_listed(report: CredentialReport, cached: CachedUser | None, created: dt.datetime) -> None:
    assert known_keys(ARN, created, report, cached) is None
