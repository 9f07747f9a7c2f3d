# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.entities import User
from testbed.fakes.aws.errors import already_exists, delete_conflict
from testbed.fakes.aws.operations.describe import describe_user, describe_user_fully, tag_dict
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call


@iam
def list_users(call: Call) -> dict[str, Any]:
    prefix = call.params.get("PathPrefix", "/")
    entries = [entry for entry in call.account.users.entries(call.now) if entry[1].path.startswith(prefix)]
    users, rest = page(call, entries)
    return {"Users": [describe_user(user) for user in users], **rest}


@iam
def get_user(call: Call) -> dict[str, Any]:
    return {"User": describe_user_fully(call.user())}


@iam
def create_user(call: Call) -> dict[str, Any]:
    account, name, path = call.account, call.params["UserName"], call.params.get("Path", "/")
    if name in account.users:
        raise already_exists("User", name)
    call.require_room("UsersPerAccount", len(account.users))
    user = User(
        name=name,
        path=path,
        id=account.new_id("user"),
        arn=account.arn("user", path, name),
        created=call.now,
        tags=tag_dict(call.params.get("Tags")),
        boundary=call.params.get("PermissionsBoundary"),
    )
    account.users.add(name, user, call.visible_from)
    return {"User": describe_user_fully(user)}


@iam
def update_user(call: Call) -> None:
    account, user = call.account, call.user()
    name = call.params.get("NewUserName", user.name)
    if name != user.name and name in account.users:
        raise already_exists("User", name)
    account.users.remove(user.name, call.gone_from)
    user.name, user.path = name, call.params.get("NewPath", user.path)
    user.arn = account.arn("user", user.path, name)
    account.users.add(name, user, call.visible_from)


@iam
def delete_user(call: Call) -> None:
    user = call.user()
    if user.keys.held(call.now):
        raise delete_conflict("delete access keys")
    if user.attached.held(call.now):
        raise delete_conflict("detach all policies")
    if user.inline.held(call.now):
        raise delete_conflict("delete policies")
    if user.password_created:
        raise delete_conflict("delete login profile")
    if any(group.members.holds(user.name, call.now) for group in call.account.groups.recorded()):
        raise delete_conflict("remove users from group")
    call.account.users.remove(user.name, call.gone_from)


@iam
def put_user_permissions_boundary(call: Call) -> None:
    call.user().boundary = call.params["PermissionsBoundary"]


@iam
def delete_user_permissions_boundary(call: Call) -> None:
    call.user().boundary = None
