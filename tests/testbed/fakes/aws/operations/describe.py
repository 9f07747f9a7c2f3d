# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Entities as IAM's answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from testbed.fakes.aws.entities import AccessKey, Group, Policy, PolicyVersion, Principal, Role, User


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_dict(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def encoded(document: str) -> str:
    """Policy documents travel percent-encoded."""
    return quote(document, safe="")


def describe_user(user: User) -> dict[str, Any]:
    """As in a list, which has no tags."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created,
        "PasswordLastUsed": user.password_last_used,
    }


def describe_user_fully(user: User) -> dict[str, Any]:
    details = describe_user(user)
    if user.tags:
        details["Tags"] = tag_list(user.tags)
    if user.boundary:
        details["PermissionsBoundary"] = describe_boundary(user.boundary)
    return details


def describe_boundary(arn: str) -> dict[str, str]:
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def describe_group(group: Group) -> dict[str, Any]:
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.created,
    }


def describe_role(role: Role) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": encoded(role.trust),
        "Description": role.description or None,
        "MaxSessionDuration": role.max_session_seconds,
    }


def describe_key(owner: Principal | None, key: AccessKey) -> dict[str, Any]:
    return {
        "UserName": owner.name if owner else None,
        "AccessKeyId": key.id,
        "Status": key.status,
        "CreateDate": key.created,
    }


def describe_policy(policy: Policy, attachments: int) -> dict[str, Any]:
    """As in a list, which has no description and no tags."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version,
        "AttachmentCount": attachments,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": policy.attachable,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    }


def describe_version(policy: Policy, version: PolicyVersion, *, document: bool) -> dict[str, Any]:
    return {
        "Document": encoded(version.document) if document else None,
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default_version,
        "CreateDate": version.created,
    }
