# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What killed runs left is removed by later ones, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.probes import ACTIONS, GROUP_PATH, USER_PATH, remaining
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

OWN_TAGS = {"created-by": "keyward.iam.probe", "namespace": "lab"}
POLICY = "arn:aws:iam::111122223333:policy/AwsIamMonitorTestPolicies/lab-us-east-1-awsiam-testpolicy"


def attach(account: Account, user: str, policy: str = POLICY) -> None:
    account.user(user).attached.add(policy, account.policies.recorded()[0])


def leftovers(account: Account, number: int, **given: Any) -> list[str]:
    """Users that runs of this namespace left a day ago."""
    names = [f"testuser-lab-{count:012x}" for count in range(number)]
    for name in names:
        account.add_user(name, **{"path": USER_PATH, "age_days": 1, "tags": OWN_TAGS, **given})
    return names


def intact(account: Account, names: list[str]) -> bool:
    """Whether users still have their policy and their group."""
    members = {user.name for user in account.groups["developers"].members.recorded()}
    return all(account.user(name).attached.recorded() for name in names) and members >= set(names)


def test_stale_entities_over_two_pages(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    account.page_limit = 100
    names = [f"testuser-lab-{number:012x}" for number in range(120)]
    groups = [f"testgroup-lab-{number:012x}" for number in range(30)]
    account.add_user("somebody")
    for group in groups:
        account.add_group(group, path=GROUP_PATH, age_days=1)
    for number, name in enumerate(names):
        account.add_user(name, path=USER_PATH, age_days=1, groups=groups[number : number + 2])
        if number % 10 == 0:
            attach(account, name)
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert sorted(outcome.probe.swept) == sorted(names + groups)
    assert outcome.probe.leftovers == outcome.probe.warnings == remaining(account) == []
    assert account.user_names() == ["somebody"]
    assert len(aws.calls(action="ListUsers")) == 2


@pytest.mark.parametrize("namespace", ["lab", "lab-2"])
def test_what_is_somebody_elses_stays(account: Account, probe: Callable[..., Outcome], namespace: str) -> None:
    others = {
        "lab": ["lab2-0123456789ab", "lab-2-0123456789ab", "lab-2-x-0123456789ab", "lab-", "lab", "LAB-ba9876543210"],
        "lab-2": ["lab-0123456789ab", "lab-2", "lab-2-x-0123456789ab", "lab-20123456789ab"],
    }[namespace]
    own = f"{namespace}-0123456789ab"
    for name in [*others, own]:
        account.add_user(f"testuser-{name}", path=USER_PATH, age_days=1)
        account.add_group(f"testgroup-{name}", path=GROUP_PATH, age_days=1)
    outcome = probe(namespace=namespace)
    assert outcome.probe.swept == [f"testuser-{own}", f"testgroup-{own}"]
    assert sorted(remaining(account)) == sorted(
        [f"{kind}-{name}" for name in others for kind in ("testuser", "testgroup")]
    )


def test_only_its_own_paths_are_swept(account: Account, probe: Callable[..., Outcome]) -> None:
    for number, path in enumerate(("/", "/elsewhere/", GROUP_PATH, f"{USER_PATH}deeper/")):
        account.add_user(f"testuser-lab-{number:012x}", path=path, age_days=1)
    probe()
    assert len(account.user_names()) == 4


def test_what_is_young_stays(account: Account, probe: Callable[..., Outcome]) -> None:
    old, young = leftovers(account, 2, age_days=3700 / 86400)
    account.user(young).created = account.days_ago(3500 / 86400)
    assert probe().probe.swept == [old]
    assert remaining(account) == [young]


PEOPLES = [
    ("testuser-lab-alice", {"owner": "alice"}),
    ("testuser-lab-2", {}),
    ("testuser-lab-backup2024", {}),
    ("testuser-lab-0123456789ab", {"owner": "alice"}),
    ("testuser-lab-0123456789ac", {"created-by": "keyward.iam.probe", "namespace": "lab2"}),
    ("testuser-lab-0123456789AD", OWN_TAGS),
    ("testuser-lab-0123456789abcd", OWN_TAGS),
    ("testuser-lab-lfqx3z8k", {}),
]


def test_users_and_groups_of_people_are_left_alone(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]
) -> None:
    """They have a name and a path like those of the probe."""
    for name, tags in PEOPLES:
        account.add_user(name, path=USER_PATH, age_days=9, tags=tags, groups=["developers"])
        attach(account, name)
    account.add_group("testgroup-lab-0123456789ab", path=GROUP_PATH, age_days=9)
    account.add_user("bob", groups=["testgroup-lab-0123456789ab"])
    outcome = probe()
    assert outcome.probe.swept == []
    assert outcome.probe.leftovers == ["testgroup-lab-0123456789ab"]
    *tagged, in_use = outcome.probe.warnings
    assert [warning.split()[2] for warning in tagged] == ["testuser-lab-0123456789ab", "testuser-lab-0123456789ac"]
    assert "must remove users from group first" in in_use
    assert intact(account, [name for name, _tags in PEOPLES])
    assert len(aws.calls(action="RemoveUserFromGroup")) == len(aws.calls(action="DetachUserPolicy")) == 1


