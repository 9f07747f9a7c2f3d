# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Two thousand random faults, at every call to the outside: the healthy profiles lose nothing, without a traceback."""

from __future__ import annotations

import base64
import builtins
import csv
import datetime as dt
import errno
import json
import random
import threading
from string import Formatter
from typing import TYPE_CHECKING, Any, cast

import pytest
import requests.exceptions
from botocore import exceptions, parsers
from botocore.awsrequest import AWSResponse
from urllib3 import exceptions as urllib3_exceptions

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import collect as collecting
from ansible_collections.keyward.iam.plugins.module_utils._access_keys import profile as profiles
from ansible_collections.keyward.iam.plugins.module_utils._access_keys import report_fetch
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import AgeLimits
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import (
    ConnectionSettings,
    ProfileSession,
    shared_data_loader,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

FAULTS = 2000
PROFILES = 550
USERS = 12
BATCH = 50
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
REPORT = (
    "user,arn,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,"
    "access_key_2_last_rotated,access_key_2_last_used_date\n"
    "<root_account>,arn:aws:iam::111122223333:root,true,2026-01-01T00:00:00Z,N/A,false,N/A,N/A\n"
    "alice,arn:aws:iam::111122223333:user/alice,true,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,false,N/A,N/A\n"
)
MEMBERS = "".join(
    f"<member><Path>/</Path><UserName>alice{number}</UserName><UserId>AIDA{number}</UserId>"
    f"<Arn>arn:aws:iam::111122223333:user/alice{number}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>"
    for number in range(USERS)
)
KEY = (
    "<member><UserName>alice</UserName><AccessKeyId>AKIAALICEALICE000001</AccessKeyId><Status>Active</Status>"
    "<CreateDate>2026-01-01T00:00:00Z</CreateDate></member>"
)
RESULTS = {
    "ListUsers": f"<IsTruncated>false</IsTruncated><Users>{MEMBERS}</Users>",
    "ListAccessKeys": f"<IsTruncated>false</IsTruncated><AccessKeyMetadata>{KEY}</AccessKeyMetadata>",
    "GetCredentialReport": (
        f"<Content>{base64.b64encode(REPORT.encode()).decode()}</Content><ReportFormat>text/csv</ReportFormat>"
        "<GeneratedTime>2026-11-22T11:00:00Z</GeneratedTime>"
    ),
    "GenerateCredentialReport": "<State>COMPLETE</State>",
    "GetCallerIdentity": "<Arn>arn:aws:iam::111122223333:user/alice</Arn><UserId>A</UserId>",
}
ERRORS = ("AccessDenied", "Throttling", "ServiceFailure", "InvalidClientTokenId", "ReportNotPresent", "\x1b[2J")


def response(action: str) -> bytes:
    return (
        f"<{action}Response><{action}Result>{RESULTS[action]}</{action}Result>"
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    ).encode()


def exception_classes() -> list[type[BaseException]]:
    found = [csv.Error, json.JSONDecodeError, SystemExit]
    for module in (builtins, exceptions, parsers, requests.exceptions, urllib3_exceptions):
        found += [
            kind
            for kind in vars(module).values()
            if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, (Warning, StopIteration))
        ]
    return sorted(set(found), key=lambda kind: (kind.__module__, kind.__name__))


CLASSES = exception_classes()


def some_exception(draw: random.Random) -> BaseException:
    kind = draw.choice(CLASSES)
    if issubclass(kind, exceptions.ClientError):
        return kind({"Error": {"Code": draw.choice(ERRORS), "Message": "no\x1b[2J"}}, "ListUsers")
    if issubclass(kind, exceptions.BotoCoreError):
        fields = {name for _text, name, _spec, _conversion in Formatter().parse(kind.fmt) if name}
        return kind(**dict.fromkeys(fields, "x"))
    if issubclass(kind, OSError) and draw.random() < 0.7:
        return kind(draw.choice(list(errno.errorcode)), "odd\n", "/some/file")
    for arguments in (("odd\x1b[2J",), ("odd", "doc", 0), ("utf-8", b"\xf6", 0, 1, "odd"), (None, "odd"), ()):
        try:
            return kind(*arguments)
        except TypeError:
            continue
    return kind.__new__(kind)


