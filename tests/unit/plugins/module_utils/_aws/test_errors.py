# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from ansible_collections.keyward.iam.plugins.module_utils._aws.boundary import attempt, details_of
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import ErrorContext, explain

if TYPE_CHECKING:
    from pathlib import Path

USER = "User: arn:aws:iam::999988887777:user/base is not authorized to perform: "
ROLE = "arn:aws:iam::111122223333:role/path/auditor"


def refused(code: str, message: str, operation: str = "ListUsers", **response: Any) -> ClientError:
    error: Any = {"Error": {"Code": code, "Message": message}, **response}
    return ClientError(error, operation)


@pytest.mark.parametrize(
    ("ending", "says"),
    [
        ("", "access denied: allow iam:ListUsers to this identity"),
        (
            " because no identity-based policy allows the iam:ListUsers action",
            "access denied: allow iam:ListUsers to this identity",
        ),
        *(
            (
                f" with an explicit deny in {article} {kind}",
                f"access denied: {article} {kind} denies iam:ListUsers explicitly: change that policy, no allow helps",
            )
            for article, kind in (
                ("a", "service control policy"),
                ("a", "resource control policy"),
                ("a", "permissions boundary"),
                ("a", "session policy"),
                ("an", "identity-based policy"),
                ("a", "VPC endpoint policy"),
            )
        ),
        (
            " with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o/p",
            "a service con",
        ),
        (" with an explicit deny", "a policy denies iam:ListUsers explicitly, and no allow helps"),
        (" because no service control policy allows the iam:ListUsers action", "no service control policy allows"),
        (" because no permissions boundary allows the iam:ListUsers action", "no permissions boundary allows"),
        (" because no session policy allows the iam:ListUsers action", "no session policy allows"),
    ],
)
def test_a_denial_says_which_policy_stands_against_it(ending: str, says: str) -> None:
    message = f"{USER}iam:ListUsers on resource: arn:aws:iam::999988887777:user/{ending}"
    found = explain(refused("AccessDenied", message, ResponseMetadata={"RequestId": "r-1"}))
    assert says.lower() in found.sentence.lower()
    assert ("allow iam:ListUsers to this identity" in found.sentence) is (says.endswith("to this identity"))
    assert (found.message, found.request_id) == (message, "r-1")


@pytest.mark.parametrize("named", [True, False])
def test_a_role_that_may_not_be_assumed_is_named_with_its_account(named: bool) -> None:  # noqa: FBT001
    message = f"{USER}sts:AssumeRole on resource: {ROLE}" if named else "Access denied"
    sentence = explain(refused("AccessDenied", message, "AssumeRole"), ErrorContext(role_arn=ROLE)).sentence
    for part in (ROLE, "account 111122223333", "allow sts:AssumeRole on it", "trust policy", "external id"):
        assert part in sentence


def test_a_role_that_a_policy_denies_explicitly_gets_no_advice_to_allow() -> None:
    message = f"{USER}sts:AssumeRole on resource: {ROLE} with an explicit deny in a service control policy"
    sentence = explain(refused("AccessDenied", message, "AssumeRole")).sentence
    assert "no allow helps" in sentence
    assert ROLE in sentence
    assert "trust policy" not in sentence


@pytest.mark.parametrize(
    ("context", "says"),
    [
        (
            ErrorContext(temporary_key_without_token=True, region="us-east-1"),
            "there is no session token: set",
        ),
        (ErrorContext(), "China and GovCloud need region set"),
        (ErrorContext(region="af-south-1"), "region af-south-1 must be enabled"),
    ],
)
def test_an_unknown_key_has_the_causes_that_are_seen(context: ErrorContext, says: str) -> None:
    assert says in explain(refused("InvalidClientTokenId", "The security token is invalid"), context).sentence


def test_the_expired_credentials_of_an_instance_are_not_a_person_s_to_renew() -> None:
    found = explain(refused("ExpiredToken", "expired"), ErrorContext(from_instance_role=True))
    assert "the instance metadata service gives credentials that have expired" in found.sentence


@pytest.mark.parametrize(
    "error",
    [
        exceptions.UnauthorizedSSOTokenError(),
        exceptions.SSOTokenLoadError(error_msg="Token for corp does not exist"),
        exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
        exceptions.SSOError(),
    ],
)
def test_a_single_sign_on_session_names_the_command(error: Exception) -> None:
    assert "run 'aws sso login --profile 'my corp''" in explain(error, ErrorContext(profile="my corp")).sentence
    assert "aws sso login --profile base" in explain(error, ErrorContext(profile="x", sso_profile="base")).sentence


def test_whichever_call_comes_first_a_code_of_an_mfa_device_cannot_be_asked_for() -> None:
    sentence = explain(exceptions.RefreshWithMFAUnsupportedError()).sentence
    assert "wants a code of an MFA device, and an unattended run has no terminal to ask on: use a role" in sentence


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xef\xbb\xbf[default]\n", "byte order mark"),
        ("[default]\n".encode("utf-16"), "is UTF-16"),
        (b"[default]\nx = \xf6\n", "is not UTF-8"),
        (b"[default]\nnosetting\n", "correct "),
    ],
)
def test_a_file_that_does_not_parse_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "credentials"
    path.write_bytes(content)
    cause = UnicodeDecodeError("utf-8", b"", 0, 1, "") if b"\xf6" in content else ValueError()
    error = exceptions.ConfigParseError(path=str(path), error=cause)
    assert says in explain(error).sentence


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url="http://me:hunter2/xyz@127.0.0.1:9", error="x"),
        exceptions.ProxyConnectionError(proxy_url="http://me:hunter2#xyz@127.0.0.1:9", error="x"),
        exceptions.ReadTimeoutError(endpoint_url="socks5h://me:hunter2@127.0.0.1:9", error="x"),
        ValueError("http://me:hunter2@127.0.0.1:9 \x1b[2J\nok: forged"),
    ],
)
def test_no_secret_of_a_url_and_no_control_character_is_passed_on(error: Exception) -> None:
    found = explain(error)
    assert "hunter2" not in str(found[:4])
    assert all(text.isprintable() for text in found[:4] if text)


def test_a_request_that_gets_no_response_is_a_time_out() -> None:
    for error in (exceptions.ReadTimeoutError(endpoint_url="x"), exceptions.ConnectTimeoutError(endpoint_url="x")):
        assert explain(error).sentence.startswith("the endpoint did not answer in time")


class _UntellableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("error", [_UntellableError(), SystemExit(3), RecursionError(), MemoryError(), KeyError("k")])
def test_the_boundary_explains_whatever_is_raised(error: BaseException) -> None:
    def fail() -> None:
        raise error

    result, found = attempt(fail)
    assert result is None
    assert found is not None
    assert found.sentence.isprintable()
    assert found.code == type(error).__name__


def test_a_context_that_cannot_be_read_costs_no_explanation() -> None:
    def broken() -> ErrorContext:
        raise OSError

    assert details_of(refused("Throttling", "Rate exceeded"), broken).sentence.endswith("Throttling: Rate exceeded")
