# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Who may do what, and AWS's way of saying no."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.policy_language import allows
from testbed.fakes.aws.resources import resource_arn, shown_resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.entities import Principal

_FREE = ("GetCallerIdentity", "GetSessionToken")


@dataclass(frozen=True)
class _Denial:
    action: str
    principal: str | None
    explicit: bool


class Authorizer:
    """Refuses single actions; with ``enforce_policies`` also all that the caller's policies do not allow.

    Then the account's administrator, its root user and sessions of roles that do not exist still may do everything.
    """

    def __init__(self) -> None:
        self.enforce_policies = False
        self._denials: tuple[_Denial, ...] = ()

    def deny(self, action: str, principal: str | None, *, explicit: bool) -> None:
        self._denials += (_Denial(action, principal, explicit),)

    def allow_all(self) -> None:
        self._denials = ()
        self.enforce_policies = False

    def check(self, call: Call) -> None:
        for action in _needed_actions(call):
            for denial in self._denials:
                if fnmatchcase(action, denial.action) and denial.principal in (None, call.caller.name):
                    raise access_denied(call, action, explicit=denial.explicit)
            if self.enforce_policies and call.action not in _FREE and call.caller.policy_bound is not None:
                verdict = _verdict(call, call.caller.policy_bound, action)
                if verdict is not True:
                    raise access_denied(call, action, explicit=verdict is False)


def access_denied(call: Call, action: str, *, explicit: bool = False) -> AwsError:
    full_action = f"{call.service}:{action}"
    refusal = f"is not authorized to perform: {full_action} on resource: {shown_resource(call)}"
    reason = (
        "with an explicit deny in an identity-based policy"
        if explicit
        else f"because no identity-based policy allows the {full_action} action"
    )
    return AwsError("AccessDenied", f"User: {call.caller.arn} {refusal} {reason}")


def _needed_actions(call: Call) -> Iterator[str]:
    """Making something with tags takes the right to tag as well."""
    yield call.action
    if call.action.startswith("Create") and call.params.get("Tags"):
        yield call.action.replace("Create", "Tag", 1)


def _verdict(call: Call, principal: Principal, action: str) -> bool | None:
    tags = call.params.get("Tags", [])
    context: dict[str, str | list[str]] = {
        "aws:username": call.caller.name,
        "aws:PrincipalArn": call.caller.arn,
        "aws:PrincipalAccount": call.account.id,
        **{f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags},
    }
    if tags:
        context["aws:TagKeys"] = [tag["Key"] for tag in tags]
    if "PermissionsBoundary" in call.params:
        context["iam:PermissionsBoundary"] = call.params["PermissionsBoundary"]
    # Not known of what IAM cannot see, yet or any more.
    user = call.account.users.get(call.params.get("UserName", ""), call.now)
    if user is not None and call.action != "CreateUser":
        context |= {f"iam:ResourceTag/{key}": value for key, value in user.tags.items()}
    if "PolicyArn" in call.params:
        context["iam:PolicyARN"] = call.params["PolicyArn"]
    return allows(_documents(call, principal), f"{call.service}:{action}", resource_arn(call), context)


def _documents(call: Call, principal: Principal) -> Iterator[str]:
    holders = [principal]
    if call.caller.user is principal:
        groups = call.account.groups.items(call.now)
        holders += [group for group in groups if group.members.get(principal.name, call.now)]
    for holder in holders:
        yield from (document for _unused, document in holder.inline.items(call.now))
        yield from (policy.document for policy in holder.attached.items(call.now))
