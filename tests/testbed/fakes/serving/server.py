# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""An aiohttp server on a port that stays its own while it is down, and what is served by one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from .loop import LoopThread

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


class Server:
    def __init__(
        self,
        routes: Iterable[web.AbstractRouteDef],
        port: int,
        context: ssl.SSLContext | None,
        host: str = "127.0.0.1",
    ) -> None:
        self._routes = list(routes)
        self._context = context
        self._host = host
        self._socket = _reserve(host, port)
        self._loop = LoopThread("testbed-server")
        self._runner: web.AppRunner | None = None
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://{self._host}:{self.port}"

    def start(self) -> None:
        self._loop.start()
        self.up()

    def stop(self) -> None:
        self.down()
        self._loop.stop()
        self._socket.close()

    def up(self) -> None:
        self._loop.run(self._listen())

    def down(self) -> None:
        """Every connection ends, and new ones are refused until `up`."""
        self._loop.run(self._close())
        self._socket = _reserve(self._host, self.port)

    async def _listen(self) -> None:
        application = web.Application()
        application.add_routes(self._routes)
        self._runner = web.AppRunner(
            application, access_log=None, auto_decompress=False, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket, ssl_context=self._context).start()

    async def _close(self) -> None:
        if self._runner is None:
            return
        server = self._runner.server
        transports = [] if server is None else [handler.transport for handler in server.connections]
        await self._runner.cleanup()
        for transport in transports:
            # A polite TLS close would wait for a client that may be gone.
            if isinstance(transport, asyncio.Transport):
                # Python 3.11's transport over TLS forgets its protocol when the connection is lost.
                with contextlib.suppress(AttributeError):
                    transport.abort()


@dataclass(frozen=True)
class Call:
    """A request as it arrived."""

    method: str
    path: str
    content: Any = None


class Served:
    """On its port while the ``with`` block lasts."""

    _server: Server

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return self._server.url


def _reserve(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen: the port is ours, and connections to it are refused."""
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((host, port))
    return reserved
