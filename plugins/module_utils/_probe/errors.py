# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an error says about IAM: that it is broken, not there yet, or set up wrong."""

from __future__ import annotations

import enum
import typing as t

from .._aws.boto import (
    BotoConnectionError,
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    ReadTimeoutError,
    ResponseParserError,
)
from .._aws.errors import ACCESS_DENIED_CODES, THROTTLING_CODES, UserError, error_code, explain
from .._common.deadlines import TimedOutError
from .._common.errors import KeywardError

NO_SUCH_ENTITY = "NoSuchEntity"
ALREADY_EXISTS = "EntityAlreadyExists"
DELETE_CONFLICT = "DeleteConflict"

_CONSISTENCY_CODES = frozenset(
    {NO_SUCH_ENTITY, DELETE_CONFLICT, "ConcurrentModification", "EntityTemporarilyUnmodifiable"}
)
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
_BOOTSTRAP = "the playbook keyward.iam.bootstrap"
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class ErrorClass(enum.Enum):
    """What is at fault, and whether it may pass."""

    FAULT = "the service or the way to it is broken"
    TIMEOUT = "no response in time"
    THROTTLING = "the service asks to wait"
    CONSISTENCY = "an earlier change is not visible yet"
    MISCONFIGURED = "permissions, quotas or settings are wrong"


class Failure(t.NamedTuple):
    """C(uncertain) is whether the call may have been carried out all the same."""

    error_class: ErrorClass
    code: str
    sentence: str
    uncertain: bool


class CallError(KeywardError):
    """A call, or what it needs, failed: C(error) as it was raised, and what it says."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error
        self.failure = classify(error)


def classify(error: BaseException, policy_arn: str | None = None) -> Failure:
    """Errors of any class: what credential providers and parsers raise has no common one."""
    uncertain = not isinstance(error, _NEVER_SENT)
    if isinstance(error, (TimedOutError, ReadTimeoutError, ConnectTimeoutError)):
        return Failure(ErrorClass.TIMEOUT, "Timeout", "no answer in time", uncertain)
    if isinstance(error, ClientError):
        return _classify_response(error, policy_arn)
    code, sentence = explain(error)[:2]
    if isinstance(error, (HTTPClientError, BotoConnectionError, IncompleteReadError)):
        return Failure(ErrorClass.FAULT, code, sentence, uncertain)
    if isinstance(error, ResponseParserError):
        return Failure(ErrorClass.FAULT, code, "the answer is not XML as AWS writes it", uncertain=True)
    # A botocore error that has not to do with the network is raised before anything is sent.
    return Failure(
        ErrorClass.MISCONFIGURED, code, sentence, uncertain=not isinstance(error, (BotoCoreError, UserError))
    )


def _classify_response(error: t.Any, policy_arn: str | None) -> Failure:
    code, sentence = explain(error)[:2]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLING_CODES or status == _TOO_MANY_REQUESTS:
        return Failure(ErrorClass.THROTTLING, code, sentence, uncertain=False)
    if status >= _SERVER_ERROR:
        return Failure(ErrorClass.FAULT, code, sentence, uncertain=True)
    if code == NO_SUCH_ENTITY and policy_arn is not None and policy_arn in str(error):
        wrong = f"there is no policy {policy_arn}: make it with {_BOOTSTRAP}, or set policy_arn to one that there is"
        return Failure(ErrorClass.MISCONFIGURED, code, wrong, uncertain=False)
    if code in _CONSISTENCY_CODES:
        return Failure(ErrorClass.CONSISTENCY, code, sentence, uncertain=False)
    return Failure(ErrorClass.MISCONFIGURED, code, sentence + _remedy(error, policy_arn), uncertain=False)


def _remedy(error: t.Any, policy_arn: str | None) -> str:
    code = error_code(error)
    if code in ACCESS_DENIED_CODES:
        return f", which {_BOOTSTRAP} does"
    if code == "PolicyNotAttachable":
        return f"; set policy_arn, which is {policy_arn}, to the policy that {_BOOTSTRAP} makes"
    if code == "LimitExceeded":
        return "; raise the account's quota, or delete what is not needed"
    if code == ALREADY_EXISTS:
        return "; it is not this run's, and is left alone"
    return ""
