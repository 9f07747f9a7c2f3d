# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The tenant: who may call it, what each call does, and what it was asked."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from aiohttp import web

from testbed.fakes.serving.server import Call, Served, Server
from testbed.fakes.wavefront.answers import Answer, Script
from testbed.fakes.wavefront.csp import Csp
from testbed.fakes.wavefront.exchange import Exchange

from .models import InvalidError
from .objects import Alerts, Dashboards, Object, Search, Shelf

if TYPE_CHECKING:
    from testbed.fakes.wavefront.tls import PrivateCa

_API = "/api/v2/"


class WavefrontTenant(Served):
    """On a free loopback port while the ``with`` block lasts."""

    def __init__(self, token: str, *, csp: Csp | None = None, tls: PrivateCa | None = None) -> None:
        self.token = token
        """May be changed at any time, as an administrator would."""
        self.csp = csp or Csp()
        self.page_limit = math.inf
        """The most objects that a page of search results holds, whatever was asked for."""
        self.calls: list[Call] = []
        self._shelves: dict[str, Shelf] = {"dashboard": Dashboards(), "alert": Alerts()}
        self._searches = {kind: Search(shelf) for kind, shelf in self._shelves.items()}
        self._script = Script()
        routes = [*self.csp.routes(), web.route("*", _API + "{path:.*}", self._handle)]
        self._server = Server(routes, 0, None if tls is None else tls.server_context())

    @property
    def dashboards(self) -> dict[str, Object]:
        """By id. To change one is to change it by hand."""
        return self._shelves["dashboard"].kept

    @property
    def alerts(self) -> dict[str, Object]:
        """By id. To change one is to change it by hand."""
        return self._shelves["alert"].kept

    @property
    def changes(self) -> list[str]:
        """The requests that were for more than reading, oldest first."""
        reading = [call for call in self.calls if call.method == "GET" or call.path.startswith("search/")]
        return [f"{call.method} {call.path}" for call in self.calls if call not in reading]

    def lag(self, seconds: float) -> None:
        """How old the answers of a search are from here on."""
        for search in self._searches.values():
            search.lag = seconds

    def add_alert(self, **fields: Any) -> str:
        """As somebody else would make it, by hand. Returns its id."""
        made = self._shelves["alert"].add({"condition": "ts(a) > 1", "minutes": 5, "severity": "WARN", **fields})
        self._searches["alert"].note()
        return str(made["id"])

    def throw_away(self, kind: str, object_id: str) -> None:
        """To the trash, as a person does."""
        self._shelves[kind].discard(object_id, skip_trash=False)
        self._searches[kind].note()

    def answers(self, *answers: Answer) -> None:
        """Queue answers, one for each request to come; after them it judges by itself again."""
        self._script.queue(answers)

    def authorized(self, header: str) -> bool:
        scheme, _unused, token = header.partition(" ")
        return scheme == "Bearer" and (token == self.token or self.csp.is_good(token))

    def do(self, call: Call, query: dict[str, str]) -> Any:
        """What the call answers with; None where there is no such object or call."""
        match call.method, call.path.split("/"):
            case "POST", ["search", ("dashboard" | "alert") as kind]:
                return self._page(kind, call.content)
            case method, [("dashboard" | "alert") as kind, *rest]:
                done = self._change(kind, method, rest, call.content, query)
                self._searches[kind].note()
                return done
        return None

    def _change(self, kind: str, method: str, rest: list[str], content: Any, query: dict[str, str]) -> Any:
        shelf = self._shelves[kind]
        done = None
        match method, rest:
            case "POST", []:
                done = shelf.add(content)
            case _, [object_id, *_] if object_id not in shelf.kept:
                pass
            case "GET", [object_id]:
                done = shelf.get(object_id)
            case "PUT", [object_id]:
                done = shelf.replace(object_id, content)
            case "DELETE", [object_id]:
                done = shelf.discard(object_id, skip_trash=query.get("skipTrash") == "true")
            case "POST", [object_id, "undelete"]:
                done = shelf.undelete(object_id)
        return done

    def _page(self, kind: str, request: Object) -> Object:
        found = self._searches[kind].find(request["query"])
        offset = request["offset"]
        items = found[offset : offset + int(min(request["limit"], self.page_limit))]
        more = offset + len(items) < len(found)
        return {
            "items": items,
            "offset": offset,
            "limit": request["limit"],
            "totalItems": len(found),
            "moreItems": more,
        }

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        return await _Call(request, self._script.next(), self).play()


class _Call(Exchange):
    def __init__(self, request: web.Request, answer: Answer, tenant: WavefrontTenant) -> None:
        super().__init__(request, answer)
        self._tenant = tenant

    def judge(self) -> tuple[int, str]:
        request, tenant = self.request, self._tenant
        path = request.path.removeprefix(_API)
        call = Call(request.method, path, json.loads(self.content) if self.content else None)
        tenant.calls.append(call)
        if not tenant.authorized(request.headers.get("Authorization", "")):
            return _envelope(401, "the token is wrong or missing")
        try:
            response = tenant.do(call, dict(request.query))
        except InvalidError as error:
            return _envelope(400, str(error))
        if response is None:
            return _envelope(404, f"there is no {path}")
        return _envelope(200, "", response)


def _envelope(code: int, message: str, response: Any = None) -> tuple[int, str]:
    result = "OK" if code == 200 else "ERROR"
    return code, json.dumps({"status": {"result": result, "message": message, "code": code}, "response": response})
