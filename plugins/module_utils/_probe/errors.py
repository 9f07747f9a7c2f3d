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
from .._aws.boundary import details_of
from .._aws.denials import denial
from .._aws.errors import (
    ACCESS_DENIED_CODES,
    NO_CONTEXT,
    RESPONSE_TOO_LONG,
    THROTTLING_CODES,
    UNREADABLE_RESPONSE,
    ErrorContext,
    ErrorDetails,
    error_code,
    response_metadata,
)
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
    """C(uncertain) is whether the call may have been carried out all the same. C(traceback) is that of a bug."""

    error_class: ErrorClass
    code: str
    sentence: str
    uncertain: bool
    traceback: str | None = None


class CallError(KeywardError):
    """A call, or what it needs, failed: C(error) as it was raised, and what it says."""

    def __init__(self, error: BaseException, context: t.Callable[[], ErrorContext] = lambda: NO_CONTEXT) -> None:
        super().__init__(str(error))
        self.error = error
        self.failure = classify(error, context=context)


def classify(
    error: BaseException, policy_arn: str | None = None, context: t.Callable[[], ErrorContext] = lambda: NO_CONTEXT
) -> Failure:
    """Errors of any class: what credential providers and parsers raise has no common one."""
    uncertain = not isinstance(error, _NEVER_SENT)
    if isinstance(error, (TimedOutError, ReadTimeoutError, ConnectTimeoutError)):
        return Failure(ErrorClass.TIMEOUT, "Timeout", "no answer in time", uncertain)
    details = details_of(error, context)
    if isinstance(error, ClientError):
        return _classify_response(error, details, policy_arn)
    failure = Failure(ErrorClass.FAULT, details.code, details.sentence, uncertain, details.traceback)
    if isinstance(error, (HTTPClientError, BotoConnectionError, IncompleteReadError, ResponseParserError)):
        return failure
    if details.code == RESPONSE_TOO_LONG:
        return failure
    # A botocore error that has not to do with the network is raised before anything is sent.
    sent = not isinstance(error, (BotoCoreError, KeywardError))
    return failure._replace(error_class=ErrorClass.MISCONFIGURED, uncertain=sent)


def _classify_response(error: t.Any, details: ErrorDetails, policy_arn: str | None) -> Failure:
    code = details.code
    failure = Failure(ErrorClass.MISCONFIGURED, code, details.sentence, uncertain=False)
    status = response_metadata(error).get("HTTPStatusCode") or 0
    if code in THROTTLING_CODES or status == _TOO_MANY_REQUESTS:
        return failure._replace(error_class=ErrorClass.THROTTLING)
    if status >= _SERVER_ERROR or error.response.get(UNREADABLE_RESPONSE):
        return failure._replace(error_class=ErrorClass.FAULT, uncertain=True)
    if code == NO_SUCH_ENTITY and policy_arn is not None and policy_arn in str(error):
        wrong = f"there is no policy {policy_arn}: make it with {_BOOTSTRAP}, or set policy_arn to one that there is"
        return failure._replace(sentence=wrong)
    if code in _CONSISTENCY_CODES:
        return failure._replace(error_class=ErrorClass.CONSISTENCY)
    message = details.message or ""
    evidence = f" (AWS: {message})" if message and message not in details.sentence else ""
    return failure._replace(sentence=details.sentence + _remedy(error, policy_arn) + evidence)


def _remedy(error: t.Any, policy_arn: str | None) -> str:
    code = error_code(error)
    if code in ACCESS_DENIED_CODES and denial(error).allow_helps:
        return f", which {_BOOTSTRAP} does"
    if code == "PolicyNotAttachable":
        return f"; set policy_arn, which is {policy_arn}, to the policy that {_BOOTSTRAP} makes"
    if code == "LimitExceeded":
        return "; raise the account's quota, or delete what is not needed"
    if code == ALREADY_EXISTS:
        return "; it is not this run's, and is left alone"
    return ""
