# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of AWX's REST API, version 2."""

from __future__ import annotations

import base64
import contextlib
import typing as t

from .._common.errors import KeywardError
from .._http.request import HttpOptions
from .._http.rest import (
    MOST_PAGES,
    Credentials,
    FixedCredentials,
    NotFoundError,
    RestClient,
    RestError,
    Service,
    base_url,
    checked_token,
    parsed,
)

_PAGE = 200
_API_PATHS = ("/api", "/api/controller")

Object = dict[str, t.Any]


class AwxError(KeywardError):
    """What AWX has, or a definition says, does not allow what is asked for."""


def token_credentials(token: str, setting: str, secrets: t.Sequence[str] = ()) -> Credentials:
    """C(secrets) are those of requests."""
    token = checked_token(token, setting)
    return FixedCredentials(setting, f"Bearer {token}", [token, *secrets])


def password_credentials(username: str, password: str, setting: str, secrets: t.Sequence[str] = ()) -> Credentials:
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return FixedCredentials(setting, f"Basic {pair}", [password, pair, *secrets])


class Api:
    """Raises RestError where AWX does not do what is asked for."""

    def __init__(self, url: str, credentials: Credentials, options: HttpOptions, url_setting: str = "url") -> None:
        service = Service(
            "AWX",
            url_setting,
            f"there is no API of AWX here: check {url_setting}",
            "check {}",
            "check the rights of {}",
            "not found in AWX",
            lambda text: not text.strip() or parsed(text) is not None,
            _message_of,
        )
        self._client = RestClient(service, _root(url, url_setting), "v2", credentials, options)

    def get(self, path: str) -> Object:
        return self._ask("GET", path)

    def listed(self, path: str, **exactly: t.Any) -> t.Iterator[Object]:
        """All objects with these values, of all pages."""
        seen = set[t.Any]()
        for number in range(1, MOST_PAGES + 1):
            page = self._ask("GET", path, query={**exactly, "order_by": "id", "page": number, "page_size": _PAGE})
            try:
                found, more = list(page["results"]), page["next"] is not None
                new = {each["id"] for each in found} - seen
            except (KeyError, TypeError):
                raise RestError(f"the answer to GET {self._client.url}/{path}/ is not a page of results") from None
            yield from found
            if not more:
                return
            if not new:
                break
            seen |= new
        raise RestError(f"the pages of GET {self._client.url}/{path}/ do not end: the same objects come again")

    def create(self, path: str, content: Object) -> Object:
        made = self._ask("POST", path, content)
        if not made.get("id"):
            raise RestError(f"the response to the create request POST {self._client.url}/{path}/ has no id")
        return made

    def change(self, path: str, content: Object) -> Object:
        return self._ask("PATCH", path, content)

    def post(self, path: str, content: Object) -> None:
        """A request that gives no object."""
        self._ask("POST", path, content)

    def remove(self, path: str) -> None:
        """What is already gone is as good as removed."""
        with contextlib.suppress(NotFoundError):
            self._ask("DELETE", path)

    def _ask(self, method: str, path: str, content: Object | None = None, query: Object | None = None) -> Object:
        answer = parsed(self._client.ask(method, f"{path}/", content, query).text)
        return answer if isinstance(answer, dict) else {}


def _root(url: str, setting: str) -> str:
    """The API's own address, of what people paste."""
    checked = base_url(url, setting, "https://awx.example.com")
    for version in ("/v2", "/v1"):
        checked = checked[: -len(version)] if checked.endswith(f"/api{version}") else checked
    return checked if checked.endswith(_API_PATHS) else f"{checked}/api"


def _message_of(text: str) -> str:
    body = parsed(text)
    return text if body is None else _message(body)


def _message(body: t.Any, where: str = "", depth: int = 0) -> str:
    """AWX's messages stand by the fields that they speak of, at any depth."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(body, dict):
        fields = (
            _message(value, "" if name in {"detail", "__all__", "error"} else str(name), depth + 1)
            for name, value in body.items()
        )
        text = " ".join(fields)
    else:
        text = " ".join(_message(item, "", depth + 1) for item in body) if isinstance(body, list) else str(body)
    return f"{where}: {text}" if where else text


_DEEPEST = 10