def test_what_was_detached_may_be_seen_for_a_moment(account: Account, probe: Callable[..., Outcome]) -> None:
    account.consistency.removal_delay["DetachUserPolicy"] = 0.5
    [name] = leftovers(account, 1)
    attach(account, name)
    assert probe(consistency_timeout=5).probe.swept == [name]
    assert remaining(account) == []


@pytest.mark.parametrize("thing", ["access keys", "a password", "inline policies"])
def test_a_leftover_that_cannot_be_deleted_keeps_all_it_has(
    account: Account, probe: Callable[..., Outcome], thing: str
) -> None:
    used, free = leftovers(account, 2, groups=["developers"])
    for name in (used, free):
        attach(account, name)
    if thing == "access keys":
        account.add_key(used, Key())
    elif thing == "a password":
        account.user(used).password_created = account.days_ago(1)
    else:
        account.user(used).inline.add("own", ("own", "{}"))
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert outcome.probe.swept == [free]
    assert outcome.probe.leftovers == [used]
    [warning] = outcome.probe.warnings
    assert warning.startswith(f"{used}, which earlier runs left, could not be removed: it has {thing}, which no probe")
    assert intact(account, [used])


@pytest.mark.parametrize("denied", ["ListAccessKeys", "GetLoginProfile", "ListGroupsForUser", "ListUserTags"])
def test_a_leftover_that_cannot_be_looked_at_keeps_all_it_has(
    account: Account, probe: Callable[..., Outcome], denied: str
) -> None:
    [name] = leftovers(account, 1, groups=["developers"])
    attach(account, name)
    account.deny(denied)
    outcome = probe()
    assert outcome.probe.leftovers == [name]
    assert f"allow iam:{denied} to this identity" in outcome.probe.warnings[0]
    assert intact(account, [name])


@pytest.mark.parametrize("code", ["AccessDenied", "ServiceFailure"])
def test_a_sweep_that_fails_does_not_fail_the_probe(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], code: str
) -> None:
    leftovers(account, 1)
    aws.faults.error("ListUsers", code)
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    [warning] = outcome.probe.warnings
    assert warning.startswith("not all leftovers of earlier runs were found: ")


def test_throttling_slows_a_sweep_down_and_does_not_end_it(account: Account, probe: Callable[..., Outcome]) -> None:
    leftovers(account, 30)
    account.throttle.limit(rate=40, burst=5)
    outcome = probe(consistency_timeout=5)
    assert len(outcome.probe.swept) == 30
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")


def test_two_probes_of_one_namespace_at_once(account: Account, probe: Callable[..., Outcome]) -> None:
    account.latency_ms.default = 10
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(lambda _: probe(), range(4)))
    assert [outcome.statuses for outcome in outcomes] == 4 * [dict.fromkeys(ACTIONS, "ok")]
    assert [outcome.probe.swept for outcome in outcomes] == 4 * [[]]
    assert remaining(account) == []
