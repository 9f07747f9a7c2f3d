# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
One sentence for what can go wrong on the way to AWS, with the setting to change, and AWS's own words beside it.

The message of a parser is never passed on: it quotes the line it stumbled over, and that line may be the secret key.
"""

from __future__ import annotations

import traceback
import typing as t

from .._common.errors import KeywardError
from .._common.text import cleaned, redacted
from .account import UNKNOWN_ACCOUNT, account_in
from .boto import ClientError
from .denials import denial
from .local_errors import is_known, local_sentence

THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""What AWS and gateways before it call throttling. LimitExceeded is none: a quota does not pass by waiting."""

ACCESS_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

UNREADABLE_RESPONSE = "UnreadableResponse"
"""The code of a response that is not AWS's, such as the page of a proxy."""

RESPONSE_TOO_LONG = "ResponseTooLong"

_MOST_CHARACTERS = 1000

_UNKNOWN_KEY = "AWS does not know the access key id, or it is inactive: check aws_access_key_id"
_CREDENTIAL_SENTENCES = {
    "ExpiredToken": "the session token has expired: renew the temporary credentials",
    "ExpiredTokenException": "the session token has expired: renew the temporary credentials",
    "RequestExpired": "AWS calls the request expired: set this host's clock right",
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "UnrecognizedClientException": _UNKNOWN_KEY,
    "SignatureDoesNotMatch": "the signature does not match: check aws_secret_access_key and this host's clock",
    "IncompleteSignature": "the signature is incomplete: check aws_access_key_id for stray characters",
    "OptInRequired": "the account is not subscribed to the service: finish the account's registration",
}
CREDENTIAL_CODES = frozenset(_CREDENTIAL_SENTENCES)


class ErrorDetails(t.NamedTuple):
    """
    An error as the result shows it: AWS's error code or the exception's name, and one sentence.

    C(message) is what AWS or a library said, cleaned, and C(request_id) is AWS's. C(traceback) is there for what is no
    fault of a setting or of AWS, but of this collection or of a library.
    """

    code: str
    sentence: str
    message: str | None = None
    request_id: str | None = None
    traceback: str | None = None


class UserError(KeywardError):
    """Something this collection itself found wrong, with the code that the result shows."""

    def __init__(self, code: str, sentence: str, *, evidence: str | None = None) -> None:
        super().__init__(sentence, evidence=evidence)
        self.code = code


class ErrorContext(t.NamedTuple):
    """What is known of the profile an error belongs to."""

    profile: str | None = None
    role_arn: str | None = None
    region: str | None = None
    sso_profile: str | None = None
    from_instance_role: bool = False
    temporary_key_without_token: bool = False


NO_CONTEXT = ErrorContext()


def error_code(error: BaseException) -> str:
    """AWS's error code of a ClientError, else the exception's name."""
    if isinstance(error, ClientError):
        return str(_error_of(error).get("Code") or "Unknown")
    return error.code if isinstance(error, UserError) else type(error).__name__


def explain(error: BaseException, context: ErrorContext = NO_CONTEXT) -> ErrorDetails:
    """Explain any exception that was met while talking to AWS."""
    code = cleaned(error_code(error))
    if isinstance(error, ClientError):
        message = cleaned(str(_error_of(error).get("Message") or ""))
        request_id = response_metadata(error).get("RequestId")
        sentence = cleaned(_client_error(error, code, message, context), limit=_MOST_CHARACTERS)
        return ErrorDetails(code, sentence, message or None, cleaned(str(request_id)) if request_id else None)
    if isinstance(error, KeywardError):
        return ErrorDetails(code, cleaned(error.sentence or str(error), limit=_MOST_CHARACTERS), error.evidence)
    message = cleaned(str(error))
    sentence = cleaned(local_sentence(error, message, context.profile, context.sso_profile), limit=_MOST_CHARACTERS)
    lines = () if is_known(error) else traceback.format_exception(type(error), error, error.__traceback__)
    return ErrorDetails(code, sentence, message or None, None, redacted("".join(lines)) or None)


def response_metadata(error: t.Any) -> dict[str, t.Any]:
    """Of a ClientError: HTTPStatusCode, RequestId, RetryAttempts."""
    found = error.response.get("ResponseMetadata")
    return found if isinstance(found, dict) else {}


def _error_of(error: t.Any) -> dict[str, t.Any]:
    found = error.response.get("Error")
    return found if isinstance(found, dict) else {}


def _client_error(error: t.Any, code: str, message: str, context: ErrorContext) -> str:
    if code in _CREDENTIAL_SENTENCES:
        return f"{_credential_sentence(code, context)} ({code} from {error.operation_name})"
    if code in ACCESS_DENIED_CODES:
        return _denied_role(error, context) if error.operation_name.startswith("AssumeRole") else denial(error).sentence
    metadata = response_metadata(error)
    attempts = metadata.get("RetryAttempts", 0) + 1
    failed = f"{error.operation_name} failed{f' after {attempts} attempts' if attempts > 1 else ''}"
    if error.response.get(UNREADABLE_RESPONSE):
        status = metadata.get("HTTPStatusCode")
        return (
            f"{failed}: what answered is not AWS: HTTP {status}, {f'it says {message}' if message else 'no content'}: "
            "check the network, HTTPS_PROXY, endpoint_url and AWS_ENDPOINT_URL"
        )
    return f"{failed} with {code}: {message or 'no message'}"


def _credential_sentence(code: str, context: ErrorContext) -> str:
    if context.from_instance_role and code.startswith("ExpiredToken"):
        return (
            "the instance metadata service gives credentials that have expired: set this host's clock right, and "
            "attach the role to the instance again"
        )
    if _CREDENTIAL_SENTENCES[code] != _UNKNOWN_KEY:
        return _CREDENTIAL_SENTENCES[code]
    if context.temporary_key_without_token:
        return (
            "the access key id is one of temporary credentials (ASIA…), and there is no session token: "
            "set aws_session_token"
        )
    if context.region is None:
        return f"keys of China and GovCloud need region set; {_UNKNOWN_KEY}"
    return f"region {context.region} must be enabled and of the key's partition; {_UNKNOWN_KEY}"


def _denied_role(error: t.Any, context: ErrorContext) -> str:
    denied = denial(error)
    role = denied.role_arn or context.role_arn
    if role is None or not denied.allow_helps:
        return denied.sentence + (f" (role {role})" if role else "")
    account = (account_in(role) or UNKNOWN_ACCOUNT).account_id
    web = error.operation_name == "AssumeRoleWithWebIdentity"
    identity = "the identity provider" if web else "this identity"
    allow = "" if web else f"allow {denied.action} on it to this identity, and "
    return (
        f"access denied: role {role} of account {account} may not be assumed: {allow}name {identity} in the trust "
        f"policy of the role in account {account}, and set its external id if the role requires one"
    )
