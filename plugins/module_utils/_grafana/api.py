# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of Grafana's HTTP API, as far as dashboards and their folders go."""

from __future__ import annotations

import typing as t

from .._http.request import HttpOptions
from .._http.rest import Credentials, NotFoundError, RestClient, RestError, Service, base_url, parsed

Object = dict[str, t.Any]

_MOST_FOLDERS = 1000


class Api:
    def __init__(self, url: str, credentials: Credentials, options: HttpOptions, url_setting: str) -> None:
        """Raises KeywardError."""
        self.url = base_url(url, url_setting, "https://grafana.example.com")
        service = Service(
            "Grafana",
            url_setting,
            f"there is no HTTP API of Grafana here: check {url_setting}",
            "check {}",
            "give the service account of {} the role Editor",
            "it does not exist",
            lambda text: isinstance(parsed(text), (dict, list)),
            _message,
        )
        self._client = RestClient(service, self.url, "api", credentials, options)

    def dashboard(self, uid: str) -> Object | None:
        """With C(dashboard), its content, and C(meta), where it is. Raises RestError."""
        try:
            return self._object("GET", f"dashboards/uid/{uid}")
        except NotFoundError:
            return None

    def save(self, content: Object, folder_uid: str) -> Object:
        """Create or replace a dashboard, and return C(url), the path of its page. Raises RestError."""
        body = {"dashboard": {**content, "id": None}, "folderUid": folder_uid, "overwrite": True}
        return self._object("POST", "dashboards/db", body)

    def delete(self, uid: str) -> None:
        """Raises RestError."""
        self._object("DELETE", f"dashboards/uid/{uid}")

    def folder(self, title: str) -> str | None:
        """The uid of the folder of this title. Raises RestError."""
        response = self._client.ask("GET", "folders", query={"limit": _MOST_FOLDERS})
        folders = parsed(response.text)
        if not isinstance(folders, list):
            raise RestError(f"Grafana gave no list of folders ({self._client.outcome('GET', 'folders', response)})")
        return next((str(folder["uid"]) for folder in folders if folder.get("title") == title), None)

    def add_folder(self, title: str) -> str:
        """Raises RestError."""
        return str(self._object("POST", "folders", {"title": title}).get("uid", ""))

    def _object(self, method: str, path: str, content: Object | None = None) -> Object:
        response = self._client.ask(method, path, content)
        answer = parsed(response.text)
        if not isinstance(answer, dict):
            raise RestError(f"Grafana gave no object ({self._client.outcome(method, path, response)})")
        return answer


def _message(text: str) -> str:
    content = parsed(text)
    return str(content.get("message") or text) if isinstance(content, dict) else text
