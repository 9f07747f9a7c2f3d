# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What IAM's entities stand for in each other's way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from testbed.fakes.aws import Account, Key

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


def test_a_user_from_cradle_to_grave(iam: IAMClient, account: Account) -> None:
    made = iam.create_user(UserName="alice", Path="/eng/", Tags=[{"Key": "team", "Value": "ops"}])["User"]
    iam.tag_user(UserName="alice", Tags=[{"Key": "since", "Value": "today"}])
    iam.untag_user(UserName="alice", TagKeys=["team"])

    assert iam.get_user(UserName="alice")["User"]["Arn"] == made["Arn"] == "arn:aws:iam::111122223333:user/eng/alice"
    assert iam.list_user_tags(UserName="alice")["Tags"] == [{"Key": "since", "Value": "today"}]
    assert "Tags" not in iam.list_users()["Users"][0]

    iam.delete_user(UserName="alice")
    assert account.user_names() == []
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="The user with name alice cannot be found"):
        iam.get_user(UserName="alice")


def test_names_differ_by_more_than_case(iam: IAMClient) -> None:
    iam.create_user(UserName="alice")

    with pytest.raises(iam.exceptions.EntityAlreadyExistsException, match="User with name Alice already exists"):
        iam.create_user(UserName="Alice")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"UserName": "has space"}, "userName"),
        ({"UserName": "x" * 65}, "userName"),
        ({"UserName": "fine", "Path": "no-slashes"}, "path"),
        ({"UserName": "fine", "Tags": [{"Key": "k" * 129, "Value": ""}]}, "tags.1.member.key"),
    ],
)
def test_names_and_paths_have_a_form(iam: IAMClient, wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(ClientError, match=rf"\(ValidationError\).*1 validation error detected.*'{where}'"):
        iam.create_user(**wrong)


def test_a_user_is_deleted_only_when_bare(iam: IAMClient, account: Account) -> None:
    policy = account.add_policy("p")
    iam.create_user(UserName="alice")
    iam.create_group(GroupName="admins")
    key_id = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    iam.attach_user_policy(UserName="alice", PolicyArn=policy.arn)
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=DOCUMENT)
    iam.create_login_profile(UserName="alice", Password="correct horse")
    iam.add_user_to_group(UserName="alice", GroupName="admins")

    def refused(words: str) -> None:
        with pytest.raises(iam.exceptions.DeleteConflictException, match=f"Cannot delete entity, must {words} first"):
            iam.delete_user(UserName="alice")

    refused("delete access keys")
    iam.delete_access_key(UserName="alice", AccessKeyId=key_id)
    refused("detach all policies")
    iam.detach_user_policy(UserName="alice", PolicyArn=policy.arn)
    refused("delete policies")
    iam.delete_user_policy(UserName="alice", PolicyName="own")
    refused("delete login profile")
    iam.delete_login_profile(UserName="alice")
    refused("remove users from group")
    iam.remove_user_from_group(UserName="alice", GroupName="admins")
    iam.delete_user(UserName="alice")


def test_a_group_is_deleted_only_when_bare(iam: IAMClient, account: Account) -> None:
    policy = account.add_policy("p")
    account.add_user("alice", groups=["admins"])
    iam.attach_group_policy(GroupName="admins", PolicyArn=policy.arn)
    iam.put_group_policy(GroupName="admins", PolicyName="own", PolicyDocument=DOCUMENT)

    def refused(words: str) -> None:
        with pytest.raises(iam.exceptions.DeleteConflictException, match=f"Cannot delete entity, must {words} first"):
            iam.delete_group(GroupName="admins")

    refused("remove users from group")
    iam.remove_user_from_group(UserName="alice", GroupName="admins")
    refused("detach all policies")
    iam.detach_group_policy(GroupName="admins", PolicyArn=policy.arn)
    refused("delete policies")
    iam.delete_group_policy(GroupName="admins", PolicyName="own")
    iam.delete_group(GroupName="admins")
    assert account.group_names() == []


def test_membership_is_seen_from_both_sides(iam: IAMClient, account: Account) -> None:
    account.add_user("alice")
    for name in ("readers", "writers"):
        iam.create_group(GroupName=name, Path="/teams/")
        iam.add_user_to_group(UserName="alice", GroupName=name)

    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="alice")["Groups"]] == [
        "readers",
        "writers",
    ]
    assert [user["UserName"] for user in iam.get_group(GroupName="readers")["Users"]] == ["alice"]

    iam.remove_user_from_group(UserName="alice", GroupName="readers")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.remove_user_from_group(UserName="alice", GroupName="readers")


