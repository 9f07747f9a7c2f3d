# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One request: what it makes of servers that answer oddly, too much, or not at all."""

from __future__ import annotations

import gzip
import os
import socket
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http import request
from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError
from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions, http_options, send
from testbed.fakes.serving.canned import CannedServer
from testbed.fakes.wavefront import PrivateCa
from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from pathlib import Path

MEBIBYTE = 1 << 20


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    monkeypatch.setattr(request, "MOST_BYTES", MEBIBYTE)


def bomb(kind: str) -> bytes:
    """64 MiB of zeroes."""
    body = gzip.compress(bytes(64 * MEBIBYTE), 9) if kind == "gzip" else zlib.compress(bytes(64 * MEBIBYTE), 9)
    return f"Content-Encoding: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize("status", ["200 OK", "301 Moved", "400 Bad Request", "503 Unavailable"])
@pytest.mark.parametrize("body", ["endless", "chunked", "gzip", "deflate"])
def test_a_body_without_an_end_is_not_read_to_it(status: str, body: str) -> None:
    head = f"HTTP/1.1 {status}\r\nLocation: /elsewhere\r\n".encode()
    endless = b""
    if body == "endless":
        head, endless = head + b"\r\n", b"x" * 65536
    elif body == "chunked":
        head, endless = head + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"
    else:
        head += bomb(body)
    with CannedServer(head, endless=endless) as server:
        tracemalloc.start()
        with pytest.raises(NoAnswerError, match="the answer is longer than 1 MiB: check url"):
            send("GET", server.url, HttpOptions(timeout=20), {})
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 16 * MEBIBYTE


def test_a_compressed_answer_is_read() -> None:
    body = gzip.compress(b'{"a": 1}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with CannedServer(head + body) as server:
        assert send("GET", server.url, HttpOptions(), {}).text == '{"a": 1}'


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "the connection ended without an answer: check url: it may need https instead of http"),
        (
            b"\x15\x03\x01\x00\x02\x02\x46",
            "the connection ended without an answer: check url: it may need https instead of http",
        ),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n", "no usable answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n", "no usable answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip", "no usable answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx", "the answer was cut off: check the network"),
    ],
)
def test_an_answer_that_is_none_has_a_sentence(answer: bytes, sentence: str) -> None:
    with CannedServer(answer) as server, pytest.raises(NoAnswerError, match=sentence):
        send("GET", server.url, HttpOptions(timeout=10), {})


def test_the_cause_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(url: str, **options: object) -> str:
        with pytest.raises(NoAnswerError) as caught:
            send("GET", url, HttpOptions(**{"timeout": 0.5, **options}), {})  # type: ignore[arg-type]
        return str(caught.value)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = "http://{}:{}".format(*listening.getsockname())
        assert f"{url}: no answer in time, within 0.5 s: raise timeout, or check the network" in said(url)
    assert "cannot be reached: check the address and the network (Connection refused)" in said(url, timeout=10)

    with WavefrontTenant("a-token") as plain:
        secure = said(plain.url.replace("http:", "https:"), timeout=10)
        assert "the server does not speak TLS on this port: check url: it may need http instead of https" in secure
    ca = PrivateCa(tmp_path)
    with WavefrontTenant("a-token", tls=ca) as tenant:
        assert "TLS verification failed: check ca_path" in said(tenant.url, timeout=10)
        missing = said(tenant.url, timeout=10, ca_path=str(tmp_path / "nowhere"))
        assert "a certificate file cannot be read: check ca_path and client_cert" in missing

    monkeypatch.setenv("HTTP_PROXY", "http://me:hunter2/x@127.0.0.1:9")
    proxied = said("http://awx.example.com", timeout=10)
    assert "gave no connection: check HTTP_PROXY, HTTPS_PROXY and NO_PROXY" in proxied
    assert "hunter2" not in proxied


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), 1e12])
def test_a_timeout_has_a_range(seconds: float) -> None:
    with pytest.raises(KeywardError, match="timeout must be more than 0 and at most 86400 seconds"):
        http_options({"timeout": seconds, "validate_certs": True})
