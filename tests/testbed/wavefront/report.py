# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The HTTP side: what /report checks, what it takes, and how a chosen answer is played."""

from __future__ import annotations

import asyncio
import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from .store import Request, Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Answer, Script

_CONTENT_TYPES = ("application/octet-stream", "application/x-www-form-urlencoded", "text/plain")


@dataclass(slots=True)
class Bounds:
    """What one request may hold before it is answered with 413."""

    lines: float = math.inf
    bytes: float = math.inf


class Report:
    """The handler of POST /report?f=wavefront."""

    def __init__(self, store: Store, script: Script, authorized: Callable[[str], bool], bounds: Bounds) -> None:
        self._store = store
        self._script = script
        self._authorized = authorized
        self._connections: dict[asyncio.BaseTransport, int] = {}
        self.bounds = bounds

    @property
    def connections(self) -> int:
        """How many connections carried at least one request."""
        return len(self._connections)

    def forget_connections(self) -> None:
        self._connections.clear()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        call = _Call(request, self._script.next(), self._connection(request))
        try:
            return await self._answer(call)
        finally:
            self._store.log(call.summary())

    async def _answer(self, call: _Call) -> web.StreamResponse:
        answer = call.answer
        await call.read()
        if answer.status is None and (answer.record or not answer.drop):
            self._judge(call)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        return call.drop() if answer.drop else await call.respond()

    def _judge(self, call: _Call) -> None:
        """Decide as a tenant or a proxy would; only here are lines taken."""
        refusal = self._refusal(call)
        if refusal is None:
            call.accepted, call.rejected = self._store.record(call.lines or [])
        call.status, call.body = refusal or (202, "")

    def _refusal(self, call: _Call) -> tuple[int, str] | None:
        request, bounds = call.request, self.bounds
        authorized = self._authorized(request.headers.get("Authorization", ""))
        known_type = "Content-Type" not in request.headers or request.content_type in _CONTENT_TYPES
        faults = (
            (not authorized, 401, "the token is wrong or missing"),
            (request.query.get("f") != "wavefront", 400, "only f=wavefront is taken here"),
            (not known_type, 415, f"unsupported content type {request.content_type}"),
            (len(call.raw) > bounds.bytes, 413, f"more than {bounds.bytes} bytes"),
            (call.lines is None, 400, f"the body is not {call.encoding}"),
            (len(call.lines or ()) > bounds.lines, 413, f"more than {bounds.lines} lines"),
        )
        return next(((status, body) for applies, status, body in faults if applies), None)

    def _connection(self, request: web.Request) -> int:
        # The transport is kept, not its id: an id is given out again once its owner is gone.
        assert request.transport is not None
        return self._connections.setdefault(request.transport, len(self._connections) + 1)


class _Call:
    """One request on its way through an answer."""

    def __init__(self, request: web.Request, answer: Answer, connection: int) -> None:
        self.request = request
        self.answer = answer
        self.connection = connection
        self.encoding = request.headers.get("Content-Encoding", "identity").lower()
        self.raw = b""
        self.lines: list[str] | None = None
        self.status = answer.status
        self.body = answer.body
        self.sent = False
        self.accepted = 0
        self.rejected = 0

    async def read(self) -> None:
        if self.answer.read < 1:
            wanted = int((self.request.content_length or 0) * self.answer.read)
            self.raw = await self.request.content.readexactly(wanted)
            return
        self.raw = await self.request.content.read()
        body = _decoded(self.raw, self.encoding)
        if body is not None:
            self.lines = [line for raw in body.decode("utf-8", "replace").split("\n") if (line := raw.strip())]

    def drop(self) -> web.StreamResponse:
        assert isinstance(self.request.transport, asyncio.Transport)
        self.request.transport.abort()
        return web.Response()

    async def respond(self) -> web.StreamResponse:
        assert self.status is not None
        self.sent = True
        if not self.answer.trickle:
            return web.Response(status=self.status, headers=self.answer.headers, text=self.body)
        response = web.StreamResponse(status=self.status, headers=self.answer.headers)
        response.content_length = len(self.body)
        await response.prepare(self.request)
        for character in self.body:
            await asyncio.sleep(self.answer.trickle / len(self.body))
            await response.write(character.encode("ascii"))
        return response

    def summary(self) -> Request:
        return Request(
            connection=self.connection,
            answer=self.answer.name,
            status=self.status if self.sent else None,
            lines=None if self.lines is None else len(self.lines),
            accepted=self.accepted,
            rejected=self.rejected,
            wire_bytes=len(self.raw),
            compressed=self.encoding == "gzip",
            content_type=self.request.headers.get("Content-Type", ""),
            user_agent=self.request.headers.get("User-Agent", ""),
        )


def _decoded(raw: bytes, encoding: str) -> bytes | None:
    """None where the body is not what its header says."""
    if encoding == "identity":
        return raw
    if encoding != "gzip":
        return None
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = inflate.decompress(raw)
    except zlib.error:
        return None
    return body if inflate.eof and not inflate.unused_data else None
