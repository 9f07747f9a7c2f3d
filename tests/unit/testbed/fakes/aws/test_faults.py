# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from testbed.fakes.aws import Account, AwsEndpoint, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_iam import IAMClient


@pytest.fixture
def one_attempt(account: Account, connect: Callable[..., IAMClient]) -> IAMClient:
    return connect(account.admin_credentials, Config(read_timeout=0.5, retries={"total_max_attempts": 1}))


@pytest.mark.parametrize(
    ("code", "status"),
    [("ServiceFailure", 500), ("ServiceUnavailable", 503), ("Throttling", 400), ("LimitExceeded", 409)],
)
def test_an_error_comes_as_often_as_ordered(aws: AwsEndpoint, iam: IAMClient, code: str, status: int) -> None:
    fault = aws.faults.error("CreateUser", code, times=2)

    for _unused in range(2):
        with pytest.raises(ClientError, match=rf"\({code}\)") as refusal:
            iam.create_user(UserName="alice")
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status

    iam.create_user(UserName="alice")
    assert fault.hits == 2


def test_an_error_may_come_after_the_deed(aws: AwsEndpoint, account: Account, iam: IAMClient) -> None:
    aws.faults.error("CreateUser", "InternalFailure", times=1, executed=True)

    with pytest.raises(ClientError, match="InternalFailure"):
        iam.create_user(UserName="alice")

    assert account.user_names() == ["alice"]


@pytest.mark.parametrize("executed", [False, True])
def test_a_dropped_connection_leaves_open_whether_it_was_done(
    aws: AwsEndpoint, account: Account, iam: IAMClient, *, executed: bool
) -> None:
    aws.faults.drop("CreateUser", times=1, executed=executed)

    with pytest.raises(ConnectionClosedError):
        iam.create_user(UserName="alice")

    assert account.user_names() == (["alice"] if executed else [])
    assert aws.calls()[0].fault == "drop"


@pytest.mark.parametrize("executed", [False, True])
def test_a_hanging_call_ends_with_the_clients_patience(
    aws: AwsEndpoint, account: Account, one_attempt: IAMClient, *, executed: bool
) -> None:
    aws.faults.hang("CreateUser", executed=executed)

    with pytest.raises(ReadTimeoutError):
        one_attempt.create_user(UserName="alice")

    assert account.user_names() == (["alice"] if executed else [])
    assert aws.calls()[0].duration_ms is None


def test_the_endpoint_stops_while_a_call_hangs(aws: AwsEndpoint, iam: IAMClient) -> None:
    aws.faults.hang("ListUsers")
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(iam.list_users)
        while not aws.calls():
            time.sleep(0.01)
        aws.stop()
        with pytest.raises(ConnectionClosedError):
            hanging.result(10)


def test_a_trickle_never_times_out_between_bytes(aws: AwsEndpoint, iam: IAMClient) -> None:
    aws.faults.trickle("ListUsers", seconds=0.001)

    assert iam.list_users()["Users"] == []

    duration = aws.calls()[0].duration_ms
    assert duration is not None
    assert duration > 200


def test_a_delay_is_added(aws: AwsEndpoint, iam: IAMClient) -> None:
    aws.faults.delay("ListUsers", seconds=0.15, times=1)

    iam.list_users()
    iam.list_users()

    late, prompt = (call.duration_ms or 0 for call in aws.calls())
    assert late >= max(150, prompt)


def test_a_fault_is_for_one_account_one_principal_and_from_some_call_on(
    aws: AwsEndpoint, account: Account, connect: Callable[..., IAMClient]
) -> None:
    other = aws.account("444455556666")
    aws.faults.add(Fault("error", "List*", account=other.id, principal="testbed-admin", skip=1, times=1))
    here, there = connect(account.admin_credentials), connect(other.admin_credentials)

    here.list_users()
    there.list_users()
    with pytest.raises(ClientError, match="ServiceFailure"):
        there.list_users()
    here.list_users()
    there.list_users()


def test_chance_falls_the_same_way_for_the_same_seed(aws: AwsEndpoint, iam: IAMClient) -> None:
    aws.faults.add(Fault("error", "ListUsers", probability=0.5))

    def outcomes() -> list[str | None]:
        aws.faults.seed(7)
        aws.forget_calls()
        for _unused in range(20):
            try:
                iam.list_users()
            except ClientError:
                continue
        return [call.error_code for call in aws.calls()]

    first = outcomes()
    assert set(first) == {None, "ServiceFailure"}
    assert outcomes() == first
    aws.faults.clear()
    iam.list_users()
