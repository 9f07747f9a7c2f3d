# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Who may do what, and AWS's way of saying no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from testbed.aws.errors import AwsError

if TYPE_CHECKING:
    from testbed.aws.call import Call


_NAME_OF = {"User": "UserName", "Group": "GroupName", "Role": "RoleName", "Policy": "PolicyName"}
_SHOWN = {
    "GroupName": "group {}",
    "RoleName": "role {}",
    "UserName": "user {}",
    "PolicyArn": "policy {}",
    "RoleArn": "{}",
}
_MEANS_ONESELF = ("GetUser", "ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey")


@dataclass(frozen=True)
class _Denial:
    action: str
    principal: str | None
    explicit: bool


class Denials:
    """The actions that are refused in an account."""

    def __init__(self) -> None:
        self._denials: tuple[_Denial, ...] = ()

    def add(self, action: str, principal: str | None, *, explicit: bool) -> None:
        self._denials += (_Denial(action, principal, explicit),)

    def clear(self) -> None:
        self._denials = ()

    def check(self, call: Call) -> None:
        for denial in self._denials:
            if fnmatchcase(call.action, denial.action) and denial.principal in (None, call.caller.name):
                raise access_denied(call, explicit=denial.explicit)


def access_denied(call: Call, *, explicit: bool = False) -> AwsError:
    action = f"{call.service}:{call.action}"
    reason = (
        "with an explicit deny in an identity-based policy"
        if explicit
        else f"because no identity-based policy allows the {action} action"
    )
    return AwsError(
        "AccessDenied",
        f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {_shown_resource(call)} {reason}",
    )


def _shown_resource(call: Call) -> str:
    """IAM names an existing entity by kind and name, one to be made or a list by its ARN, and else ``*``."""
    verb, kind = _split(call.action)
    if verb == "Create" and kind in _NAME_OF:
        arn = call.account.arn(kind.lower(), call.params.get("Path", "/"), call.params[_NAME_OF[kind]])
        return f"policy {arn}" if kind == "Policy" else arn
    if verb == "List" and kind in ("Users", "Groups", "Roles"):
        return call.account.arn(kind.lower().removesuffix("s"), call.params.get("PathPrefix", "/"), "")
    if call.action == "ListPolicies":
        return f"policy path {call.params.get('PathPrefix', '/')}"
    for name, shown in _SHOWN.items():
        if name in call.params:
            return shown.format(call.params[name])
    return f"user {call.caller.name}" if call.action in _MEANS_ONESELF else "*"


def _split(action: str) -> tuple[str, str]:
    verb, _, kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", action, count=1).partition(" ")
    return verb, kind
