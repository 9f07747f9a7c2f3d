# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The playbook keyward.iam.collect, from the accounts' users to the points at the receiver."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

COLLECT = "keyward.iam.collect"
METRIC = "aws.iam.accessKey"


@pytest.fixture(autouse=True)
def _shipping(ansible: Ansible, wavefront: WavefrontReceiver) -> None:
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )


def ages(wavefront: WavefrontReceiver) -> Counter[tuple[str, str, str, float]]:
    """How often each key's age arrived."""
    return Counter(
        (point.tags["account"], point.tags["name"], point.tags["key"], point.value)
        for point in wavefront.points_of(METRIC)
        for _arrival in range(wavefront.arrivals(point))
    )


def expected_ages(account: Account, timestamp: float) -> Counter[tuple[str, str, str, float]]:
    now = datetime.fromtimestamp(timestamp, UTC)
    owners = {owner.name: owner for owner in account.key_owners.values() if owner is not None}
    return Counter(
        (account.id, owner.name, key.id[-5:], math.floor((now - key.created).total_seconds() / 86400))
        for owner in owners.values()
        for key in account.keys_of(owner).items(now)
    )


def of_profile(wavefront: WavefrontReceiver, metric: str) -> dict[str, float]:
    return {point.tags["profile"]: point.value for point in wavefront.points_of(f"aws.iam.collector.{metric}")}


def test_250_users_over_pages_and_accounts_arrive_complete(
    aws: AwsEndpoint, ansible: Ansible, wavefront: WavefrontReceiver, profiles: Callable[..., None]
) -> None:
    accounts = {"one": aws.account("111122223333"), "two": aws.account("444455556666")}
    for account, users in zip(accounts.values(), (150, 100), strict=True):
        account.page_limit = 60
        for number in range(users):
            account.add_user(f"user-{number}", keys=[Key(age_days=number + 0.5), Key(age_days=2.5, status="Inactive")])
        account.report.generate()
    profiles(**accounts)

    run = ansible.playbook(COLLECT, keyward_profiles=["*"])

    assert run.code == 0, run.output
    [timestamp] = {point.timestamp for point in wavefront.points if not point.metric.startswith("aws.iam.delivery.")}
    assert timestamp is not None
    assert ages(wavefront) == sum((expected_ages(account, timestamp) for account in accounts.values()), Counter())
    assert sum(ages(wavefront).values()) == 500
    assert wavefront.rejected == []
    assert of_profile(wavefront, "success") == {"one": 1, "two": 1}
    assert of_profile(wavefront, "users") == {"one": 150, "two": 100}
    assert of_profile(wavefront, "keys") == {"one": 300, "two": 200}
    assert of_profile(wavefront, "apiCalls") == {name: len(aws.calls(account.id)) for name, account in accounts.items()}
    assert "0 invalid, 0 in the journal" in run.output.splitlines()[-1]


