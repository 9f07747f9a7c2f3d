# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The same calls on the same data, answered by moto: the answers have the same shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from moto.server import ThreadedMotoServer

from testbed.fakes.aws import AwsEndpoint, Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3
    from mypy_boto3_iam import IAMClient

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
POLICY = "arn:aws:iam::111122223333:policy/mine/p"

MOTO_LEAVES_OUT = {
    "/IsTruncated: bool",
    "/Policy/PermissionsBoundaryUsageCount: int",
    "/Policies/PermissionsBoundaryUsageCount: int",
}
MOTO_ADDS = {"/Users/Tags/Key: str", "/Users/Tags/Value: str"}


@pytest.fixture(scope="module")
def moto(session: boto3.Session) -> Iterator[IAMClient]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        url = "http://{}:{}".format(*server.get_host_and_port())
        sts = session.client("sts", endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="y")
        role = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/any", RoleSessionName="test")["Credentials"]
        credentials = Credentials(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
        client = session.client("iam", endpoint_url=url, **credentials.client_options())
        fill(client)
        yield client
    finally:
        server.stop()


@pytest.fixture(scope="module")
def ours(session: boto3.Session) -> Iterator[IAMClient]:
    with AwsEndpoint() as aws:
        credentials = aws.account("111122223333").admin_credentials
        client = session.client("iam", endpoint_url=aws.url, **credentials.client_options())
        fill(client)
        yield client


def fill(iam: IAMClient) -> None:
    for name in ("alice", "bob"):
        iam.create_user(UserName=name, Path="/eng/", Tags=[{"Key": "team", "Value": "ops & more"}])
        iam.create_access_key(UserName=name)
    iam.create_group(GroupName="admins")
    iam.add_user_to_group(UserName="alice", GroupName="admins")
    iam.create_policy(PolicyName="p", Path="/mine/", PolicyDocument=DOCUMENT)
    iam.attach_user_policy(UserName="alice", PolicyArn=POLICY)
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=DOCUMENT)


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("list_users", {}),
        ("get_user", {"UserName": "alice"}),
        ("list_user_tags", {"UserName": "alice"}),
        ("list_access_keys", {"UserName": "alice"}),
        ("list_groups", {}),
        ("get_group", {"GroupName": "admins"}),
        ("list_groups_for_user", {"UserName": "alice"}),
        ("get_policy", {"PolicyArn": POLICY}),
        ("list_policies", {"Scope": "Local"}),
        ("get_policy_version", {"PolicyArn": POLICY, "VersionId": "v1"}),
        ("list_attached_user_policies", {"UserName": "alice"}),
        ("list_user_policies", {"UserName": "alice"}),
        ("get_user_policy", {"UserName": "alice", "PolicyName": "own"}),
        ("get_account_authorization_details", {"Filter": ["User"]}),
    ],
)
def test_answers_have_the_same_shape(ours: IAMClient, moto: IAMClient, call: str, params: dict[str, Any]) -> None:
    here, there = (fields(getattr(client, call)(**params)) for client in (ours, moto))

    assert here - there <= MOTO_LEAVES_OUT
    assert there - here <= MOTO_ADDS


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("get_user", {"UserName": "nobody"}),
        ("create_user", {"UserName": "alice"}),
        ("create_group", {"GroupName": "admins"}),
        ("attach_user_policy", {"UserName": "alice", "PolicyArn": POLICY + "-none"}),
        ("remove_user_from_group", {"UserName": "bob", "GroupName": "nothing"}),
        ("get_credential_report", {}),
    ],
)
def test_errors_have_the_same_code(ours: IAMClient, moto: IAMClient, call: str, params: dict[str, str]) -> None:
    assert refusal(ours, call, params) == refusal(moto, call, params)


def refusal(client: IAMClient, call: str, params: dict[str, str]) -> tuple[str, int]:
    with pytest.raises(client.exceptions.ClientError) as error:
        getattr(client, call)(**params)
    response = cast("dict[str, Any]", error.value.response)
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def fields(answer: Any, path: str = "") -> set[str]:
    """The paths of an answer's values with their types."""
    if isinstance(answer, dict):
        inner = [fields(value, f"{path}/{key}") for key, value in answer.items() if key != "ResponseMetadata"]
    elif isinstance(answer, list):
        inner = [fields(item, path) for item in answer]
    else:
        inner = [{f"{path}: {type(answer).__name__}"}]
    return set().union(*inner)
