# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.entities import Role
from testbed.fakes.aws.errors import already_exists, delete_conflict
from testbed.fakes.aws.operations.describe import describe_role, tag_dict, tag_list
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call


@iam
def list_roles(call: Call) -> dict[str, Any]:
    prefix = call.params.get("PathPrefix", "/")
    entries = [entry for entry in call.account.roles.entries(call.now) if entry[1].path.startswith(prefix)]
    roles, rest = page(call, entries)
    return {"Roles": [describe_role(role) for role in roles], **rest}


@iam
def get_role(call: Call) -> dict[str, Any]:
    role = call.role()
    return {"Role": {**describe_role(role), "Tags": tag_list(role.tags), "RoleLastUsed": {}}}


@iam
def create_role(call: Call) -> dict[str, Any]:
    account, name, path = call.account, call.params["RoleName"], call.params.get("Path", "/")
    if name in account.roles:
        raise already_exists("Role", name)
    call.require_room("RolesPerAccount", len(account.roles))
    role = Role(
        name=name,
        path=path,
        id=account.new_id("role"),
        arn=account.arn("role", path, name),
        created=call.now,
        tags=tag_dict(call.params.get("Tags")),
        trust=call.params["AssumeRolePolicyDocument"],
        description=call.params.get("Description", ""),
        max_session_seconds=call.params.get("MaxSessionDuration", 3600),
    )
    account.roles.add(name, role, call.visible_from)
    return {"Role": {**describe_role(role), "Tags": tag_list(role.tags)}}


@iam
def update_assume_role_policy(call: Call) -> None:
    call.role().trust = call.params["PolicyDocument"]


@iam
def delete_role(call: Call) -> None:
    role = call.role()
    if role.attached.held(call.now):
        raise delete_conflict("detach all policies")
    if role.inline.held(call.now):
        raise delete_conflict("delete policies")
    call.account.roles.remove(role.name, call.gone_from)


@iam
def list_instance_profiles_for_role(call: Call) -> dict[str, Any]:
    call.role()
    return {"InstanceProfiles": [], "IsTruncated": False}
