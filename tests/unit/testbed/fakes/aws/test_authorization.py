# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from testbed.fakes.aws import Account, Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_iam import IAMClient


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


@pytest.fixture
def alice(account: Account, connect: Callable[..., IAMClient]) -> IAMClient:
    return connect(account.add_user("alice", keys=[Key()]).key().credentials)


@pytest.mark.parametrize(
    ("call", "params", "resource"),
    [
        ("list_users", {}, "arn:aws:iam::111122223333:user/"),
        ("list_users", {"PathPrefix": "/eng/"}, "arn:aws:iam::111122223333:user/eng/"),
        ("list_access_keys", {"UserName": "bob"}, "user bob"),
        ("list_access_keys", {}, "user alice"),
        ("create_user", {"UserName": "bob", "Path": "/eng/"}, "arn:aws:iam::111122223333:user/eng/bob"),
        ("add_user_to_group", {"UserName": "bob", "GroupName": "admins"}, "group admins"),
        ("list_policies", {}, "policy path /"),
        ("create_policy", {"PolicyName": "p", "PolicyDocument": "{}"}, "policy p"),
        ("attach_user_policy", {"UserName": "bob", "PolicyArn": "arn:aws:iam::aws:policy/p"}, "user bob"),
        ("get_credential_report", {}, "*"),
    ],
)
def test_a_denial_is_worded_as_by_aws(
    account: Account, alice: IAMClient, call: str, params: dict[str, str], resource: str
) -> None:
    account.deny("*")

    with pytest.raises(ClientError) as refusal:
        getattr(alice, call)(**params)

    action = "iam:" + "".join(word.capitalize() for word in call.split("_"))
    assert refusal.value.response["Error"]["Code"] == "AccessDenied"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refusal.value.response["Error"]["Message"] == (
        f"User: arn:aws:iam::111122223333:user/alice is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )


def test_a_denial_may_be_for_one_and_explicit(account: Account, alice: IAMClient, iam: IAMClient) -> None:
    account.deny("List*", principal="alice", explicit=True)

    with pytest.raises(ClientError, match="with an explicit deny in an identity-based policy"):
        alice.list_groups()
    iam.list_groups()
    account.allow_all()
    alice.list_groups()


def test_enforced_policies_allow_what_they_say(account: Account, alice: IAMClient, iam: IAMClient) -> None:
    account.enforce_policies()
    account.add_user("bob", path="/eng/")
    with pytest.raises(ClientError, match="AccessDenied"):
        alice.list_access_keys(UserName="bob")

    rights = document({"Action": "iam:List*", "Resource": "arn:aws:iam::*:user/eng/*"})
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=rights)

    alice.list_access_keys(UserName="bob")
    with pytest.raises(ClientError, match=re.escape("iam:ListAccessKeys on resource: user alice because")):
        alice.list_access_keys(UserName="alice")
    with pytest.raises(ClientError, match="iam:GetUser"):
        alice.get_user(UserName="bob")


def test_policies_come_from_groups_too_and_a_denial_wins(account: Account, alice: IAMClient, iam: IAMClient) -> None:
    account.enforce_policies()
    account.add_group("readers")
    iam.add_user_to_group(UserName="alice", GroupName="readers")
    iam.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    alice.list_users()

    never = document({"Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"})
    iam.put_user_policy(UserName="alice", PolicyName="never", PolicyDocument=never)
    with pytest.raises(ClientError, match="explicit deny"):
        alice.list_users()


def test_attaching_can_be_bound_to_one_policy(account: Account, alice: IAMClient, iam: IAMClient) -> None:
    account.enforce_policies()
    allowed, other = account.add_policy("allowed", path="/test/"), account.add_policy("other")
    rights = document(
        {
            "Action": ["iam:AttachUserPolicy"],
            "Resource": "arn:aws:iam::111122223333:user/*",
            "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::111122223333:policy/test/*"}},
        }
    )
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=rights)

    alice.attach_user_policy(UserName="alice", PolicyArn=allowed.arn)
    with pytest.raises(ClientError, match="AccessDenied"):
        alice.attach_user_policy(UserName="alice", PolicyArn=other.arn)


def test_making_something_with_tags_takes_two_rights(account: Account, alice: IAMClient, iam: IAMClient) -> None:
    account.enforce_policies()
    rights = document({"Action": "iam:CreateUser", "Resource": "*"})
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=rights)

    alice.create_user(UserName="plain")
    with pytest.raises(ClientError, match="iam:TagUser on resource"):
        alice.create_user(UserName="tagged", Tags=[{"Key": "k", "Value": "v"}])
