# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What answers in the place of IAM and STS, through botocore's parsers: keys, or one sentence."""

from __future__ import annotations

import base64
import datetime as dt
import functools
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

from botocore.awsrequest import AWSResponse

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import parse
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.listing import listed_key
from ansible_collections.keyward.iam.plugins.module_utils._aws.bodies import BoundedSession
from ansible_collections.keyward.iam.plugins.module_utils._aws.boundary import attempt
from ansible_collections.keyward.iam.plugins.module_utils._aws.instrumentation import CallCounter
from ansible_collections.keyward.iam.plugins.module_utils._aws.responses import pages
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings, ProfileSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_USER = {"UserName": "alice", "Arn": "arn:aws:iam::111122223333:user/alice", "Path": "/"}
_STATUSES = (200, 200, 200, 201, 204, 302, 400, 403, 404, 429, 500, 503)
_REPORT = base64.b64encode(b"user,arn,access_key_1_active\nalice,arn:aws:iam::111122223333:user/alice,true\n").decode()
_OPERATIONS = ("ListUsers", "ListAccessKeys", "GetCredentialReport", "GetCallerIdentity", "ListUserTags")


def _answer(operation: int, result: str, status: int = 0) -> bytes:
    name = _OPERATIONS[operation]
    return (
        bytes([operation, status])
        + (
            f"<{name}Response><{name}Result>{result}</{name}Result>"
            f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{name}Response>"
        ).encode()
    )


SEEDS = (
    _answer(
        0,
        "<IsTruncated>false</IsTruncated><Users><member><Path>/</Path><UserName>alice</UserName><UserId>AIDA</UserId>"
        "<Arn>arn:aws:iam::111122223333:user/alice</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member></Users>",
    ),
    _answer(
        1,
        "<IsTruncated>true</IsTruncated><Marker>m</Marker><AccessKeyMetadata><member><UserName>alice</UserName>"
        "<AccessKeyId>AKIAALICEALICE000001</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z"
        "</CreateDate></member></AccessKeyMetadata>",
    ),
    _answer(2, f"<Content>{_REPORT}</Content><GeneratedTime>2026-11-22T11:00:00Z</GeneratedTime>"),
    _answer(4, "<Tags><member><Key>team</Key><Value>a</Value></member></Tags>"),
    _answer(3, "<Arn>arn:aws:iam::111122223333:user/alice</Arn><Account>111122223333</Account><UserId>A</UserId>"),
    *(
        bytes([number % 4, status])
        + f"<ErrorResponse><Error><Code>{code}</Code><Message>no &#27;[2J</Message></Error></ErrorResponse>".encode()
        for number, (status, code) in enumerate(
            [(7, "AccessDenied"), (6, "Throttling"), (10, "ServiceFailure"), (7, "InvalidClientTokenId"), (8, "<a/>")]
        )
    ),
    b"\0\x03<html><body>Sign in</body></html>",
    b'\0\0<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
)
FOUND = (
    _answer(0, "<Users><member><UserName>alice</UserName></member></Users>"),
    _answer(1, "<AccessKeyMetadata><member/></AccessKeyMetadata>"),
    _answer(3, ""),
)


class _Session(ProfileSession):
    """Pauses are not waited for."""

    def _pause(self, seconds: float) -> None:
        pass


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, size: int, **_options: Any) -> Iterator[bytes]:
        yield from (self._body[start : start + size] for start in range(0, len(self._body), size))


class _Answers:
    """In the place of botocore's HTTP session."""

    status = 200
    body = b""

    def send(self, request: Any) -> AWSResponse:
        return AWSResponse(request.url, self.status, cast("Any", {"x-amzn-RequestId": "r"}), _Raw(self.body))


@functools.cache
def _clients() -> tuple[_Answers, Any, Any]:
    session = _Session(None, ConnectionSettings("AKIA", "hunter2", region="us-east-1"), CallCounter())
    answers = _Answers()
    made = [session.create_client(name) for name in ("iam", "sts")]
    for client in made:
        client._endpoint.http_session = BoundedSession(answers)
    return answers, *made


def _users(iam: Any) -> list[str]:
    listed = pages(iam, "list_users", "Users")
    return [user["UserName"] + user["Arn"] + user["Path"] for page in listed for user in page]


def _keys(iam: Any) -> list[str]:
    found = pages(iam, "list_access_keys", "AccessKeyMetadata", UserName="alice")
    listed = [listed_key(_USER, key) for page in found for key in page]
    assert all(isinstance(key.create_date, dt.datetime) for key in listed)
    return [key.access_key_id + key.status for key in listed]


def _tags(iam: Any) -> list[str]:
    listed = pages(iam, "list_user_tags", "Tags", UserName="alice")
    return [tag["Key"] + tag["Value"] for page in listed for tag in page]


def _report(iam: Any) -> list[str]:
    answer = iam.get_credential_report()
    return list(parse(answer.get("Content"), answer.get("GeneratedTime")).slots)


def check(data: bytes, _room: Path) -> None:
    answers, iam, sts = _clients()
    answers.status, answers.body = _STATUSES[sum(data[1:2]) % len(_STATUSES)], data[2:]
    calls = (_users, _keys, _report, lambda _iam: [sts.get_caller_identity()["Arn"]], _tags)
    call = calls[sum(data[:1]) % len(calls)]
    with mock.patch("botocore.endpoint.time.sleep"):
        found, failure = attempt(lambda: call(iam))
    if failure is None:
        assert found is not None
        assert all(isinstance(each, str) for each in found)
        return
    assert failure.traceback is None, failure.traceback
    assert failure.sentence
    assert failure.sentence.isprintable()
    assert failure.code.isprintable()
    assert failure.message is None or failure.message.isprintable()
