# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""POST /report?f=wavefront: what a tenant or a proxy checks, and what it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from .exchange import Exchange
from .store import Request, Store

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .answers import Answer, Script

_CONTENT_TYPES = ("application/octet-stream", "application/x-www-form-urlencoded", "text/plain")


@dataclass(slots=True)
class Bounds:
    """What one request may hold before it is answered with 413."""

    lines: float = math.inf
    bytes: float = math.inf


class Report:
    def __init__(self, store: Store, script: Script, authorized: Callable[[str], bool], bounds: Bounds) -> None:
        self.store = store
        self.authorized = authorized
        self.bounds = bounds
        self._script = script
        self._connections: dict[asyncio.BaseTransport | None, int] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/report", self._report)]

    @property
    def connections(self) -> int:
        """How many connections carried at least one request."""
        return len(self._connections)

    def forget_connections(self) -> None:
        self._connections.clear()

    async def _report(self, request: web.Request) -> web.StreamResponse:
        # The transport itself is the key: an id would be given out again once its owner is gone.
        connection = self._connections.setdefault(request.transport, len(self._connections) + 1)
        call = _Call(request, self._script.next(), self)
        self.store.begin()
        try:
            await call.decide()
        finally:
            # Before the sender knows, so that it finds its request here once it does.
            self.store.log(call.summary(connection))
        return await call.finish()


class _Call(Exchange):
    def __init__(self, request: web.Request, answer: Answer, report: Report) -> None:
        super().__init__(request, answer)
        self._report = report
        self._accepted = 0
        self._rejected = 0

    @cached_property
    def _lines(self) -> list[str] | None:
        if self.content is None:
            return None
        return [line for raw in self.content.decode("utf-8", "replace").split("\n") if (line := raw.strip())]

    def judge(self) -> tuple[int, str]:
        request, bounds = self.request, self._report.bounds
        known_type = "Content-Type" not in request.headers or request.content_type in _CONTENT_TYPES
        if not self._report.authorized(request.headers.get("Authorization", "")):
            return 401, "the token is wrong or missing"
        if request.query.get("f") != "wavefront":
            return 400, "only f=wavefront is taken here"
        if not known_type:
            return 415, f"unsupported content type {request.content_type}"
        if self._lines is None:
            return 400, f"the body is not {self.encoding}"
        if self.wire_bytes > bounds.bytes or len(self._lines) > bounds.lines:
            return 413, f"more than {bounds.lines} lines or {bounds.bytes} bytes"
        self._accepted, self._rejected = self._report.store.record(self._lines)
        return 202, ""

    def summary(self, connection: int) -> Request:
        return Request(
            connection=connection,
            answer=self.answer.name,
            status=self.status if self.answered else None,
            lines=None if self._lines is None else len(self._lines),
            accepted=self._accepted,
            rejected=self._rejected,
            wire_bytes=self.wire_bytes,
            compressed=self.encoding == "gzip",
            content_type=self.request.headers.get("Content-Type", ""),
            user_agent=self.request.headers.get("User-Agent", ""),
        )
