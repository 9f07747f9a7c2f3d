# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Throttling, latency, late consistency, and the record of calls."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from testbed.fakes.aws import Account, AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_iam import IAMClient


def test_calls_beyond_the_burst_are_throttled(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    account.throttle.limit(rate=0.001, burst=3)
    for _unused in range(3):
        iam.list_users()

    with pytest.raises(ClientError, match=r"\(Throttling\).*Rate exceeded") as refusal:
        iam.list_users()

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert [call.throttled for call in aws.calls(account.id)] == [False, False, False, True]


def test_the_bucket_fills_again(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    account.throttle.limit(rate=10, burst=1)

    started = time.monotonic()
    while sum(not call.throttled for call in aws.calls()) < 4:
        with suppress(ClientError):
            iam.list_users()

    assert 0.3 <= time.monotonic() - started < 20


def test_an_action_may_have_its_own_limit(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    other = aws.account("444455556666")
    account.throttle.limit(rate=0.001, burst=1, action="GenerateCredentialReport")
    iam.generate_credential_report()

    with pytest.raises(ClientError, match="Throttling"):
        iam.generate_credential_report()

    iam.list_users()
    account.throttle.lift()
    iam.generate_credential_report()
    assert other.throttle is not account.throttle


def test_latency_is_for_all_actions_or_for_one(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    account.latency_ms.default = 20
    account.latency_ms["ListGroups"] = 120

    iam.list_users()
    iam.list_groups()

    users, groups = (call.duration_ms or 0 for call in aws.calls())
    assert users >= 20
    assert groups >= max(120, users)


def test_the_measured_duration_is_the_clients(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    account.latency_ms.default = 100
    iam.list_users()

    started = time.perf_counter()
    answer = iam.list_users()
    seen = (time.perf_counter() - started) * 1000

    call = aws.calls()[-1]
    assert call.request_id == answer["ResponseMetadata"]["RequestId"]
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"] == call.request_id
    assert call.duration_ms is not None
    assert 100 <= call.duration_ms <= seen


def test_calls_under_way_at_once_are_counted_for_each_account(
    aws: AwsEndpoint, account: Account, connect: Callable[..., IAMClient]
) -> None:
    other = aws.account("444455556666")
    clients = {made.id: connect(made.admin_credentials) for made in (account, other)}
    for _unused in range(9):
        clients[account.id].list_users()
    account.latency_ms.default = other.latency_ms.default = 400

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda account_id: clients[account_id].list_users(), [account.id] * 8 + [other.id] * 3))

    assert aws.most_under_way(account.id) == 8
    assert aws.most_under_way(other.id) == 3
    assert len(aws.calls(account.id)) == 17


def test_calls_are_selected_and_forgotten(aws: AwsEndpoint, iam: IAMClient) -> None:
    iam.list_users()
    iam.list_groups()
    iam.generate_credential_report()

    assert [call.action for call in aws.calls(action="List*")] == ["ListUsers", "ListGroups"]
    assert {call.principal for call in aws.calls()} == {"testbed-admin"}
    aws.forget_calls()
    assert aws.calls() == []


def test_what_was_made_is_seen_late(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    account.consistency.delay.default = 5
    iam.create_user(UserName="alice")

    assert iam.list_users()["Users"] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(UserName="alice")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.delete_user(UserName="alice")
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName="alice")

    aws.clock.advance(seconds=5)
    iam.get_user(UserName="alice")


def test_membership_and_attachment_are_seen_late_and_gone_late(
    aws: AwsEndpoint, account: Account, iam: IAMClient
) -> None:
    policy = account.add_policy("p")
    account.add_user("alice")
    account.add_group("admins")
    account.consistency.delay["AddUserToGroup"] = account.consistency.delay["AttachUserPolicy"] = 2
    account.consistency.removal_delay.default = 3

    iam.add_user_to_group(UserName="alice", GroupName="admins")
    iam.attach_user_policy(UserName="alice", PolicyArn=policy.arn)
    assert iam.list_groups_for_user(UserName="alice")["Groups"] == []
    assert iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.remove_user_from_group(UserName="alice", GroupName="admins")
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_group(GroupName="admins")

    aws.clock.advance(seconds=2)
    iam.remove_user_from_group(UserName="alice", GroupName="admins")
    iam.detach_user_policy(UserName="alice", PolicyArn=policy.arn)
    assert len(iam.list_groups_for_user(UserName="alice")["Groups"]) == 1
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_group(GroupName="admins")
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_user(UserName="alice")

    aws.clock.advance(seconds=3)
    iam.delete_group(GroupName="admins")
    iam.delete_user(UserName="alice")


@pytest.mark.parametrize("code", ["EntityTemporarilyUnmodifiable", "ConcurrentModification"])
def test_changing_what_is_not_seen_yet_may_have_its_own_error(account: Account, iam: IAMClient, code: str) -> None:
    account.consistency.delay.default = 5
    account.consistency.write_error = code
    iam.create_user(UserName="alice")

    with pytest.raises(ClientError, match=rf"\({code}\)") as refusal:
        iam.delete_user(UserName="alice")

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
