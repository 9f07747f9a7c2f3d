# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Random faults at every call to the outside and in the shared files: healthy profiles lose nothing, without a traceback.

Each fault follows from the names of the profile and the operation and from how often it was asked for, so that a run is
repeated by running it again. With those in the other files, which tests/unit/test_random_files.py makes, they are more
than two thousand.
"""

from __future__ import annotations

import base64
import builtins
import csv
import datetime as dt
import errno
import json
import threading
from collections import Counter
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
from testbed.drivers.corruption import corrupted, seeded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

pytestmark = pytest.mark.once

FAULTS = 1200
PROFILES = 350
USERS = 12
BATCH = 50
FILES = 150
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


def some_exception(draw: Random) -> BaseException:
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


def some_bytes(draw: Random, whole: bytes) -> bytes:  # noqa: PLR0911
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
        self.drawn: dict[tuple[str, str, int], str] = {}

    def connect(self, session: ProfileSession, name: str) -> None:
        of_profile = seeded(name)
        target = of_profile.choice(list(RESULTS)) if name.startswith("bad") else None
        asked: Counter[str] = Counter()

        def send(request: Any, event_name: str, **_kwargs: Any) -> AWSResponse:
            action = event_name.rpartition(".")[2]
            asked[action] += 1
            # Not by the order of requests, which threads decide.
            draw = seeded(f"{name} {action} {asked[action]}")
            status, body = 200, response(action)
            if action == target or (target and action != "ListUsers" and draw.random() < 0.7):
                self.faults += 1
                fault = some_exception(draw) if draw.random() < 0.5 else None
                self.drawn[name, action, asked[action]] = repr(fault)
                if fault:
                    raise fault
                status, body = draw.choice((200, 200, 200, 302, 400, 403, 404, 429, 500, 503)), some_bytes(draw, body)
            return AWSResponse(request.url, status, cast("Any", {"x-amzn-RequestId": "r"}), _Raw(body))

        session.get_component("event_emitter").register_last("before-send", send)
        if name.startswith("bad") and of_profile.random() < 0.15:
            self.faults += 1
            error = some_exception(of_profile)
            session.get_credentials = _raiser(error)  # type: ignore[method-assign]


def _raiser(error: BaseException) -> Any:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise error

    return fail


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """All profiles are answered by it, and no thread ends with an exception."""
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    (tmp_path / "config").touch()
    made = Outside()

    class Session(ProfileSession):
        def __init__(self, name: str, *arguments: Any, **options: Any) -> None:
            super().__init__(name, *arguments, **options)
            made.connect(self, name)

    monkeypatch.setattr(profiles, "ProfileSession", Session)
    monkeypatch.setattr(report_fetch.ReportFetcher.__init__, "__defaults__", (0.0,))
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    loader = shared_data_loader()
    monkeypatch.setattr(collecting, "shared_data_loader", lambda: loader)
    crashes: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", crashes.append)
    yield made
    assert not crashes


def write_credentials(path: Path, names: list[str]) -> None:
    credentials = "aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n"
    path.write_text("".join(f"[{name}]\n{credentials}" for name in names))


SETTINGS = ConnectionSettings(region="us-east-1", config={"retries": {"total_max_attempts": 2, "mode": "standard"}})
REQUEST = CollectRequest(SETTINGS, AgeLimits(150, 180), NOW, concurrency=1, profile_concurrency=2)


def checked(collected: collecting.Collected) -> dict[str, dict[str, Any]]:
    """The entries of profiles, of which each failure is a sentence."""
    for entry in collected.result["profiles"]:
        if not entry["ok"]:
            assert entry["error"].isprintable()
            assert entry["error"]
            assert entry["error_code"]
    shown = json.dumps(collected.result) + "".join(collected.failures + collected.warnings)
    assert "Traceback" not in shown
    assert "hunter2" not in shown
    return {entry["profile"]: entry for entry in collected.result["profiles"]}


def is_whole(entry: dict[str, Any]) -> bool:
    return (entry["ok"], entry["access_keys"], entry["root_keys"]) == (True, USERS + 1, 1)


def test_random_faults_cost_the_healthy_profiles_nothing(
    tmp_path: Path, outside: Outside, capfd: pytest.CaptureFixture[str]
) -> None:
    failed = 0
    for start in range(0, PROFILES, BATCH):
        names = [*(f"bad-{number}" for number in range(start, start + BATCH)), "good-1", "good-2"]
        write_credentials(tmp_path / "credentials", names)
        entries = checked(collecting.collect(names, REQUEST))
        assert entries.keys() == set(names)
        assert is_whole(entries["good-1"])
        assert is_whole(entries["good-2"])
        failed += sum(not entry["ok"] for entry in entries.values())
    assert outside.faults >= FAULTS
    assert failed > PROFILES // 2
    assert capfd.readouterr() == ("", "")


def test_the_same_profiles_have_the_same_faults(tmp_path: Path, outside: Outside) -> None:
    names = [f"bad-{number}" for number in range(20)]
    write_credentials(tmp_path / "credentials", names)
    runs = []
    for _again in range(2):
        outside.drawn.clear()
        collecting.collect(names, REQUEST)
        runs.append(dict(outside.drawn))
    # The two parts of a profile end each other early, where one fails, at a moment that is the threads' to decide.
    common = runs[0].keys() & runs[1].keys()
    assert len(common) > 20
    assert {fault: runs[0][fault] for fault in common} == {fault: runs[1][fault] for fault in common}


@pytest.mark.parametrize("name", ["credentials", "config"])
@pytest.mark.usefixtures("outside")
def test_random_bytes_in_a_shared_file_end_in_sentences(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    write_credentials(tmp_path / "credentials", ["good-1", "other"])
    (tmp_path / "config").write_text(
        "# comment\n[profile good-1]\nregion = us-east-1\ns3 =\n    max_concurrent_requests = 7\n"
        "[profile role]\nrole_arn = arn:aws:iam::999988887777:role/x\ncredential_source = Environment\n"
        "[sso-session corp]\nsso_region = us-east-1\n[services s]\niam =\n  endpoint_url = http://127.0.0.1:1\n"
    )
    whole = (tmp_path / name).read_bytes()
    usable = 0
    for seed in range(FILES):
        (tmp_path / name).write_bytes(corrupted(seeded(f"{name} {seed}"), whole))
        entries = checked(collecting.collect(["*"], REQUEST))
        assert "an unexpected" not in str([entry["error"] for entry in entries.values()])
        assert entries, "a file that cannot be read is never no profile at all"
        if "good-1" in entries and entries["good-1"]["ok"]:
            usable += 1
            assert is_whole(entries["good-1"])
    assert FILES // 10 < usable < FILES
    assert capfd.readouterr() == ("", "")
