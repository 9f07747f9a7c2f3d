# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A server below HTTP that begins an answer and then sends byte after byte of it, without an end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from .wavefront.loop import LoopThread

if TYPE_CHECKING:
    from types import TracebackType


class DrippingServer:
    def __init__(self, head: bytes, seconds: float = 0.1) -> None:
        self.drops = 0
        """How many bytes came after a head."""
        self.address = ""
        self._head = head
        self._seconds = seconds
        self._loop = LoopThread("dripping-server")

    def __enter__(self) -> Self:
        self._loop.start()
        self._loop.run(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run(self._close())
        self._loop.stop()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = "{}:{}".format(*self._server.sockets[0].getsockname())

    async def _close(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(1)
            writer.write(self._head)
            while True:
                await asyncio.sleep(self._seconds)
                writer.write(b"x")
                await writer.drain()
                self.drops += 1
        except ConnectionError:
            pass  # The client has seen enough.
        finally:
            writer.close()
