# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Managed policies and their versions."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.entities import Policy, PolicyVersion
from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.operations.describe import describe_policy, describe_version, tag_dict, tag_list
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call


@iam
def list_policies(call: Call) -> dict[str, Any]:
    scope, prefix = call.params.get("Scope", "All"), call.params.get("PathPrefix", "/")
    entries = call.account.policies.entries(call.now) if scope != "AWS" else []
    if scope != "Local":
        entries += call.cloud.managed_policies(call.account.partition).entries(call.now)
    counts = _attachments(call)
    only_attached = call.params.get("OnlyAttached", False)
    entries = [
        entry for entry in entries if entry[1].path.startswith(prefix) and (counts[entry[0]] or not only_attached)
    ]
    policies, rest = page(call, sorted(entries, key=lambda entry: entry[0]))
    return {"Policies": [describe_policy(policy, counts[policy.arn.lower()]) for policy in policies], **rest}


@iam
def get_policy(call: Call) -> dict[str, Any]:
    policy = call.policy()
    details = describe_policy(policy, _attachments(call)[policy.arn.lower()])
    return {"Policy": {**details, "Description": policy.description or None, "Tags": tag_list(policy.tags)}}


@iam
def create_policy(call: Call) -> dict[str, Any]:
    account, name, path = call.account, call.params["PolicyName"], call.params.get("Path", "/")
    if any(policy.name.lower() == name.lower() for policy in account.policies.recorded()):
        raise AwsError(
            "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."
        )
    call.require_room("PoliciesPerAccount", len(account.policies))
    policy = Policy(
        name=name,
        path=path,
        id=account.new_id("policy"),
        arn=account.arn("policy", path, name),
        created=call.now,
        updated=call.now,
        description=call.params.get("Description", ""),
        tags=tag_dict(call.params.get("Tags")),
    )
    policy.versions["v1"] = PolicyVersion("v1", checked_document(call), call.now)
    account.policies.add(policy.arn, policy, call.visible_from)
    return {"Policy": {**describe_policy(policy, 0), "Tags": tag_list(policy.tags)}}


@iam
def delete_policy(call: Call) -> None:
    policy = _own_policy(call)
    if _attachments(call)[policy.arn.lower()]:
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise AwsError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy.",
        )
    call.account.policies.remove(policy.arn, call.gone_from)


@iam
def list_policy_versions(call: Call) -> dict[str, Any]:
    policy = call.policy()
    versions, rest = page(call, sorted(policy.versions.items()))
    return {"Versions": [describe_version(policy, version, document=False) for version in versions], **rest}


@iam
def get_policy_version(call: Call) -> dict[str, Any]:
    policy = call.policy()
    return {"PolicyVersion": describe_version(policy, _version(call, policy), document=True)}


@iam
def create_policy_version(call: Call) -> dict[str, Any]:
    policy = _own_policy(call)
    limit = call.account.quotas["VersionsPerPolicy"]
    if len(policy.versions) >= limit:
        raise AwsError(
            "LimitExceeded",
            f"A managed policy can have up to {limit} versions. "
            "Before you create a new version, you must delete an existing version.",
        )
    policy.versions_made += 1
    version = PolicyVersion(f"v{policy.versions_made}", checked_document(call), call.now)
    policy.versions[version.id] = version
    if call.params.get("SetAsDefault", False):
        policy.default_version = version.id
    policy.updated = call.now
    return {"PolicyVersion": describe_version(policy, version, document=False)}


@iam
def delete_policy_version(call: Call) -> None:
    policy = _own_policy(call)
    version = _version(call, policy)
    if version.id == policy.default_version:
        raise AwsError("DeleteConflict", "Cannot delete the default version of a policy.")
    del policy.versions[version.id]


@iam
def set_default_policy_version(call: Call) -> None:
    policy = _own_policy(call)
    policy.default_version, policy.updated = _version(call, policy).id, call.now


@iam
def list_entities_for_policy(call: Call) -> dict[str, Any]:
    arn = call.policy().arn
    wanted = call.params.get("EntityFilter")
    account = call.account
    holders = [
        (f"{kind}/{principal.name}", (kind, principal))
        for kind, store in (("Group", account.groups), ("User", account.users), ("Role", account.roles))
        if wanted in (None, kind)
        for principal in store.items(call.now)
        if principal.attached.get(arn, call.now)
    ]
    found, rest = page(call, sorted(holders, key=lambda holder: holder[0]))
    lists: dict[str, list[dict[str, str]]] = {"PolicyGroups": [], "PolicyUsers": [], "PolicyRoles": []}
    for kind, principal in found:
        lists[f"Policy{kind}s"].append({f"{kind}Name": principal.name, f"{kind}Id": principal.id})
    return {**lists, **rest}


def checked_document(call: Call) -> str:
    document: str = call.params["PolicyDocument"]
    try:
        parsed = json.loads(document)
    except json.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, dict) or "Statement" not in parsed:
        raise AwsError("MalformedPolicyDocument", "Syntax errors in policy.")
    return document


def _own_policy(call: Call) -> Policy:
    policy = call.policy()
    if policy.arn not in call.account.policies:
        raise AwsError("AccessDenied", f"Cannot change {policy.arn}: it is AWS's own")
    return policy


def _version(call: Call, policy: Policy) -> PolicyVersion:
    version_id = call.params["VersionId"]
    if version_id not in policy.versions:
        raise AwsError("NoSuchEntity", f"Policy {policy.arn} version {version_id} does not exist or is not attachable.")
    return policy.versions[version_id]


def _attachments(call: Call) -> Counter[str]:
    account = call.account
    return Counter(
        arn
        for store in (account.users, account.groups, account.roles)
        for principal in store.recorded()
        for arn, _unused in principal.attached.entries(call.now)
    )
