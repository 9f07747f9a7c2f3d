# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Managed policies on users, groups and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.entities import Principal


@iam
def attach_user_policy(call: Call) -> None:
    _attach(call, call.user(), "PoliciesPerUser")


@iam
def attach_group_policy(call: Call) -> None:
    _attach(call, call.group(), "PoliciesPerGroup")


@iam
def attach_role_policy(call: Call) -> None:
    _attach(call, call.role(), "PoliciesPerRole")


@iam
def detach_user_policy(call: Call) -> None:
    _detach(call, call.user())


@iam
def detach_group_policy(call: Call) -> None:
    _detach(call, call.group())


@iam
def detach_role_policy(call: Call) -> None:
    _detach(call, call.role())


@iam
def list_attached_user_policies(call: Call) -> dict[str, Any]:
    return _list(call, call.user())


@iam
def list_attached_group_policies(call: Call) -> dict[str, Any]:
    return _list(call, call.group())


@iam
def list_attached_role_policies(call: Call) -> dict[str, Any]:
    return _list(call, call.role())


def _attach(call: Call, principal: Principal, quota: str) -> None:
    policy = call.policy(missing="Policy {} does not exist or is not attachable.")
    if not policy.attachable:
        raise AwsError("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
    if policy.arn in principal.attached:
        return
    call.require_room(quota, len(principal.attached))
    principal.attached.add(policy.arn, policy, call.visible_from)


def _detach(call: Call, principal: Principal) -> None:
    arn = call.params["PolicyArn"]
    call.find(principal.attached, arn, AwsError("NoSuchEntity", f"Policy {arn} was not found."))
    principal.attached.remove(arn, call.gone_from)


def _list(call: Call, principal: Principal) -> dict[str, Any]:
    prefix = call.params.get("PathPrefix", "/")
    entries = [entry for entry in principal.attached.entries(call.now) if entry[1].path.startswith(prefix)]
    policies, rest = page(call, entries)
    return {"AttachedPolicies": [{"PolicyName": item.name, "PolicyArn": item.arn} for item in policies], **rest}
