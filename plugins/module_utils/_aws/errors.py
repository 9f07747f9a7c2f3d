# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
One sentence for what can go wrong on the way to AWS, with the setting to change.

Messages of exceptions are passed on only where they cannot hold a secret: a parser's message quotes the line it
stumbled over, and that line may be the secret key.
"""

from __future__ import annotations

import configparser
import re
import typing as t

from .._common.errors import KeywardError
from .boto import exceptions as boto


class ErrorDetails(t.NamedTuple):
    """An error as the result shows it: AWS's error code or the exception's name, and one sentence."""

    code: str
    sentence: str


class UserError(KeywardError):
    """Something this collection itself found wrong, already explained."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.details = ErrorDetails(code, sentence)


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

_CREDENTIAL_SENTENCES = {
    "ExpiredToken": "the session token has expired: renew the temporary credentials",
    "ExpiredTokenException": "the session token has expired: renew the temporary credentials",
    "RequestExpired": "AWS calls the request expired: set this host's clock right",
    "InvalidClientTokenId": "AWS does not know the access key id, or it is inactive: check aws_access_key_id",
    "UnrecognizedClientException": "AWS does not know the access key id, or it is inactive: check aws_access_key_id",
    "SignatureDoesNotMatch": "the signature does not match: check aws_secret_access_key and this host's clock",
    "IncompleteSignature": "the signature is incomplete: check aws_access_key_id for stray characters",
    "OptInRequired": "the account is not subscribed to the service: finish the account's registration",
}
CREDENTIAL_CODES = frozenset(_CREDENTIAL_SENTENCES)

_STS_OPERATIONS = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity", "GetSessionToken"})


def denied_action(error: t.Any) -> str:
    """The IAM action, as a policy writes it, that an access-denied ClientError is about."""
    stated = re.search(r"not authorized to perform: ([A-Za-z0-9-]+:[A-Za-z0-9]+)", str(error))
    if stated:
        return stated.group(1)
    return f"{'sts' if error.operation_name in _STS_OPERATIONS else 'iam'}:{error.operation_name}"


def error_code(error: BaseException) -> str:
    """AWS's error code of a ClientError, else the exception's name."""
    if isinstance(error, boto.ClientError):
        return str(error.response.get("Error", {}).get("Code") or "Unknown")
    return type(error).__name__


def explain(error: BaseException) -> ErrorDetails:
    """Explain an error met while talking to AWS. Unknown kinds are explained by their own message."""
    if isinstance(error, UserError):
        return error.details
    return ErrorDetails(
        error_code(error), _client_error(error) if isinstance(error, boto.ClientError) else _local(error)
    )


def _client_error(error: t.Any) -> str:
    code = error_code(error)
    if code in _CREDENTIAL_SENTENCES:
        return f"{_CREDENTIAL_SENTENCES[code]} ({code} from {error.operation_name})"
    if code in ACCESS_DENIED_CODES:
        return f"access denied: allow {denied_action(error)} to this identity"
    message = error.response.get("Error", {}).get("Message") or "no message"
    attempts = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) + 1
    tried = f" after {attempts} attempts" if attempts > 1 else ""
    return f"{error.operation_name} failed{tried} with {code}: {message}"


def _local(error: BaseException) -> str:
    if isinstance(error, boto.ConfigParseError):
        details: dict[str, t.Any] = {**error.kwargs}
        return _unparsable(details["path"], details["error"])
    # The first that fits is the most specific: botocore derives the others' errors from the last's.
    for kinds, sentence in (
        (
            boto.NoCredentialsError,
            (
                "no AWS credentials were found: set profiles or profile, access_key and secret_key, "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the host an instance role"
            ),
        ),
        (boto.UnauthorizedSSOTokenError, "the single sign-on session has expired: run 'aws sso login' for the profile"),
        (boto.ProxyConnectionError, "the proxy cannot be reached: check HTTPS_PROXY and NO_PROXY"),
        (boto.SSLError, "the endpoint's certificate was not accepted: check aws_ca_bundle and endpoint_url"),
        (
            (boto.HTTPClientError, boto.ConnectionError),
            "no route to the endpoint: check the network, endpoint_url and AWS_ENDPOINT_URL",
        ),
    ):
        if isinstance(error, kinds):
            return f"{sentence} ({error})"
    return str(error)


def _unparsable(path: str, cause: BaseException) -> str:
    """Names the place at which a credentials or config file cannot be parsed, and never its text."""
    line = getattr(cause, "lineno", None)
    if line is None and isinstance(cause, configparser.ParsingError) and cause.errors:
        line = cause.errors[0][0]
    place = f"line {line} of {path}" if line else path
    return f"the AWS credentials or config file does not parse: correct {place} ({type(cause).__name__})"
