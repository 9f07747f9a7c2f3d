# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What stands in a Pushgateway's place: one that shows no state, or answers with something else."""

from __future__ import annotations

import http.server
import json
import threading
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from testbed.scenarios.prometheus import AGE, collected, export, probed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fake(http.server.ThreadingHTTPServer):
    """Answers to reading and to pushing with a status and a text each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, str]] = []
        self.read: tuple[int, bytes] = (501, b"")
        self.pushed: tuple[int, bytes] = (200, b"")
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Fake
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reads = self.command == "GET"
        status, text = self.server.read if reads else self.server.pushed
        if not reads:
            self.server.requests.append((self.command, self.path.partition("/job/")[2]))
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is printed."""


@pytest.fixture
def fake() -> Iterator[Fake]:
    with Fake() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [404, 405, 501])
@pytest.mark.parametrize("taken", [200, 202, 204])
def test_one_that_shows_no_state_is_pushed_to(fake: Fake, status: int, taken: int) -> None:
    fake.read, fake.pushed = (status, b""), (taken, b"")
    assert export(None, collected(("alice", 1)), pushgateway=fake.url).status is ExportStatus.ACCEPTED
    assert export(None, collected(ok=False, at=200), pushgateway=fake.url).status is ExportStatus.ACCEPTED
    group = "collect/profile@base64/cA==/account@base64/MTExMTIyMjIzMzMz"
    assert fake.requests == [("PUT", group), ("DELETE", "collect/profile@base64/cA=="), ("POST", group)]


@pytest.mark.parametrize(
    "pushed", [(200, b"<html>Please log in</html>"), (200, b"{}"), (200, b"OK"), (201, b""), (203, b"x")]
)
def test_a_page_of_another_server_is_no_success(fake: Fake, pushed: tuple[int, bytes]) -> None:
    fake.read, fake.pushed = (404, b""), pushed
    result = export(None, collected(("alice", 1)), pushgateway=fake.url)
    assert (result.status, result.code) == (ExportStatus.STOP, "no Pushgateway")
    assert f"HTTP {pushed[0]}, not as a Pushgateway answers" in result.reason


@pytest.mark.parametrize("text", [b"", b"<html>", b"{}", b'{"data": 7}', b'{"data": [[]]}', b"\xff", b"[" * 9999])
def test_what_is_no_pushgateway_is_said(fake: Fake, text: bytes) -> None:
    fake.read = (200, text)
    result = export(None, collected(("alice", 1)), pushgateway=fake.url)
    assert (result.status, result.setting) == (ExportStatus.STOP, "pushgateway_url")
    assert f"{fake.url}/api/v1/metrics gives no state of a Pushgateway" in result.reason
    assert fake.requests == []


@pytest.mark.parametrize(
    ("labels", "value"),
    [
        *(({"profile": name}, "1") for name in ("\ud800", 7, None)),
        *(({}, value) for value in (10**400, None, "x")),
    ],
)
def test_a_state_that_no_pushgateway_has_is_said(fake: Fake, labels: dict[str, object], value: object) -> None:
    series = {"labels": labels, "value": value}
    group = {"labels": {"job": "collect"}, AGE: {"metrics": [series]}}
    fake.read = (200, json.dumps({"data": [group]}).encode())
    result = export(None, collected(("alice", 1)), pushgateway=fake.url)
    assert (result.status, result.code) == (ExportStatus.STOP, "no Pushgateway")
    assert fake.requests == []


def test_a_probe_of_a_profile_ends_no_other_group(fake: Fake) -> None:
    assert export(None, probed(), pushgateway=fake.url).status is ExportStatus.ACCEPTED
    assert fake.requests == [("PUT", "collect/namespace@base64/bGFi/profile@base64/cA==")]


@pytest.mark.parametrize("status", [400, 413])
def test_a_group_that_is_refused_is_not_taken_apart(fake: Fake, status: int) -> None:
    fake.pushed = (status, b"no")
    result = export(None, collected(("alice", 1)), pushgateway=fake.url)
    assert (result.status, result.code) == (ExportStatus.STOP, f"HTTP {status}")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(fake: Fake, status: int) -> None:
    fake.read = (status, b"")
    assert export(None, collected(("alice", 1)), pushgateway=fake.url).status is ExportStatus.RETRY
