# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""STS: who one is, and temporary credentials."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.authorization import access_denied
from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.operations.registry import sts

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.cloud import Caller

_ROLE_ARN = re.compile(r"arn:(?P<partition>[\w-]+):iam::(?P<account>\d{12}):role/(?:.+/)?(?P<name>[^/]+)")
_DEFAULT_LONGEST = 3600


@sts
def get_caller_identity(call: Call) -> dict[str, str]:
    return {"UserId": call.caller.unique_id, "Account": call.account.id, "Arn": call.caller.arn}


@sts
def assume_role(call: Call) -> dict[str, Any]:
    match = _ROLE_ARN.fullmatch(call.params["RoleArn"])
    if match is None:
        raise AwsError("ValidationError", f"{call.params['RoleArn']} is invalid")
    account = call.cloud.find_account(match["account"])
    if account is None:
        raise access_denied(call, call.action)
    role = account.roles.get(match["name"], call.now)
    if role is None and not account.assume_any_role:
        raise access_denied(call, call.action)
    if role is not None and _wanted_external_id(role.trust) not in (None, call.params.get("ExternalId")):
        raise access_denied(call, call.action)
    seconds = call.params.get("DurationSeconds", 3600)
    if seconds > (role.max_session_seconds if role else _DEFAULT_LONGEST):
        raise AwsError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    session = call.cloud.start_role_session(account, match["name"], call.params["RoleSessionName"], seconds)
    return {
        "Credentials": _describe(session),
        "AssumedRoleUser": {"AssumedRoleId": session.unique_id, "Arn": session.arn},
    }


@sts
def get_session_token(call: Call) -> dict[str, Any]:
    if call.caller.key is None:
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials")
    return {"Credentials": _describe(call.cloud.start_session(call.caller, call.params.get("DurationSeconds", 43200)))}


def _wanted_external_id(trust: str) -> str | None:
    statements = json.loads(trust).get("Statement", [])
    wanted = [statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId") for statement in statements]
    return next((text for text in wanted if text), None)


def _describe(session: Caller) -> dict[str, Any]:
    return {
        "AccessKeyId": session.credentials.access_key_id,
        "SecretAccessKey": session.credentials.secret_access_key,
        "SessionToken": session.credentials.session_token,
        "Expiration": session.expires,
    }
