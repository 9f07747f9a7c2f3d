# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One HTTP call on its way through a chosen answer."""

from __future__ import annotations

import asyncio
import zlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from .answers import Answer


class Exchange(ABC):
    """Reads what the answer wants read, judges the request where the answer leaves that open, and plays the rest."""

    def __init__(self, request: web.Request, answer: Answer) -> None:
        self.request = request
        self.answer = answer
        self.encoding = request.headers.get("Content-Encoding", "identity").lower()
        self.wire_bytes = 0
        self.content: bytes | None = None
        """The decoded body; None where it was not read to its end, or is not what its header says."""
        self.status = answer.status
        self.body = answer.body
        self.answered = False

    @abstractmethod
    def judge(self) -> tuple[int, str]:
        """The status and the body that the request deserves; only here may it have an effect."""

    async def play(self) -> web.StreamResponse:
        await self.decide()
        return await self.finish()

    async def decide(self) -> None:
        """Everything up to the moment at which the sender hears of it."""
        await self._read()
        if self.answer.judged:
            self.status, self.body = self.judge()
        if self.answer.delay:
            await asyncio.sleep(self.answer.delay)
        self.answered = not self.answer.drop

    async def finish(self) -> web.StreamResponse:
        return await self._respond() if self.answered else self._drop()

    async def _read(self) -> None:
        body = self.request.content
        if self.answer.read < 1:
            size = self.request.content_length or 0
            self.wire_bytes = len(await body.readexactly(int(size * self.answer.read)))
        else:
            raw = await body.read()
            self.wire_bytes = len(raw)
            self.content = _decoded(raw, self.encoding)

    def _drop(self) -> web.StreamResponse:
        if self.request.transport is not None:
            self.request.transport.abort()
        return web.Response()

    async def _respond(self) -> web.StreamResponse:
        assert self.status is not None
        if self.answer.head_trickle:
            return await self._trickle_head()
        headers = {"Content-Type": "text/plain", **self.answer.headers}
        if not self.answer.trickle:
            return web.Response(status=self.status, headers=headers, body=self.body.encode())
        response = web.StreamResponse(status=self.status, headers=headers)
        response.content_length = len(self.body)
        await response.prepare(self.request)
        for character in self.body:
            await asyncio.sleep(self.answer.trickle / len(self.body))
            await response.write(character.encode("ascii"))
        return response

    async def _trickle_head(self) -> web.StreamResponse:
        """Past the library, which sends a head at once."""
        head = f"HTTP/1.1 {self.status} Slow\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
        for character in head:
            await asyncio.sleep(self.answer.head_trickle / len(head))
            if self.request.transport is not None:
                self.request.transport.write(character.encode("ascii"))
        return self._drop()


def _decoded(raw: bytes, encoding: str) -> bytes | None:
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
