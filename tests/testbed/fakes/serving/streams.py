# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A server below HTTP: bytes come and bytes go."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Self

from .loop import LoopThread


class StreamServer(ABC):
    """On a free loopback port while the ``with`` block lasts."""

    def __init__(self) -> None:
        self._loop = LoopThread(type(self).__name__)
        self.address = ""
        """As ``host:port``."""

    def __enter__(self) -> Self:
        self._loop.start()
        self._loop.run(self._listen())
        return self

    def __exit__(self, *_exception: object) -> None:
        self._loop.run(self._close())
        self._loop.stop()

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = "{}:{}".format(*self._server.sockets[0].getsockname())

    async def _close(self) -> None:
        self._server.close()
