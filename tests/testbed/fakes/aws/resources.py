# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a call is about: as policies name it, and as AccessDenied does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call

_NAME_OF = {"User": "UserName", "Group": "GroupName", "Role": "RoleName", "Policy": "PolicyName"}
_LISTED = {"Users": "user", "Groups": "group", "Roles": "role", "Policies": "policy"}
_ON_ONESELF = ("GetUser", "ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey")


def resource_arn(call: Call) -> str:
    """The ARN that the ``Resource`` of a policy has to match; ``*`` where IAM knows no narrower one."""
    return _path_resource(call) or _entity_arn(call) or "*"


def shown_resource(call: Call) -> str:
    """IAM shows what exists by kind and name, and a list, or what is to be made, by its ARN, but for policies."""
    params = call.params
    if call.action == "CreatePolicy":
        return f"policy {params['PolicyName']}"
    if call.action == "ListPolicies":
        return f"policy path {params.get('PathPrefix', '/')}"
    return _path_resource(call) or _shown_entity(call) or resource_arn(call)


def _shown_entity(call: Call) -> str | None:
    for parameter, kind in (
        ("GroupName", "group"),
        ("RoleName", "role"),
        ("UserName", "user"),
        ("PolicyArn", "policy"),
    ):
        if parameter in call.params:
            return f"{kind} {call.params[parameter]}"
    return f"user {call.caller.name}" if call.action in _ON_ONESELF else None


def _path_resource(call: Call) -> str | None:
    verb, kind = _split(call.action)
    if verb == "Create" and kind in _NAME_OF:
        return call.account.arn(kind.lower(), call.params.get("Path", "/"), call.params[_NAME_OF[kind]])
    if verb == "List" and kind in _LISTED:
        return call.account.arn(_LISTED[kind], call.params.get("PathPrefix", "/"), "")
    return None


def _entity_arn(call: Call) -> str | None:
    params, account = call.params, call.account
    if "GroupName" in params:
        group = account.groups.get(params["GroupName"], call.now)
        return group.arn if group else account.arn("group", "/", params["GroupName"])
    if "RoleName" in params:
        role = account.roles.get(params["RoleName"], call.now)
        return role.arn if role else account.arn("role", "/", params["RoleName"])
    if "UserName" in params:
        user = account.users.get(params["UserName"], call.now)
        return user.arn if user else account.arn("user", "/", params["UserName"])
    if "PolicyArn" in params or "RoleArn" in params:
        return str(params.get("PolicyArn") or params.get("RoleArn"))
    return call.caller.arn if call.action in _ON_ONESELF else None


def _split(action: str) -> tuple[str, str]:
    verb, _unused, kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", action, count=1).partition(" ")
    return verb, kind
