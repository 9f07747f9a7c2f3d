# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The server: who may call it, what each call does, and what it was asked."""

from __future__ import annotations

import base64
import json
import math
from typing import TYPE_CHECKING, Any

from aiohttp import web

from testbed.fakes.serving.server import Call, Served, Server

from .errors import ForbiddenError, MissingError, RefusalError
from .models import MODELS
from .representation import events, listed, shown
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from testbed.fakes.wavefront.tls import PrivateCa

    from .store import Object

_API = "/api/v2/"


class Awx(Served):
    """On a free loopback port while the ``with`` block lasts, with the organization Default."""

    def __init__(self, *, repositories: Mapping[str, list[str]] | None = None, tls: PrivateCa | None = None) -> None:
        self.token = "a-test-token-of-awx"
        self.reading_token = "a-token-with-the-scope-read"
        self.user = ("admin", "a-test-password-of-awx")
        self.page_limit = math.inf
        """The most objects that a page of a list holds, whatever was asked for."""
        self.moved_to = ""
        """Where every request is sent instead."""
        self.calls: list[Call] = []
        self.store = Store(repositories or {})
        self.add("organizations", name="Default")
        routes = [web.route("*", "/{path:.*}", self._handle)]
        self._server = Server(routes, 0, None if tls is None else tls.server_context())

    @property
    def changes(self) -> list[str]:
        """The requests that were for more than reading, oldest first."""
        return [f"{call.method} {call.path}" for call in self.calls if call.method != "GET"]

    def add(self, path: str, **fields: Any) -> int:
        """As a person would make it, by hand. Returns its id."""
        return int(self.store.add(path, fields)["id"])

    def objects(self, path: str) -> list[Object]:
        """What AWX keeps, with secrets. To change one is to change it by hand."""
        return list(self.store.kept[path].values())

    def named(self, path: str, name: str) -> Object:
        return next(each for each in self.objects(path) if each["name"] == name)

    def credentials_of(self, template: str) -> set[str]:
        """The names of the credentials of a job template."""
        attached = self.store.credentials_of.get(self.named("job_templates", template)["id"], [])
        return {self.store.get("credentials", each)["name"] for each in attached}

    async def _handle(self, request: web.Request) -> web.Response:
        text = await request.text()
        content = json.loads(text) if text else None
        path = request.path.removeprefix(_API).strip("/")
        if self.moved_to:
            return web.Response(status=301, headers={"Location": self.moved_to + request.path})
        try:
            if not request.path.startswith(_API) or not request.path.endswith("/"):
                return web.Response(status=404, text="<h1>Not Found</h1>", content_type="text/html")
            self.calls.append(Call(request.method, path, content))
            self._authorize(request)
            status, body = self._do(request.method, path.split("/"), content, request)
        except RefusalError as refusal:
            status, body = refusal.status, refusal.body
        if body is None:
            return web.Response(status=status)
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html")
        return web.json_response(body, status=status)

    def _authorize(self, request: web.Request) -> None:
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        pair = base64.b64encode(":".join(self.user).encode()).decode()
        if (scheme, secret) == ("Bearer", self.reading_token) and request.method != "GET":
            raise ForbiddenError
        if (scheme, secret) not in {("Bearer", self.token), ("Bearer", self.reading_token), ("Basic", pair)}:
            detail = "Authentication credentials were not provided. To establish a login session, visit /api/login/."
            raise RefusalError(401, {"detail": detail})

    def _do(self, method: str, steps: list[str], content: Any, request: web.Request) -> tuple[int, Any]:
        self.store.let_time_pass()
        if steps[0] == "project_updates":
            return 200, self._events(int(steps[1]))
        if steps[0] not in MODELS:
            raise RefusalError(404, "<!doctype html>\n<title>Not Found</title>\n<h1>Not Found</h1>")
        if not all(step.isdecimal() for step in steps[1:2]):
            raise MissingError(f"No {MODELS[steps[0]].class_name} matches the given query.")
        path, ids = steps[0], [int(step) for step in steps[1:2]]
        answer: tuple[int, Any]
        match method, ids, steps[2:]:
            case "GET", [], []:
                answer = 200, self._page(path, self.objects(path), request)
            case "POST", [], []:
                answer = 201, shown(self.store, path, self.store.add(path, content))
            case "GET", [object_id], []:
                answer = 200, shown(self.store, path, self.store.look(path, object_id))
                self.store.saw(path, object_id)
            case "PATCH", [object_id], []:
                answer = 200, shown(self.store, path, self.store.change(path, object_id, content))
            case "DELETE", [object_id], []:
                answer = 204 if self.store.remove(path, object_id) else 202, None
            case _, [object_id], [related]:
                answer = self._related(method, path, object_id, related, request, content)
            case _:
                raise RefusalError(405, {"detail": f'Method "{method}" not allowed.'})
        return answer

    def _related(
        self, method: str, path: str, object_id: int, related: str, request: web.Request, content: Any
    ) -> tuple[int, Any]:
        owner = self.store.get(path, object_id)
        attached = self.store.credentials_of.setdefault(object_id, [])
        match method, path, related:
            case "GET", "job_templates", "credentials":
                return 200, self._page(related, [self.store.get(related, each) for each in attached], request)
            case "POST", "job_templates", "credentials" if content.get("disassociate"):
                attached[:] = [each for each in attached if each != content["id"]]
                return 204, None
            case "POST", "job_templates", "credentials":
                self.store.attach(object_id, content["id"])
                return 204, None
            case "GET", "inventories", "hosts":
                hosts = [each for each in self.objects("hosts") if each["inventory"] == object_id]
                return 200, self._page("hosts", hosts, request)
            case "POST", "inventories", "hosts":
                return 201, shown(self.store, "hosts", self.store.add("hosts", {**content, "inventory": object_id}))
            case "POST", "projects", "update":
                return 202, {"project_update": self.store.fetch(owner)}
        raise MissingError

    def _page(self, path: str, found: list[Object], request: web.Request) -> Object:
        page = listed(path, found, request.query, most=self.page_limit, url=request.path)
        for each in page["results"]:
            self.store.saw(path, each["id"])
        return {**page, "results": [shown(self.store, path, each) for each in page["results"]]}

    def _events(self, update_id: int) -> Object:
        found = events(self.store, self.store.updates[update_id])
        return {"count": len(found), "next": None, "previous": None, "results": found}
