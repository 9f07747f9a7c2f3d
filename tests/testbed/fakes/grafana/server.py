# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from aiohttp import web

from testbed.fakes.serving.server import Call, Served, Server

Json = dict[str, Any]


class RefusalError(Exception):
    def __init__(self, code: HTTPStatus, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.content = {"message": message, **more}


class Grafana(Served):
    """On a free loopback port while the ``with`` block lasts."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.role = "Editor"
        self.dashboards: dict[str, Json] = {}
        """By uid. To change one is to change it by hand."""
        self.folders: dict[str, str] = {}
        """Titles by uid."""
        self.folder_of: dict[str, str] = {}
        """Uids of folders by those of dashboards."""
        self.provisioned: set[str] = set()
        self.calls: list[Call] = []
        self._ids: dict[str, int] = {}
        self._server = Server([web.route("*", "/api/{path:.*}", self._handle)], 0, None)

    @property
    def changes(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.calls if call.method != "GET"]

    async def _handle(self, request: web.Request) -> web.Response:
        call = Call(request.method, request.match_info["path"], json.loads(await request.read() or b"null"))
        self.calls.append(call)
        try:
            self._admit(request.headers.get("Authorization", ""), call)
            answer = self._answer(call)
        except RefusalError as refusal:
            return web.json_response(refusal.content, status=refusal.code)
        return web.json_response(answer)

    def _admit(self, header: str, call: Call) -> None:
        if header != f"Bearer {self.token}":
            raise RefusalError(HTTPStatus.UNAUTHORIZED, "Invalid API key", messageId="api-key.invalid", statusCode=401)
        if call.method != "GET" and self.role == "Viewer":
            raise RefusalError(
                HTTPStatus.FORBIDDEN,
                "You'll need additional permissions to perform this action. Permissions needed: dashboards:write",
                title="Access denied",
                accessErrorId="ACE0422721374",
            )

    def _answer(self, call: Call) -> Any:
        match call.method, call.path.split("/"):
            case "GET", ["dashboards", "uid", uid]:
                return self._found(uid)
            case "POST", ["dashboards", "db"]:
                return self._save(call.content)
            case "DELETE", ["dashboards", "uid", uid]:
                found = self._found(uid)["dashboard"]
                del self.dashboards[uid]
                title = found["title"]
                return {"title": title, "message": f"Dashboard {title} deleted", "id": found["id"]}
            case "GET", ["folders"]:
                return [
                    {"id": number, "uid": uid, "title": title}
                    for number, (uid, title) in enumerate(self.folders.items())
                ]
            case "POST", ["folders"]:
                uid = f"folder{len(self.folders)}"
                self.folders[uid] = call.content["title"]
                return {"id": len(self.folders), "uid": uid, "title": call.content["title"], "version": 1}
        raise RefusalError(HTTPStatus.NOT_FOUND, "Not found")

    def _found(self, uid: str) -> Json:
        if uid not in self.dashboards:
            raise RefusalError(HTTPStatus.NOT_FOUND, "Dashboard not found", status="not-found")
        folder = self.folder_of.get(uid, "")
        meta = {
            "slug": self._slug(uid),
            "url": f"/d/{uid}/{self._slug(uid)}",
            "folderUid": folder,
            "folderTitle": self.folders.get(folder, "General"),
            "provisioned": uid in self.provisioned,
        }
        return {"meta": meta, "dashboard": self.dashboards[uid]}

    def _save(self, content: Json) -> Json:
        dashboard, uid, folder = content["dashboard"], content["dashboard"]["uid"], content.get("folderUid", "")
        if not dashboard.get("title"):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "Dashboard title cannot be empty", status="empty-name")
        if folder and folder not in self.folders:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "folder not found")
        if uid in self.provisioned:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "Cannot save provisioned dashboard")
        version = self.dashboards[uid]["version"] + 1 if uid in self.dashboards else 1
        if version > 1 and not content.get("overwrite"):
            raise RefusalError(
                HTTPStatus.PRECONDITION_FAILED,
                "The dashboard has been changed by someone else",
                status="version-mismatch",
            )
        number = self._ids.setdefault(uid, len(self._ids) + 1)
        self.dashboards[uid] = {**dashboard, "id": number, "version": version}
        self.folder_of[uid] = folder
        slug = self._slug(uid)
        return {
            "id": number,
            "uid": uid,
            "url": f"/d/{uid}/{slug}",
            "status": "success",
            "version": version,
            "slug": slug,
        }

    def _slug(self, uid: str) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.dashboards[uid]["title"].lower())
