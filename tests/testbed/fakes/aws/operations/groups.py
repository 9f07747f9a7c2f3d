# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Groups and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.entities import Group
from testbed.fakes.aws.errors import AwsError, already_exists, delete_conflict
from testbed.fakes.aws.operations.describe import describe_group, describe_user
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call


@iam
def list_groups(call: Call) -> dict[str, Any]:
    prefix = call.params.get("PathPrefix", "/")
    entries = [entry for entry in call.account.groups.entries(call.now) if entry[1].path.startswith(prefix)]
    groups, rest = page(call, entries)
    return {"Groups": [describe_group(group) for group in groups], **rest}


@iam
def get_group(call: Call) -> dict[str, Any]:
    group = call.group()
    members, rest = page(call, group.members.entries(call.now))
    return {"Group": describe_group(group), "Users": [describe_user(user) for user in members], **rest}


@iam
def create_group(call: Call) -> dict[str, Any]:
    account, name, path = call.account, call.params["GroupName"], call.params.get("Path", "/")
    if name in account.groups:
        raise already_exists("Group", name)
    call.require_room("GroupsPerAccount", len(account.groups))
    group = Group(name, path, account.new_id("group"), account.arn("group", path, name), call.now)
    account.groups.add(name, group, call.visible_from)
    return {"Group": describe_group(group)}


@iam
def delete_group(call: Call) -> None:
    group = call.group()
    if group.members.held(call.now):
        raise delete_conflict("remove users from group")
    if group.attached.held(call.now):
        raise delete_conflict("detach all policies")
    if group.inline.held(call.now):
        raise delete_conflict("delete policies")
    call.account.groups.remove(group.name, call.gone_from)


@iam
def list_groups_for_user(call: Call) -> dict[str, Any]:
    user = call.user()
    entries = [entry for entry in call.account.groups.entries(call.now) if entry[1].members.get(user.name, call.now)]
    groups, rest = page(call, entries)
    return {"Groups": [describe_group(group) for group in groups], **rest}


@iam
def add_user_to_group(call: Call) -> None:
    group, user = call.group(), call.user()
    if user.name in group.members:
        return
    memberships = sum(user.name in other.members for other in call.account.groups.recorded())
    call.require_room("GroupsPerUser", memberships)
    group.members.add(user.name, user, call.visible_from)


@iam
def remove_user_from_group(call: Call) -> None:
    group, user = call.group(), call.user()
    missing = AwsError("NoSuchEntity", f"User {user.name} is not in group {group.name}.")
    call.find(group.members, user.name, missing)
    group.members.remove(user.name, call.gone_from)
