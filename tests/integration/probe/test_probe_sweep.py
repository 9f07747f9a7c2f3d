# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What killed runs left is removed by later ones, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, GROUP_PATH, USER_PATH, remaining
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

POLICY = "arn:aws:iam::111122223333:policy/AwsIamMonitorTestPolicies/lab-us-east-1-awsiam-testpolicy"


def attach(account: Account, user: str, policy: str = POLICY) -> None:
    account.user(user).attached.add(policy, account.policies.recorded()[0])


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
    account.add_user("a-foreign-member", groups=[groups[0]])
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert sorted(outcome.probe.swept) == sorted(names + groups)
    assert outcome.probe.leftovers == outcome.probe.warnings == remaining(account) == []
    assert account.user_names() == ["a-foreign-member", "somebody"]
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
    for path in ("/", "/elsewhere/", GROUP_PATH, f"{USER_PATH}deeper/"):
        account.add_user(f"testuser-lab-{len(account.user_names())}", path=path, age_days=1)
    probe()
    assert len(account.user_names()) == 4


def test_what_is_young_stays(account: Account, probe: Callable[..., Outcome]) -> None:
    account.add_user("testuser-lab-old", path=USER_PATH, age_days=3700 / 86400)
    account.add_user("testuser-lab-young", path=USER_PATH, age_days=3500 / 86400)
    assert probe().probe.swept == ["testuser-lab-old"]
    assert remaining(account) == ["testuser-lab-young"]


def test_metrists_own_leftovers_are_swept(account: Account, probe: Callable[..., Outcome]) -> None:
    account.add_user("testuser-lab-lfqx3z8k", path=USER_PATH, age_days=1)
    assert probe().probe.swept == ["testuser-lab-lfqx3z8k"]


def test_what_was_detached_may_be_seen_for_a_moment(account: Account, probe: Callable[..., Outcome]) -> None:
    account.consistency.removal_delay["DetachUserPolicy"] = 0.5
    account.add_user("testuser-lab-0", path=USER_PATH, age_days=1)
    attach(account, "testuser-lab-0")
    assert probe(consistency_timeout=5).probe.swept == ["testuser-lab-0"]
    assert remaining(account) == []


def test_what_cannot_be_removed_keeps_nothing_else_from_it(account: Account, probe: Callable[..., Outcome]) -> None:
    account.add_user("testuser-lab-0", path=USER_PATH, age_days=1, keys=[Key()])
    account.add_user("testuser-lab-1", path=USER_PATH, age_days=1)
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert outcome.probe.swept == ["testuser-lab-1"]
    assert outcome.probe.leftovers == ["testuser-lab-0"]
    [warning] = outcome.probe.warnings
    assert warning.startswith("testuser-lab-0, which earlier runs left, could not be removed: DeleteUser failed with")
    assert "must delete access keys first" in warning


@pytest.mark.parametrize("code", ["AccessDenied", "ServiceFailure"])
def test_a_sweep_that_fails_does_not_fail_the_probe(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], code: str
) -> None:
    account.add_user("testuser-lab-0", path=USER_PATH, age_days=1)
    aws.faults.error("ListUsers", code)
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    [warning] = outcome.probe.warnings
    assert warning.startswith("not all leftovers of earlier runs were found: ")


def test_throttling_slows_a_sweep_down_and_does_not_end_it(account: Account, probe: Callable[..., Outcome]) -> None:
    for number in range(30):
        account.add_user(f"testuser-lab-{number}", path=USER_PATH, age_days=1)
    account.throttle.limit(rate=20, burst=5)
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