def test_keys_are_dated_and_switched(iam: IAMClient, account: Account) -> None:
    account.add_user("alice", keys=[Key(age_days=200, last_used_days=3, last_used_service="ec2"), Key(age_days=3)])
    old, new = sorted(iam.list_access_keys(UserName="alice")["AccessKeyMetadata"], key=lambda key: key["CreateDate"])

    assert (account.clock.now() - old["CreateDate"]).days == 200
    iam.update_access_key(UserName="alice", AccessKeyId=new["AccessKeyId"], Status="Inactive")
    assert {key["Status"] for key in iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]} == {
        "Active",
        "Inactive",
    }

    used = iam.get_access_key_last_used(AccessKeyId=old["AccessKeyId"])
    assert used["UserName"] == "alice"
    assert used["AccessKeyLastUsed"]["ServiceName"] == "ec2"
    never = iam.get_access_key_last_used(AccessKeyId=new["AccessKeyId"])
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}


@pytest.mark.parametrize(
    ("quota", "call", "params"),
    [
        ("UsersPerAccount", "create_user", {"UserName": "one-more"}),
        ("GroupsPerAccount", "create_group", {"GroupName": "one-more"}),
        ("AccessKeysPerUser", "create_access_key", {"UserName": "alice"}),
        ("GroupsPerUser", "add_user_to_group", {"UserName": "alice", "GroupName": "empty"}),
    ],
)
def test_quotas_are_kept(iam: IAMClient, account: Account, quota: str, call: str, params: dict[str, str]) -> None:
    account.add_user("alice", keys=[Key()], groups=["admins"])
    account.add_group("empty")
    account.quotas[quota] = 2 if quota == "GroupsPerAccount" else 1

    with pytest.raises(
        iam.exceptions.LimitExceededException, match=f"Cannot exceed quota for {quota}: {account.quotas[quota]}"
    ):
        getattr(iam, call)(**params)


def test_a_user_has_two_keys_at_most(iam: IAMClient, account: Account) -> None:
    account.add_user("alice", keys=[Key(), Key()])

    with pytest.raises(iam.exceptions.LimitExceededException, match="AccessKeysPerUser: 2"):
        iam.create_access_key(UserName="alice")


def test_a_policy_and_its_versions(iam: IAMClient, account: Account) -> None:
    made = iam.create_policy(PolicyName="p", Path="/mine/", PolicyDocument=DOCUMENT, Description="of mine")["Policy"]
    arn = made["Arn"]
    account.add_user("alice")
    iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT, SetAsDefault=True)

    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    assert (policy["DefaultVersionId"], policy["AttachmentCount"], policy["Description"]) == ("v2", 1, "of mine")
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"] == json.loads(DOCUMENT)
    assert [user["UserName"] for user in iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]] == ["alice"]
    assert [found["Arn"] for found in iam.list_policies(Scope="Local")["Policies"]] == [arn]

    with pytest.raises(iam.exceptions.DeleteConflictException, match="attached to entities"):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_user_policy(UserName="alice", PolicyArn=arn)
    with pytest.raises(iam.exceptions.DeleteConflictException, match="more than one version"):
        iam.delete_policy(PolicyArn=arn)
    with pytest.raises(iam.exceptions.DeleteConflictException, match="default version"):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_policy(PolicyArn=arn)


def test_what_cannot_be_attached(iam: IAMClient, account: Account) -> None:
    account.add_user("alice")

    with pytest.raises(iam.exceptions.NoSuchEntityException, match="does not exist or is not attachable"):
        iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::111122223333:policy/nope")
    with pytest.raises(iam.exceptions.PolicyNotAttachableException):
        iam.attach_user_policy(
            UserName="alice", PolicyArn="arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"
        )
    iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"] == [
        {"PolicyName": "IAMReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}
    ]


def test_a_document_that_is_none_is_refused(iam: IAMClient) -> None:
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException):
        iam.create_policy(PolicyName="p", PolicyDocument="{not json")


def test_a_role_and_its_policies(iam: IAMClient) -> None:
    iam.create_role(RoleName="auditor", AssumeRolePolicyDocument=DOCUMENT)
    iam.put_role_policy(RoleName="auditor", PolicyName="own", PolicyDocument=DOCUMENT)

    assert iam.get_role(RoleName="auditor")["Role"]["AssumeRolePolicyDocument"] == json.loads(DOCUMENT)
    assert iam.list_role_policies(RoleName="auditor")["PolicyNames"] == ["own"]
    assert iam.get_role_policy(RoleName="auditor", PolicyName="own")["PolicyDocument"] == json.loads(DOCUMENT)
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_role(RoleName="auditor")
    iam.delete_role_policy(RoleName="auditor", PolicyName="own")
    iam.delete_role(RoleName="auditor")


def test_the_account_as_a_whole(iam: IAMClient, account: Account) -> None:
    account.alias = "example"
    account.add_root_key(Key(age_days=9))
    account.add_user("alice")

    assert iam.list_account_aliases()["AccountAliases"] == ["example"]
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["Users"], summary["UsersQuota"], summary["AccountAccessKeysPresent"]) == (1, 5000, 1)


def test_an_action_that_is_not_offered_is_said_to_be_invalid(iam: IAMClient) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidAction\)") as refusal:
        iam.list_saml_providers()

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
