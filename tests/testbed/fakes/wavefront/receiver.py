# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A Wavefront tenant or proxy on a free loopback port, in a thread of its own."""

from __future__ import annotations

import hmac
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from testbed.fakes.serving.server import Served, Server

from .answers import FAULTS, Answer, Script
from .control import Control
from .csp import Csp
from .lines import SERVICE_LIMITS, Limits, Point
from .report import Bounds, Report
from .store import RejectedLine, Request, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .tls import PrivateCa


class WavefrontReceiver(Served):
    """With a token, or a CSP that hands out tokens, it is a tenant; without either it is a proxy.

    `keep=False` keeps counts and identities only, so that millions of points can be sent.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        csp: Csp | None = None,
        tls: PrivateCa | None = None,
        max_lines: float = math.inf,
        max_bytes: float = math.inf,
        limits: Limits = SERVICE_LIMITS,
        keep: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.token = token
        """May be changed at any time, as an administrator would."""
        self.csp = csp or Csp()
        self.bounds = Bounds(max_lines, max_bytes)
        self._demands_token = token is not None or csp is not None
        self._store = Store(limits, keep=keep)
        self._script = Script()
        self._report = Report(self._store, self._script, self._authorized, self.bounds)
        routes = [*self._report.routes(), *self.csp.routes(), *Control(self).routes()]
        self._server = Server(routes, port, None if tls is None else tls.server_context(host), host)

    @property
    def port(self) -> int:
        return self._server.port

    @contextmanager
    def down(self) -> Iterator[None]:
        """Inside, every connection is refused; afterwards the same URL answers again."""
        self._server.down()
        try:
            yield
        finally:
            self._server.up()

    def _authorized(self, header: str) -> bool:
        scheme, _unused, token = header.partition(" ")
        known = self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())
        return not self._demands_token or (scheme == "Bearer" and (known or self.csp.is_good(token)))

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
    def in_flight(self) -> int:
        """Requests that came and are neither in `requests` nor answered yet."""
        return self._store.in_flight

    @property
    def connections(self) -> int:
        """Connections that carried at least one report."""
        return self._report.connections

    def wait_for(self, condition: Callable[[WavefrontReceiver], bool], timeout: float = 10.0) -> None:
        """Until the condition holds as requests come and end; TimeoutError if it never does."""
        self._store.wait(lambda: condition(self), timeout)

    def reset(self) -> None:
        """Forget what was seen and what was chosen."""
        self._store.clear()
        self._script.clear()
        self._report.forget_connections()
