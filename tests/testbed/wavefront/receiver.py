# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A Wavefront tenant or proxy on a free loopback port, in a thread of its own."""

from __future__ import annotations

import asyncio
import hmac
import math
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from aiohttp import web

from .answers import FAULTS, Answer, Script
from .lines import SERVICE_LIMITS, Limits, Point
from .report import Bounds, Report
from .store import RejectedLine, Request, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType


class WavefrontReceiver:
    """With a token it is a tenant, without one a proxy.

    `keep=False` keeps counts and identities only: a million points then cost some 150 MB.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        max_lines: float = math.inf,
        max_bytes: float = math.inf,
        limits: Limits = SERVICE_LIMITS,
        keep: bool = True,
        port: int = 0,
    ) -> None:
        self.token = token
        self._store = Store(limits, keep=keep)
        self._script = Script()
        self._report = Report(self._store, self._script, self._authorized, Bounds(max_lines, max_bytes))
        self._socket = _reserve(port)
        self.port: int = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wavefront-receiver", daemon=True)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # Life

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._socket.close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Inside, every connection is refused; afterwards the same URL answers again."""
        self._call(self._close())
        self._socket = _reserve(self.port)
        try:
            yield
        finally:
            self._call(self._listen())

    async def _listen(self) -> None:
        application = web.Application()
        application.router.add_post("/report", self._report)
        self._runner = web.AppRunner(
            application, access_log=None, auto_decompress=False, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _call(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)  # type: ignore[arg-type]

    def _authorized(self, header: str) -> bool:
        return self.token is None or hmac.compare_digest(header.encode(), f"Bearer {self.token}".encode())

    # What it answers

    def answers(self, *answers: Answer) -> None:
        """Queue answers, one for each request to come; after them it judges by itself again."""
        self._script.queue(answers)

    def always(self, answer: Answer | None) -> None:
        """This answer for every request that finds no queued one; None ends it."""
        self._script.always(answer)

    def mix(self, *, seed: int, share: float = 0.5, faults: tuple[Answer, ...] = FAULTS) -> None:
        """For this share of the requests, a fault drawn at random; the seed makes it repeatable."""
        self._script.mix(seed, share, faults)

    def calm(self) -> None:
        """Forget every chosen answer."""
        self._script.clear()

    # What it saw

    @property
    def lines(self) -> list[str]:
        """Accepted lines in order of arrival, repeats included."""
        return self._store.lines

    @property
    def points(self) -> list[Point]:
        """Accepted points in order of arrival, each identity once."""
        return self._store.points

    def points_of(self, metric: str) -> list[Point]:
        return [point for point in self.points if point.metric == metric]

    def arrivals(self, point: Point) -> int:
        """How many times a point of this identity came."""
        return self._store.arrivals(point)

    @property
    def metrics(self) -> dict[str, int]:
        """Unique points by metric."""
        return self._store.metrics

    @property
    def accepted(self) -> int:
        """Accepted lines, repeats included."""
        return self._store.accepted

    @property
    def unique(self) -> int:
        """Accepted points, each identity once."""
        return self._store.unique

    @property
    def rejected(self) -> list[RejectedLine]:
        return self._store.rejected

    @property
    def requests(self) -> list[Request]:
        return self._store.requests

    @property
    def connections(self) -> int:
        """Connections that carried at least one report."""
        return self._report.connections

    def wait_for(self, condition: Callable[[WavefrontReceiver], bool], timeout: float = 10.0) -> None:
        """Until the condition holds after a request; TimeoutError if it never does."""
        self._store.wait(lambda: condition(self), timeout)

    def reset(self) -> None:
        """Forget what was seen and what was chosen."""
        self._store.clear()
        self._script.clear()
        self._report.forget_connections()


def _reserve(port: int) -> socket.socket:
    """A bound socket that does not listen: the port is ours, and connections to it are refused."""
    reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", port))
    return reserved
