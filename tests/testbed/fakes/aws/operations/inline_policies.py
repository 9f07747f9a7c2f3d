# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Policies written into users, groups and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.errors import no_such_entity
from testbed.fakes.aws.operations.describe import encoded
from testbed.fakes.aws.operations.policies import checked_document
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.entities import Principal


@iam
def put_user_policy(call: Call) -> None:
    _put(call, call.user())


@iam
def put_group_policy(call: Call) -> None:
    _put(call, call.group())


@iam
def put_role_policy(call: Call) -> None:
    _put(call, call.role())


@iam
def get_user_policy(call: Call) -> dict[str, str]:
    user = call.user()
    return {"UserName": user.name, **_get(call, user)}


@iam
def get_group_policy(call: Call) -> dict[str, str]:
    group = call.group()
    return {"GroupName": group.name, **_get(call, group)}


@iam
def get_role_policy(call: Call) -> dict[str, str]:
    role = call.role()
    return {"RoleName": role.name, **_get(call, role)}


@iam
def delete_user_policy(call: Call) -> None:
    _delete(call, call.user())


@iam
def delete_group_policy(call: Call) -> None:
    _delete(call, call.group())


@iam
def delete_role_policy(call: Call) -> None:
    _delete(call, call.role())


@iam
def list_user_policies(call: Call) -> dict[str, Any]:
    return _list(call, call.user())


@iam
def list_group_policies(call: Call) -> dict[str, Any]:
    return _list(call, call.group())


@iam
def list_role_policies(call: Call) -> dict[str, Any]:
    return _list(call, call.role())


def _put(call: Call, principal: Principal) -> None:
    name = call.params["PolicyName"]
    principal.inline.add(name, (name, checked_document(call)), call.visible_from)


def _get(call: Call, principal: Principal) -> dict[str, str]:
    name, document = _find(call, principal)
    return {"PolicyName": name, "PolicyDocument": encoded(document)}


def _delete(call: Call, principal: Principal) -> None:
    name, _unused = _find(call, principal)
    principal.inline.remove(name, call.gone_from)


def _list(call: Call, principal: Principal) -> dict[str, Any]:
    policies, rest = page(call, principal.inline.entries(call.now))
    return {"PolicyNames": [name for name, _unused in policies], **rest}


def _find(call: Call, principal: Principal) -> tuple[str, str]:
    name = call.params["PolicyName"]
    kind = type(principal).__name__.lower()
    return call.find(principal.inline, name, no_such_entity(f"{kind} policy", name))
