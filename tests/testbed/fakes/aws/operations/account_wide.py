# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is asked of an account as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.entities import Group, Policy, Principal, Role, User
from testbed.fakes.aws.operations.describe import (
    describe_group,
    describe_policy,
    describe_role,
    describe_user,
    describe_version,
    encoded,
    tag_list,
)
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.eventual import Eventual

_DETAIL_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@iam
def list_account_aliases(call: Call) -> dict[str, Any]:
    return {"AccountAliases": [call.account.alias] if call.account.alias else [], "IsTruncated": False}


@iam
def create_account_alias(call: Call) -> None:
    call.account.alias = call.params["AccountAlias"]


@iam
def get_account_summary(call: Call) -> dict[str, Any]:
    account = call.account
    return {
        "SummaryMap": {
            "Users": len(account.users),
            "UsersQuota": account.quotas["UsersPerAccount"],
            "Groups": len(account.groups),
            "GroupsQuota": account.quotas["GroupsPerAccount"],
            "Roles": len(account.roles),
            "RolesQuota": account.quotas["RolesPerAccount"],
            "Policies": len(account.policies),
            "PoliciesQuota": account.quotas["PoliciesPerAccount"],
            "AccessKeysPerUserQuota": account.quotas["AccessKeysPerUser"],
            "AccountAccessKeysPresent": int(len(account.root_keys) > 0),
            "AccountMFAEnabled": int(account.root_mfa_active),
        }
    }


@iam
def get_account_authorization_details(call: Call) -> dict[str, Any]:
    account, now = call.account, call.now
    sources: dict[str, Eventual[Any]] = {
        "User": account.users,
        "Group": account.groups,
        "Role": account.roles,
        "LocalManagedPolicy": account.policies,
        "AWSManagedPolicy": call.cloud.managed_policies(account.partition),
    }
    wanted = call.params.get("Filter") or list(sources)
    # Kinds follow one another from page to page, and the marker remembers the kind.
    entries = [
        (f"{number}/{key}", entity)
        for number, kind in enumerate(sources)
        if kind in wanted
        for key, entity in sources[kind].entries(now)
    ]
    entities, rest = page(call, entries)
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _DETAIL_LISTS}
    for entity in entities:
        name, details = _details(call, entity)
        lists[name].append(details)
    return {**lists, **rest}


def _details(call: Call, entity: Principal | Policy) -> tuple[str, dict[str, Any]]:
    match entity:
        case User():
            details = {key: value for key, value in describe_user(entity).items() if key != "PasswordLastUsed"}
            groups = [group.name for group in call.account.groups.items(call.now) if entity.name in group.members]
            return "UserDetailList", {
                **details,
                **_policies(call, entity, "UserPolicyList"),
                "GroupList": groups,
                "Tags": tag_list(entity.tags),
            }
        case Group():
            return "GroupDetailList", {**describe_group(entity), **_policies(call, entity, "GroupPolicyList")}
        case Role():
            details = {
                key: value
                for key, value in describe_role(entity).items()
                if key not in ("Description", "MaxSessionDuration")
            }
            return "RoleDetailList", {
                **details,
                **_policies(call, entity, "RolePolicyList"),
                "InstanceProfileList": [],
                "Tags": tag_list(entity.tags),
            }
        case Policy():
            versions = [describe_version(entity, version, document=True) for version in entity.versions.values()]
            return "Policies", {**describe_policy(entity, 0), "PolicyVersionList": versions}
    raise TypeError(entity)


def _policies(call: Call, principal: Principal, inline_list: str) -> dict[str, Any]:
    return {
        inline_list: [
            {"PolicyName": name, "PolicyDocument": encoded(document)}
            for name, document in principal.inline.items(call.now)
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": policy.name, "PolicyArn": policy.arn} for policy in principal.attached.items(call.now)
        ],
    }
