# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of Wavefront's REST API, version 2."""

from __future__ import annotations

import contextlib
import typing as t
from http import HTTPStatus

from .._http.faults import NoAnswerError
from .._http.request import HttpOptions, send
from .._http.rest import MOST_PAGES, NotFoundError, RestClient, RestError, Service, parsed
from .access import AccessError
from .csp import Grant, Posted
from .tokens import Token

_PAGE = 100
_ADVICE = "check {}, and that its owner has the permission Dashboards or Alerts, as the object needs"

Object = dict[str, t.Any]


class Api:
    def __init__(self, url: str, token: Token, options: HttpOptions, url_setting: str = "url") -> None:
        self.url = url
        service = Service(
            "Wavefront",
            url_setting,
            f"there is no REST API here: {url_setting} must be a tenant, not a proxy",
            _ADVICE,
            _ADVICE,
            "it does not exist",
            lambda text: _envelope(text) is not None,
            _message,
        )
        self._client = RestClient(service, url, "api/v2", _Bearer(token, options), options)

    def find(self, path: str) -> Object | None:
        try:
            return self._ask("GET", path)
        except NotFoundError:
            return None

    def create(self, path: str, content: Object) -> Object:
        return self._ask("POST", path, content)

    def replace(self, path: str, content: Object) -> Object:
        return self._ask("PUT", path, content)

    def restore(self, path: str) -> Object:
        """Out of the trash."""
        return self._ask("POST", f"{path}/undelete")

    def remove(self, path: str) -> None:
        """For good. What is already gone is as good as removed."""
        with contextlib.suppress(NotFoundError):
            self._ask("DELETE", f"{path}?skipTrash=true")

    def search(self, kind: str, **exactly: str) -> t.Iterator[Object]:
        """All objects with these values, of all pages, as old as the server's cache."""
        path = f"search/{kind}"
        query = [{"key": key, "value": value, "matchingMethod": "EXACT"} for key, value in exactly.items()]
        offset, seen = 0, set[str]()
        for _page in range(MOST_PAGES):
            page = self._ask("POST", path, {"query": query, "limit": _PAGE, "offset": offset}, reads=True)
            try:
                found, more = list(page["items"]), bool(page["moreItems"])
                new = {str(item["id"]) for item in found} - seen
            except (KeyError, TypeError):
                raise RestError(f"the answer to POST {self.url}/api/v2/{path} is not a page of items") from None
            yield from found
            if not more or not found:
                return
            if not new:
                break
            seen |= new
            offset += len(found)
        raise RestError(f"the pages of POST {self.url}/api/v2/{path} do not end: the same items come again")

    def _ask(self, method: str, path: str, content: Object | None = None, *, reads: bool | None = None) -> Object:
        response = self._client.ask(method, path, content, reads=reads)
        envelope = _envelope(response.text) or {}
        status = envelope["status"]
        if status.get("code") == HTTPStatus.NOT_FOUND:
            raise NotFoundError(f"it does not exist ({self._client.outcome(method, path, response)})")
        if status.get("result") != "OK":
            message = self._client.excerpt(_message(response.text))
            raise RestError(
                f"the request failed: {message} (HTTP {response.status} to {method} {self.url}/api/v2/{path})"
            )
        answer = envelope.get("response")
        return answer if isinstance(answer, dict) else {}


class _Bearer:
    """The token of a request, and the way to one by Ansible's HTTP client."""

    def __init__(self, token: Token, options: HttpOptions) -> None:
        self._token = token
        self._options = options

    @property
    def setting(self) -> str:
        return self._token.setting

    @property
    def secrets(self) -> list[str]:
        return self._token.secrets

    def header(self) -> str:
        try:
            return f"Bearer {self._token.get(self._post)}"
        except AccessError as error:
            raise RestError(
                f"could not obtain an access token: {error}", setting=error.setting, passing=error.passing
            ) from None

    def renew(self) -> bool:
        """A token of VMware Cloud services may have ended, and a file may have been replaced."""
        return self._token.renew()

    def _post(self, grant: Grant) -> Posted:
        try:
            return send("POST", grant.url, self._options, grant.headers, grant.body)
        except NoAnswerError as error:
            raise AccessError(str(error), setting=error.setting, passing=error.passing) from None


def _envelope(text: str) -> Object | None:
    content = parsed(text)
    return content if isinstance(content, dict) and isinstance(content.get("status"), dict) else None


def _message(text: str) -> str:
    status = (_envelope(text) or {}).get("status") or {}
    return str(status.get("message") or status.get("result") or text)
