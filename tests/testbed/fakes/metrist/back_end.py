# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Metrist's API, the registrations it holds, and what makes it fail."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from testbed.fakes.serving.server import Call, Served, Server

if TYPE_CHECKING:
    import ssl

    from multidict import MultiMapping

_API = "/api/v0/"


@dataclass
class MetristBackEnd(Served):
    """
    On a free loopback port while the ``with`` block lasts. ``registrations`` are monitor configurations by id, and
    ``lists`` is whether it tells them, which not every version does.
    """

    token: str
    context: ssl.SSLContext | None = None
    registrations: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    lists: bool = False
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._answers: dict[str, tuple[int, str, dict[str, str]]] = {}
        self._numbers = itertools.count(1)
        self._server = Server([web.route("*", "/{path:.*}", self._handle)], 0, self.context)

    @property
    def changes(self) -> list[str]:
        """The methods of the requests that were for more than reading, oldest first."""
        return [call.method for call in self.calls if call.method != "GET"]

    def answer(self, method: str, status: int, body: str = "", **headers: str) -> None:
        """Answer the requests of a method with this and nothing else."""
        self._answers[method] = (status, body, headers)

    def behave(self) -> None:
        """End what ``answer`` began."""
        self._answers.clear()

    async def _handle(self, request: web.Request) -> web.Response:
        text = await request.text()
        content: Any = json.loads(text) if text else None
        self.calls.append(Call(request.method, request.path, content))
        if request.method in self._answers:
            status, body, headers = self._answers[request.method]
            return web.Response(status=status, text=body, headers=headers)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401, text="Unauthorized")
        match request.method, request.path.removeprefix(_API).split("/"):
            case "GET", ["monitor-status" | "monitor-config" as listed] if listed == "monitor-status" or self.lists:
                entries = self._configurations if listed == "monitor-config" else self._listed
                return web.json_response(entries(request.query))
            case "POST", ["monitor-config"]:
                registration_id = f"11registration{next(self._numbers)}"
                self.registrations[registration_id] = content
                return web.Response(text=registration_id)
            case "DELETE", ["monitor-config", monitor, registration_id] if (
                self.registrations.get(registration_id, {}).get("monitor_logical_name") == monitor
            ):
                del self.registrations[registration_id]
                return web.Response(text="OK")
        return web.Response(status=404, text="Not found")

    def _configurations(self, query: MultiMapping[str]) -> list[dict[str, Any]]:
        """As the back end keeps them, which is without what it has no field for."""
        return [
            {
                "id": registration_id,
                **{name: config[name] for name in ("monitor_logical_name", "interval_secs", "run_groups", "run_spec")},
                "steps": [
                    {name: step[name] for name in ("check_logical_name", "timeout_secs")} for step in config["steps"]
                ],
                "extra_config": None,
            }
            for registration_id, config in self.registrations.items()
            if query.get("monitor") in (None, config["monitor_logical_name"])
        ]

    def _listed(self, query: MultiMapping[str]) -> list[dict[str, str]]:
        return [
            {"monitor_logical_name": monitor, "last_checked": "2026-11-22T06:00:00Z", "state": state}
            for monitor, state in self.states.items()
            if monitor in query.getall("m[]", [])
        ]
