# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The process that posts for callbacks: whatever the other side sends, it costs little, and the next request works."""

from __future__ import annotations

import gzip
import re
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError
from ansible_collections.keyward.iam.plugins.plugin_utils._http.connection import Connection
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Reply, Tls
from testbed.fakes.serving.canned import CannedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.once

BOMB = bytes(32 << 20)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    opened = Connection(Tls())
    yield opened
    opened.close()


def post(connection: Connection, url: str, seconds: float = 20) -> Reply:
    return connection.post(url, time.monotonic() + seconds, data=b"x", headers={})


@pytest.mark.parametrize("status", ["200 OK", "301 Moved", "307 Temporary", "400 Bad Request", "503 Unavailable"])
@pytest.mark.parametrize("body", ["endless", "gzip", "deflate"])
def test_a_body_without_an_end_is_cut(connection: Connection, status: str, body: str) -> None:
    head = f"HTTP/1.1 {status}\r\nLocation: /elsewhere\r\n".encode()
    endless = b""
    if body == "endless":
        head, endless = head + b"\r\n", b"x" * 65536
    else:
        packed = gzip.compress(BOMB, 9) if body == "gzip" else zlib.compress(BOMB, 9)
        head += f"Content-Encoding: {body}\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    with CannedServer(head, endless=endless) as server:
        reply = post(connection, server.url)
        assert reply.status == int(status[:3])
        assert len(reply.text) <= 2 * 16384
        assert server.sent < 16 << 20
        assert post(connection, server.url).status == reply.status
    assert reply.location == "/elsewhere"


def test_a_body_that_is_packed_again_and_again_stays_small(connection: Connection) -> None:
    packed = gzip.compress(gzip.compress(gzip.compress(bytes(256 << 20), 9), 9), 9)
    assert len(packed) < 4096
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Encoding: gzip, gzip, gzip\r\n"
    with CannedServer(head + f"Content-Length: {len(packed)}\r\n\r\n".encode() + packed) as server:
        assert post(connection, server.url).status == 400
    assert connection._process is not None
    status = Path(f"/proc/{connection._process.pid}/status")
    if status.exists():
        [peak] = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert int(peak) < 128 << 10


def test_a_message_that_is_packed_is_read(connection: Connection) -> None:
    for pack, name in ((gzip.compress, "gzip"), (zlib.compress, "deflate"), (bytes, "identity")):
        packed = pack(b"no such tenant")
        head = f"HTTP/1.1 400 Bad Request\r\nContent-Encoding: {name}\r\nContent-Length: {len(packed)}\r\n\r\n"
        with CannedServer(head.encode() + packed) as server:
            assert post(connection, server.url).text == "no such tenant"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (b"Retry-After: inf", None),
        (b"Retry-After: -5", None),
        (b"Retry-After: 1e300", None),
        (b"Retry-After: Mon, 99 Foo 99999 99:99:99 GMT", None),
        (b"Retry-After: \xff\xfe", None),
        (b"Retry-After: 999999999999999999999", 86400.0),
        (b"Content-Length: many", None),
        (b"Transfer-Encoding: \x1b[2J", None),
        (b"Set-Cookie: " + b"a=b;" * 9000, None),
        (b"Location: http://[::1", None),
        (b"Location: \x1b[2J\xc2\x9b", None),
    ],
)
def test_no_header_ends_it(connection: Connection, headers: bytes, wait: float | None) -> None:
    with CannedServer(b"HTTP/1.1 503 \x1b[2JBusy\r\n" + headers + b"\r\n\r\n") as server:
        for _request in range(2):
            reply = post(connection, server.url)
            assert (reply.status, reply.retry_after) == (503, wait)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"", "the connection ended without an answer"),
        (b"\x15\x03\x01\x00\x02\x02\x46", ""),
        (b"HTTP/1.1 many\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n", ""),
    ],
)
def test_an_answer_that_is_none_is_a_fault_that_may_pass(connection: Connection, answer: bytes, fault: str) -> None:
    with CannedServer(answer) as server:
        for _request in range(2):
            with pytest.raises(NoAnswerError) as caught:
                post(connection, server.url)
            assert caught.value.passing
            assert fault in caught.value.fault


@pytest.mark.parametrize("seconds", [float("inf"), 1e12])
def test_an_absurd_time_is_bounded(connection: Connection, seconds: float) -> None:
    with CannedServer(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n") as server:
        assert post(connection, server.url, seconds).ok


@pytest.mark.parametrize(
    "url", ["http://a b", "http://", "nothing", "http://[::1", "http://" + "a" * 70 + ".example.com"]
)
def test_an_address_that_is_none_is_a_fault(connection: Connection, url: str) -> None:
    with pytest.raises(NoAnswerError):
        post(connection, url, 5)
