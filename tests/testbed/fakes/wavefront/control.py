# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A small JSON API over the receiver, for those who run it as a process of its own."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .answers import FAULTS, from_json

if TYPE_CHECKING:
    from .receiver import WavefrontReceiver

ROOT = "/_testbed"


class Control:
    """GET counts, points[?metric=…], requests, rejected; POST answers, always, mix, reset."""

    def __init__(self, receiver: WavefrontReceiver) -> None:
        self._receiver = receiver

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{ROOT}/{{view:counts|points|requests|rejected}}", self._get),
            web.post(f"{ROOT}/{{action:answers|always|mix|reset}}", self._post),
        ]

    async def _get(self, request: web.Request) -> web.Response:
        view = getattr(self, f"_{request.match_info['view']}")
        try:
            return web.json_response(view(request.query))
        except LookupError as error:
            raise web.HTTPConflict(text=str(error)) from error

    def _counts(self, _query: object) -> dict[str, Any]:
        wf = self._receiver
        return {
            "accepted": wf.accepted,
            "unique": wf.unique,
            "rejected": len(wf.rejected),
            "requests": len(wf.requests),
            "in_flight": wf.in_flight,
            "connections": wf.connections,
            "metrics": wf.metrics,
        }

    def _points(self, query: dict[str, str]) -> list[dict[str, Any]]:
        wf, metric = self._receiver, query.get("metric")
        points = wf.points if metric is None else wf.points_of(metric)
        return [point._asdict() | {"arrivals": wf.arrivals(point)} for point in points]

    def _requests(self, _query: object) -> list[dict[str, Any]]:
        return [asdict(request) for request in self._receiver.requests]

    def _rejected(self, _query: object) -> list[dict[str, Any]]:
        return [asdict(line) for line in self._receiver.rejected]

    async def _post(self, request: web.Request) -> web.Response:
        wf = self._receiver
        try:
            document: Any = await request.json() if request.can_read_body else None
            match request.match_info["action"]:
                case "answers":
                    wf.answers(*map(from_json, document))
                case "always":
                    wf.always(None if document is None else from_json(document))
                case "mix":
                    faults = tuple(map(from_json, document.pop("faults", ()))) or FAULTS
                    wf.mix(**document, faults=faults)
                case "reset":
                    wf.reset()
        except (ValueError, TypeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({})
