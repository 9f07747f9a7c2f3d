# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from testbed.fakes.aws import Account, AwsEndpoint, Credentials, Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

OTHER_ROLE = "arn:aws:iam::444455556666:role/auditor"


def test_a_role_opens_another_account(
    aws: AwsEndpoint, sts: STSClient, connect: Callable[..., IAMClient], connect_sts: Callable[..., STSClient]
) -> None:
    aws.account("444455556666").add_user("over-there")

    answer = sts.assume_role(RoleArn=OTHER_ROLE, RoleSessionName="mine")

    credentials = of_answer(answer["Credentials"])
    assert [user["UserName"] for user in connect(credentials).list_users()["Users"]] == ["over-there"]
    assert (
        connect_sts(credentials).get_caller_identity()["Arn"]
        == answer["AssumedRoleUser"]["Arn"]
        == "arn:aws:sts::444455556666:assumed-role/auditor/mine"
    )


def test_where_roles_must_exist_only_those_open(aws: AwsEndpoint, sts: STSClient) -> None:
    other = aws.account("444455556666")
    other.assume_any_role = False
    with pytest.raises(ClientError, match=rf"\(AccessDenied\).*sts:AssumeRole on resource: {OTHER_ROLE}"):
        sts.assume_role(RoleArn=OTHER_ROLE, RoleSessionName="mine")

    other.add_role("auditor")
    sts.assume_role(RoleArn=OTHER_ROLE, RoleSessionName="mine")


def test_a_role_of_an_account_that_does_not_exist_is_refused(sts: STSClient) -> None:
    with pytest.raises(ClientError, match=r"\(AccessDenied\)"):
        sts.assume_role(RoleArn="arn:aws:iam::999999999999:role/x", RoleSessionName="mine")


def test_a_session_no_longer_than_the_role_allows(sts: STSClient) -> None:
    with pytest.raises(ClientError, match=r"\(ValidationError\).*MaxSessionDuration"):
        sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/x", RoleSessionName="mine", DurationSeconds=3601)


def test_a_session_token_keeps_the_user(
    aws: AwsEndpoint, account: Account, connect_sts: Callable[..., STSClient]
) -> None:
    user = account.add_user("alice", keys=[Key()])

    made = connect_sts(user.key().credentials).get_session_token(DurationSeconds=900)["Credentials"]

    assert connect_sts(of_answer(made)).get_caller_identity()["Arn"] == user.arn
    assert made["Expiration"] - aws.clock.now() <= timedelta(seconds=900)
    with pytest.raises(ClientError, match=r"\(AccessDenied\)"):
        connect_sts(of_answer(made)).get_session_token()


def test_a_user_asks_for_itself_by_naming_nobody(
    iam: IAMClient, account: Account, connect: Callable[..., IAMClient]
) -> None:
    alice = connect(account.add_user("alice", keys=[Key()]).key().credentials)

    assert alice.get_user()["User"]["UserName"] == "alice"
    assert len(alice.list_access_keys()["AccessKeyMetadata"]) == 1
    with pytest.raises(ClientError, match=r"\(ValidationError\).*Must specify userName"):
        iam.get_user()


def test_other_partitions_have_their_own_arns(aws: AwsEndpoint, connect: Callable[..., IAMClient]) -> None:
    china = aws.account("777788889999", partition="aws-cn")

    user = connect(china.admin_credentials).create_user(UserName="alice")["User"]

    assert user["Arn"] == "arn:aws-cn:iam::777788889999:user/alice"


def test_the_instance_role_gives_credentials(
    aws: AwsEndpoint, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.instance.attach_role(account, "collector")
    for name, value in aws.instance_environment().items():
        monkeypatch.setenv(name, value)

    identity = boto3.Session(region_name="us-east-1").client("sts").get_caller_identity()

    assert identity["Arn"].startswith("arn:aws:sts::111122223333:assumed-role/collector/i-")


def test_an_instance_without_role_has_no_credentials(aws: AwsEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.instance_environment().items():
        monkeypatch.setenv(name, value)

    assert boto3.Session().get_credentials() is None


def test_metadata_needs_a_token(aws: AwsEndpoint, account: Account) -> None:
    aws.instance.attach_role(account, "collector")

    answer = requests.get(f"{aws.url}/latest/meta-data/iam/security-credentials/", timeout=5)

    assert answer.status_code == 401


def of_answer(made: CredentialsTypeDef) -> Credentials:
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
