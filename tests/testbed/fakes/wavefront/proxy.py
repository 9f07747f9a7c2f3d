# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A forward HTTP proxy that counts what passes: CONNECT tunnels and absolute-URI requests."""

from __future__ import annotations

import asyncio
import base64
import re
from urllib.parse import urlsplit

from testbed.fakes.serving.streams import StreamServer

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_CREDENTIALS = re.compile(rb"^proxy-authorization:\s*(.*?)\r\n", re.IGNORECASE | re.MULTILINE)


class ForwardProxy(StreamServer):
    """With `credentials` ("user:password") it lets nobody else through.

    Plain requests need a Content-Length where they have a body; chunked ones are beyond it.
    """

    def __init__(self, *, credentials: str | None = None) -> None:
        super().__init__()
        self._wanted = None if credentials is None else b"Basic " + base64.b64encode(credentials.encode())
        self.tunnels: list[str] = []
        """`host:port` of each tunnel, in order of arrival."""
        self.requests: list[str] = []
        """`METHOD url` of each plain request, in order of arrival."""
        self.refused = 0
        """How many came without the credentials."""

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._pass(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # Either side may leave at any time.
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(_END)
        credentials = _CREDENTIALS.search(head)
        if self._wanted is not None and (credentials is None or credentials[1] != self._wanted):
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n")
            writer.write(b"Content-Length: 0\r\nConnection: close" + _END)
            return
        method, target, _unused = head.decode("latin-1").split(" ", 2)
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        upstream, to_upstream = await asyncio.open_connection(url.hostname, url.port or 80)
        answers = asyncio.create_task(_pump(upstream, writer))
        try:
            if method == "CONNECT":
                self.tunnels.append(target)
                writer.write(b"HTTP/1.1 200 Connection established" + _END)
                await _pump(reader, to_upstream)
            else:
                await self._requests(head, reader, to_upstream)
        finally:
            to_upstream.close()
            await answers

    async def _requests(self, head: bytes, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> None:
        """The requests of one connection, which all go to the host of the first."""
        while True:
            method, target, rest = head.split(b" ", 2)
            self.requests.append(f"{method.decode()} {target.decode()}")
            url = urlsplit(target)
            length = _LENGTH.search(head)
            upstream.write(
                b" ".join((method, url._replace(scheme=b"", netloc=b"").geturl(), _CREDENTIALS.sub(b"", rest)))
            )
            upstream.write(await reader.readexactly(int(length[1]) if length else 0))
            await upstream.drain()
            head = await reader.readuntil(_END)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # The other pump sees the same end.
    finally:
        writer.close()