def test_the_table_fits_a_hundred_columns(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    for number in range(12):
        account.add_user(f"a-user-with-a-rather-long-name-{number}", keys=[Key(age_days=100 + 10 * number)])
    profiles(**{"a-profile-with-a-rather-long-name": account})
    run = ansible.playbook(COLLECT, keyward_profiles=["*"], keyward_max_age_days=160, keyward_warn_age_days=130)
    assert run.code == 0, run.output
    lines = run.output.splitlines()
    title = next(number for number, line in enumerate(lines) if line.startswith("AGE"))
    rows = lines[title + 1 : title + 11]
    assert [int(row.split()[0]) for row in rows] == [100 + 10 * number for number in range(11, 1, -1)]
    assert lines[title + 11].startswith("Not shown: 2 other. The report has all keys")
    assert [row.split()[3] for row in rows if "exp" in row] == ["expired"] * 6 + ["expiring"] * 3
    assert max(len(line) for line in lines[title - 3 : title + 11]) <= 100


def test_a_failing_profile_is_red_and_costs_the_others_nothing(
    aws: AwsEndpoint, ansible: Ansible, wavefront: WavefrontReceiver, profiles: Callable[..., None]
) -> None:
    good, bad = aws.account("111122223333"), aws.account("444455556666")
    good.add_user("alice", keys=[Key(age_days=209)])
    bad.deny("ListUsers")
    profiles(good=good, bad=bad)

    run = ansible.playbook(COLLECT, keyward_profiles=["*"])

    assert run.code == 2
    assert "FAILED bad: access denied: allow iam:ListUsers to this identity" in run
    # The sentence, not the result with every key of the others.
    assert '"access_keys"' not in run
    assert [name for _account, name, _key, _age in ages(wavefront)] == ["alice"]
    assert of_profile(wavefront, "success") == {"good": 1, "bad": 0}
    [failed] = [point for point in wavefront.points_of("aws.iam.collector.success") if point.value == 0]
    assert failed.tags["account"] == bad.id
    assert "bad" not in of_profile(wavefront, "expired"), "a count of nothing collected would read as all is well"


def test_names_that_need_care_arrive_as_they_are(
    ansible: Ansible, wavefront: WavefrontReceiver, account: Account, profiles: Callable[..., None]
) -> None:
    names = ["a=b", "a,b", "a.b@example.com", "a+b", "_-", "x" * 64]
    for name in names:
        account.add_user(name, keys=[Key()])
    profiles(**{'the "blue" one': account})
    run = ansible.playbook(COLLECT, keyward_profiles=["*"])
    assert run.code == 0, run.output
    assert {name for _account, name, _key, _age in ages(wavefront)} == set(names)
    assert {point.tags["profile"] for point in wavefront.points_of(METRIC)} == {'the "blue" one'}
    assert wavefront.rejected == []


def test_loops_and_async_are_counted_once(
    aws: AwsEndpoint, ansible: Ansible, wavefront: WavefrontReceiver, profiles: Callable[..., None]
) -> None:
    names = ("looped-1", "looped-2", "polled", "left", "retried", "ignored")
    accounts = {name: aws.account(f"{number:012}") for number, name in enumerate(names, start=1)}
    for account in accounts.values():
        account.add_user("alice", keys=[Key(age_days=7)])
        account.report.generate()
    accounts["ignored"].deny("GetCredentialReport")
    profiles(**accounts)
    collect = "keyward.iam.access_key_info"
    tasks: list[dict[str, Any]] = [
        {collect: {"profiles": ["{{ item }}"]}, "loop": ["looped-1", "looped-2"]},
        {collect: {"profiles": ["polled"]}, "async": 60, "poll": 1},
        {collect: {"profiles": ["left"]}, "async": 60, "poll": 0, "register": "job"},
        {
            "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
            "register": "state",
            "until": "state is finished",
            "retries": 100,
            "delay": 1,
        },
        {collect: {"profiles": ["retried"]}, "register": "one", "until": "one.access_keys | length > 0", "retries": 2},
        {collect: {"profiles": ["ignored", "missing"]}, "ignore_errors": True},
    ]

    run = ansible.playbook([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])

    assert run.code == 0, run.output
    assert Counter(point.tags["profile"] for point in wavefront.points_of(METRIC)) == dict.fromkeys(names, 1)
    assert {wavefront.arrivals(point) for point in wavefront.points_of(METRIC)} == {1}
    assert Counter(point.tags["profile"] for point in wavefront.points_of("aws.iam.collector.success")) == (
        dict.fromkeys((*names, "missing"), 1)
    )


def test_no_secret_at_the_highest_verbosity(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    account.add_user("alice", keys=[Key()])
    profiles(one=account)
    run = ansible.playbook(COLLECT, "-vvvvv", keyward_profiles=["*"])
    assert run.code == 0, run.output
    for secret in (account.admin_credentials.secret_access_key, account.admin_credentials.session_token):
        assert str(secret) not in run
    assert "a-test-token" not in run


def test_ad_hoc(
    ansible: Ansible, wavefront: WavefrontReceiver, account: Account, profiles: Callable[..., None]
) -> None:
    account.add_user("alice", keys=[Key(age_days=7)])
    profiles(one=account)
    ansible.set(ANSIBLE_LOAD_CALLBACK_PLUGINS="1")
    run = ansible.command("ansible", "localhost", "-m", "keyward.iam.access_key_info", "-a", "profiles=one")
    assert run.code == 0, run.output
    assert [age for _account, _name, _key, age in ages(wavefront)] == [7]


def test_an_explicit_localhost_runs_with_the_controllers_python(
    ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    profiles(one=account)
    inventory = ansible.home / "inventory.ini"
    inventory.write_text("localhost ansible_connection=local\n")
    run = ansible.playbook(COLLECT, "-i", str(inventory), keyward_profiles=["one"])
    assert run.code == 0, run.output


@pytest.mark.once
def test_a_long_collection_shows_how_far_it_is(
    aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]
) -> None:
    account = aws.account("111122223333")
    account.add_user("alice", keys=[Key(age_days=3)])
    account.latency_ms["ListAccessKeys"] = 6_000
    profiles(one=account)

    run = ansible.playbook(COLLECT, keyward_profiles=["one"])

    assert run.code == 0, run.output
    assert run.count("[localhost] after 5 s: 0 of 1 profile done, 1 user listed, 0 access keys found") == 1