def some_bytes(draw: random.Random, whole: bytes) -> bytes:  # noqa: PLR0911
    match draw.randrange(7):
        case 0:
            return draw.randbytes(draw.randrange(300))
        case 1:
            return whole[: draw.randrange(len(whole))]
        case 2:
            place = draw.randrange(len(whole))
            return whole[:place] + draw.randbytes(3) + whole[place + 1 :]
        case 3:
            return draw.choice((b"", b"<html><body>Sign in</body></html>", b"upstream connect error", b"{}", b"<a/>"))
        case 4:
            return whole.replace(draw.choice((b"2026-01-01T00:00:00Z", b"alice", b"false")), draw.randbytes(2))
        case 5:
            code = draw.choice(ERRORS).replace("\x1b", "&#155;")
            return f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>".encode()
        case _:
            report = bytearray(REPORT.encode())
            for _number in range(draw.randrange(1, 6)):
                report[draw.randrange(len(report))] = draw.randrange(256)
            content = base64.b64encode(REPORT.encode())
            return whole.replace(content, base64.b64encode(bytes(report)))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_arguments: Any, **_options: Any) -> Any:
        yield self._body


class Outside:
    """Answers every request of every profile; to those called C(bad-…) one random fault happens."""

    def __init__(self) -> None:
        self.faults = 0

    def connect(self, session: ProfileSession, name: str) -> None:
        draw = random.Random(name)  # noqa: S311
        target = draw.choice(list(RESULTS)) if name.startswith("bad") else None

        def send(request: Any, event_name: str, **_kwargs: Any) -> AWSResponse:
            action = event_name.rpartition(".")[2]
            status, body = 200, response(action)
            if action == target or (target and action != "ListUsers" and draw.random() < 0.7):
                self.faults += 1
                if draw.random() < 0.5:
                    raise some_exception(draw)
                status, body = draw.choice((200, 200, 200, 302, 400, 403, 404, 429, 500, 503)), some_bytes(draw, body)
            return AWSResponse(request.url, status, cast("Any", {"x-amzn-RequestId": "r"}), _Raw(body))

        session.get_component("event_emitter").register_last("before-send", send)
        if name.startswith("bad") and draw.random() < 0.15:
            self.faults += 1
            error = some_exception(draw)
            session.get_credentials = _raiser(error)  # type: ignore[method-assign]


def _raiser(error: BaseException) -> Any:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise error

    return fail


def test_random_faults_cost_the_healthy_profiles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    batches = [[f"bad-{number}" for number in range(start, start + BATCH)] for start in range(0, PROFILES, BATCH)]
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    outside = Outside()

    class Session(ProfileSession):
        def __init__(self, name: str, *arguments: Any, **options: Any) -> None:
            super().__init__(name, *arguments, **options)
            outside.connect(self, name)

    monkeypatch.setattr(profiles, "ProfileSession", Session)
    monkeypatch.setattr(report_fetch.ReportFetcher.__init__, "__defaults__", (0.0,))
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    loader = shared_data_loader()
    monkeypatch.setattr(collecting, "shared_data_loader", lambda: loader)
    crashes: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", crashes.append)
    settings = ConnectionSettings(region="us-east-1", config={"retries": {"total_max_attempts": 2, "mode": "standard"}})
    request = CollectRequest(settings, AgeLimits(150, 180), NOW, concurrency=1, profile_concurrency=2)
    failed = 0
    for bad in batches:
        names = [*bad, "good-1", "good-2"]
        credentials = "aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n"
        (tmp_path / "credentials").write_text("".join(f"[{name}]\n{credentials}" for name in names))
        collected = collecting.collect(names, request)
        entries = {entry["profile"]: entry for entry in collected.result["profiles"]}
        assert entries.keys() == set(names)
        for name in ("good-1", "good-2"):
            assert (entries[name]["ok"], entries[name]["access_keys"], entries[name]["root_keys"]) == (
                True,
                USERS + 1,
                1,
            )
        for entry in entries.values():
            if not entry["ok"]:
                failed += 1
                assert entry["error"].isprintable()
                assert entry["error"]
                assert entry["error_code"]
        shown = json.dumps(collected.result) + "".join(collected.failures + collected.warnings)
        assert "Traceback" not in shown
        assert "hunter2" not in shown
    assert not crashes
    assert outside.faults >= FAULTS
    assert failed > PROFILES // 2
    assert capfd.readouterr() == ("", "")
