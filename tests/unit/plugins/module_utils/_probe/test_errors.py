# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import http.client
import socket
from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.exceptions import ClientError

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import (
    RESPONSE_TOO_LONG,
    UNREADABLE_RESPONSE,
    UserError,
)
from ansible_collections.keyward.iam.plugins.module_utils._common.deadlines import TimedOutError
from ansible_collections.keyward.iam.plugins.module_utils._probe.errors import CallError, ErrorClass, classify

POLICY = "arn:aws:iam::111122223333:policy/x"


def answer(code: str, status: int = 400, message: str = "words of AWS") -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "CreateGroup")


def page(code: str, status: int) -> ClientError:
    """What is not AWS's, such as the page of a gateway."""
    error = answer(code, status)
    response: Any = error.response
    response[UNREADABLE_RESPONSE] = True
    return error


@pytest.mark.parametrize(
    ("error", "error_class"),
    [
        *((answer(code), ErrorClass.THROTTLING) for code in ("Throttling", "RequestLimitExceeded", "SlowDown")),
        *((answer(code), ErrorClass.THROTTLING) for code in ("TooManyRequests", "TooManyRequestsException")),
        (answer("SlowDown", 503), ErrorClass.THROTTLING),
        (answer("Whatever", 429), ErrorClass.THROTTLING),
        (page("TooManyRequestsException", 429), ErrorClass.THROTTLING),
        (page(UNREADABLE_RESPONSE, 200), ErrorClass.FAULT),
        (page(UNREADABLE_RESPONSE, 403), ErrorClass.FAULT),
        (answer("ServiceFailure", 500), ErrorClass.FAULT),
        (answer("AccessDenied", 403), ErrorClass.MISCONFIGURED),
        (answer("LimitExceeded", 409), ErrorClass.MISCONFIGURED),
        (answer("NoSuchEntity", 404), ErrorClass.CONSISTENCY),
        (boto.EndpointConnectionError(endpoint_url="x"), ErrorClass.FAULT),
        (boto.ConnectTimeoutError(endpoint_url="x"), ErrorClass.TIMEOUT),
        (boto.NoCredentialsError(), ErrorClass.MISCONFIGURED),
        (UserError("Own", "a sentence"), ErrorClass.MISCONFIGURED),
        (TimedOutError(), ErrorClass.TIMEOUT),
        (ClientError({}, "CreateGroup"), ErrorClass.MISCONFIGURED),
    ],
)
def test_classes(error: Exception, error_class: ErrorClass) -> None:
    assert classify(error).error_class is error_class


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("a\nb"),
        MemoryError(),
        KeyError("x"),
        RecursionError(),
        FileNotFoundError(2, "No such file", "/x"),
        PermissionError(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        socket.gaierror(-2, "unknown"),
        http.client.IncompleteRead(b""),
        StopIteration(),
        Exception(b"\x1b[2J"),
    ],
)
def test_whatever_is_raised_becomes_one_line(error: Exception) -> None:
    failure = CallError(error).failure
    assert failure.code == type(error).__name__
    assert failure.sentence
    assert failure.sentence.isprintable()


def test_a_call_with_a_response_that_is_too_long_may_have_been_carried_out() -> None:
    failure = classify(UserError(RESPONSE_TOO_LONG, "the response to CreateUser is longer than 4 MiB"))
    assert (failure.error_class, failure.uncertain) == (ErrorClass.FAULT, True)


@pytest.mark.parametrize(
    ("error", "begins", "ends"),
    [
        (answer("AccessDenied"), "access denied: allow iam:CreateGroup to this identity, which", "(AWS: words of AWS)"),
        (
            answer("AccessDenied", message="x with an explicit deny in a service control policy"),
            "access denied: a service control policy denies iam:CreateGroup explicitly: change that policy, no allow",
            "(AWS: x with an explicit deny in a service control policy)",
        ),
        (answer("ExpiredToken"), "the session token has expired", "(AWS: words of AWS)"),
        (answer("LimitExceeded"), "CreateGroup failed with LimitExceeded: words of AWS; raise the account's", "needed"),
        (answer("NoSuchEntity", message=f"no {POLICY}"), f"there is no policy {POLICY}: make it with", "there is"),
    ],
)
def test_a_sentence_keeps_the_words_of_aws(error: ClientError, begins: str, ends: str) -> None:
    sentence = classify(error, POLICY).sentence
    assert sentence.startswith(begins)
    assert sentence.endswith(ends)


def test_advice_is_not_given_where_it_cannot_help() -> None:
    message = "x because no permissions boundary allows the iam:CreateGroup action"
    assert "bootstrap" not in classify(answer("AccessDenied", message=message)).sentence


@pytest.mark.parametrize(
    ("error", "uncertain"),
    [
        (answer("ServiceFailure", 500), True),
        (answer("AccessDenied", 403), False),
        (TimedOutError(), True),
        (boto.ConnectTimeoutError(endpoint_url="x"), False),
        (boto.ConnectionClosedError(endpoint_url="x"), True),
        (RuntimeError(), True),
        (boto.NoCredentialsError(), False),
    ],
)
def test_what_may_have_been_carried_out(error: Exception, uncertain: bool) -> None:  # noqa: FBT001
    assert classify(error).uncertain is uncertain
