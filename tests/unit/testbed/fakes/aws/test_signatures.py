# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import botocore.auth
import pytest
import requests
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from testbed.fakes.aws import Account, AwsEndpoint, Credentials, Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient

IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"


def test_the_access_key_selects_the_account(aws: AwsEndpoint, connect_sts: Callable[..., STSClient]) -> None:
    ids = [
        connect_sts(aws.account(account_id).admin_credentials).get_caller_identity()["Account"]
        for account_id in ("111122223333", "444455556666")
    ]

    assert ids == ["111122223333", "444455556666"]


def test_a_user_is_known_by_arn(account: Account, connect_sts: Callable[..., STSClient]) -> None:
    user = account.add_user("alice", path="/eng/", keys=[Key()])

    identity = connect_sts(user.key().credentials).get_caller_identity()

    assert identity["Arn"] == "arn:aws:iam::111122223333:user/eng/alice"
    assert identity["UserId"] == user.id


def test_a_key_nobody_has_is_refused(connect: Callable[..., IAMClient]) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidClientTokenId\)") as refusal:
        connect(Credentials("AKIAUNKNOWNUNKNOWN12", "secret")).list_users()

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_wrong_secret_is_refused(account: Account, connect: Callable[..., IAMClient]) -> None:
    with pytest.raises(ClientError, match=r"\(SignatureDoesNotMatch\)") as refusal:
        connect(replace(account.admin_credentials, secret_access_key="wrong")).list_users()

    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_session_needs_its_token(account: Account, connect: Callable[..., IAMClient]) -> None:
    with pytest.raises(ClientError, match=r"\(InvalidClientTokenId\)"):
        connect(replace(account.admin_credentials, session_token=None)).list_users()


def test_an_expired_session_is_refused(aws: AwsEndpoint, sts: STSClient, connect: Callable[..., IAMClient]) -> None:
    made = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/any", RoleSessionName="test", DurationSeconds=900)[
        "Credentials"
    ]
    client = connect(Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))
    client.list_users()

    aws.clock.advance(seconds=901)

    with pytest.raises(ClientError, match=r"\(ExpiredToken\)"):
        client.list_users()


def test_a_deactivated_key_is_refused_until_it_is_active_again(
    iam: IAMClient, account: Account, connect: Callable[..., IAMClient]
) -> None:
    key = account.add_user("alice", keys=[Key()]).key()
    alice = connect(key.credentials)

    iam.update_access_key(UserName="alice", AccessKeyId=key.id, Status="Inactive")
    with pytest.raises(ClientError, match=r"\(InvalidClientTokenId\)"):
        alice.list_users()

    iam.update_access_key(UserName="alice", AccessKeyId=key.id, Status="Active")
    alice.list_users()


def test_a_request_without_signature_is_refused(aws: AwsEndpoint) -> None:
    answer = requests.post(aws.url, data=IDENTITY, timeout=5)

    assert answer.status_code == 403
    assert "<Code>MissingAuthenticationToken</Code>" in answer.text


def test_a_changed_body_breaks_the_signature(aws: AwsEndpoint, account: Account) -> None:
    headers = signed_headers(aws.url, account.admin_credentials)

    assert requests.post(aws.url, data=IDENTITY, headers=headers, timeout=5).status_code == 200
    changed = requests.post(aws.url, data=IDENTITY + b"&More=1", headers=headers, timeout=5)
    assert "<Code>SignatureDoesNotMatch</Code>" in changed.text


@pytest.mark.parametrize(("minutes", "words"), [(-6, "Signature expired"), (6, "Signature not yet current")])
def test_a_clock_that_is_off_is_refused(
    aws: AwsEndpoint, account: Account, monkeypatch: pytest.MonkeyPatch, minutes: int, words: str
) -> None:
    off = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: off)

    answer = requests.post(
        aws.url, data=IDENTITY, headers=signed_headers(aws.url, account.admin_credentials), timeout=5
    )

    assert answer.status_code == 403
    assert words in answer.text


def signed_headers(url: str, credentials: Credentials) -> dict[str, str]:
    signer = botocore.auth.SigV4Auth(ReadOnlyCredentials(*astuple(credentials)), "sts", "us-east-1")
    request = AWSRequest("POST", url, data=IDENTITY)
    signer.add_auth(request)
    return dict(request.headers)
