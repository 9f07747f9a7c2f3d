# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Sentences for what fails on this host: files, helpers, credentials, the network."""

from __future__ import annotations

import codecs
import configparser
import errno
import pathlib
import shlex
import typing as t

from .boto import BotoConnectionError, BotoCoreError, ConnectTimeoutError, HTTPClientError, ReadTimeoutError
from .boto import exceptions as boto

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "begins with a byte order mark (BOM): save it as UTF-8 without one",
    codecs.BOM_UTF16_LE: "is UTF-16: save it as UTF-8",
    codecs.BOM_UTF16_BE: "is UTF-16: save it as UTF-8",
}
NO_TERMINAL = (
    "and an unattended run has no terminal to ask on: use a role without mfa_serial, an instance role, or a session "
    "made beforehand (aws sts get-session-token)"
)
_ALREADY_EXPIRED = "refreshed credentials are still expired"


def is_known(error: BaseException) -> bool:
    """Whether an exception is one of the ways in which settings, files and networks fail, and no fault of code."""
    return isinstance(error, (BotoCoreError, OSError, MemoryError)) or _ALREADY_EXPIRED in str(error)


def local_sentence(error: BaseException, message: str, profile: str | None, sso_profile: str | None) -> str:
    """C(message) is the error's own, cleaned."""
    if isinstance(error, boto.ConfigParseError):
        details: dict[str, t.Any] = {**error.kwargs}
        return unparsable_file(str(details["path"]), details.get("error"))
    # The first that fits is the most specific: botocore derives the others' errors from the last's.
    for kinds, sentence in (
        (
            boto.NoCredentialsError,
            (
                "no AWS credentials were found: set profiles or profile, access_key and secret_key, "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the host an instance role"
            ),
        ),
        (
            _kinds("SSOError", "TokenRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError"),
            f"the single sign-on session is missing or has expired: run '{_login(sso_profile or profile)}'",
        ),
        (_kinds("RefreshWithMFAUnsupportedError"), f"the profile wants a code of an MFA device, {NO_TERMINAL}"),
        (boto.ProxyConnectionError, "the proxy cannot be reached: check HTTPS_PROXY and NO_PROXY"),
        (boto.SSLError, "the endpoint's certificate was not accepted: check aws_ca_bundle and endpoint_url"),
        (
            (ConnectTimeoutError, ReadTimeoutError),
            "the endpoint did not answer in time: check the network, HTTPS_PROXY, endpoint_url and AWS_ENDPOINT_URL",
        ),
        (
            (HTTPClientError, BotoConnectionError),
            "no route to the endpoint: check the network, endpoint_url and AWS_ENDPOINT_URL",
        ),
    ):
        if isinstance(error, kinds):
            return f"{sentence} ({message})"
    return message if isinstance(error, BotoCoreError) else _other_sentence(error, message)


def _other_sentence(error: BaseException, message: str) -> str:
    if isinstance(error, OSError):
        return _system_error(error, message)
    if isinstance(error, MemoryError):
        return "this host has no memory left: lower concurrency and profile_concurrency"
    if _ALREADY_EXPIRED in message:
        return "the profile's source of credentials gives credentials that have expired already: renew them there"
    detail = f": {message}" if message else ""
    return f"an unexpected {type(error).__name__}{detail}: run with -vvv for the traceback, and report it"


def unparsable_file(path: str, cause: BaseException | None) -> str:
    """Names the place at which a credentials or config file cannot be parsed, and never its text."""
    for mark, reason in _BYTE_ORDER_MARKS.items():
        if _first_bytes(path).startswith(mark):
            return f"the AWS credentials or config file does not parse: {path} {reason}"
    if isinstance(cause, UnicodeError):
        return f"the AWS credentials or config file does not parse: {path} is not UTF-8: save it as UTF-8"
    line = getattr(cause, "lineno", None)
    if line is None and isinstance(cause, configparser.ParsingError) and cause.errors:
        line = cause.errors[0][0]
    place = f"line {line} of {path}" if line else path
    return f"the AWS credentials or config file does not parse: correct {place} ({type(cause).__name__})"


def _first_bytes(path: str) -> bytes:
    try:
        with pathlib.Path(path).open("rb") as file:
            return file.read(4)
    except (OSError, ValueError):
        return b""


def _system_error(error: OSError, message: str) -> str:
    if error.filename is None:
        return f"this host's operating system failed: {error.strerror or message or type(error).__name__}"
    what = "does not exist" if error.errno == errno.ENOENT else f"cannot be used: {error.strerror or message}"
    return f"{error.filename!s} {what}: correct the setting of the profile or of the environment that names it"


def _kinds(*names: str) -> tuple[type[BaseException], ...]:
    """Exceptions that not every version of botocore has."""
    return tuple(kind for kind in (getattr(boto, name, None) for name in names) if kind is not None)


def _login(profile: str | None) -> str:
    return f"aws sso login --profile {shlex.quote(profile)}" if profile else "aws sso login"
