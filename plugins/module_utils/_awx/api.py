# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of AWX's REST API, version 2."""

from __future__ import annotations

import base64
import contextlib
import json
import typing as t
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from .._common.errors import KeywardError
from .._http.request import Answer, Connection, NoAnswerError, send

_PAGE = 200
_API_PATHS = ("/api", "/api/controller")

Object = dict[str, t.Any]


class AwxError(KeywardError):
    """One sentence that says what failed and what to change."""


class _NotFoundError(AwxError):
    """What was asked for does not exist."""


class Access(t.NamedTuple):
    """What lets a client in, and the options to change where it does not."""

    setting: str
    header: str
    secret: str


def token_access(token: str) -> Access:
    token = token.strip()
    # An HTTP header takes no other characters, and the error for one would show the token.
    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise AwxError("what token holds is not a token: it is empty, or has blanks or unusual characters")
    return Access("token", f"Bearer {token}", token)


def password_access(username: str, password: str) -> Access:
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return Access("username and password", f"Basic {pair}", password)


class Api:
    def __init__(self, url: str, access: Access, connection: Connection) -> None:
        self.url = _root(url)
        self._access = access
        self._connection = connection

    def get(self, path: str) -> Object:
        return self._ask("GET", path)

    def listed(self, path: str, **exactly: t.Any) -> t.Iterator[Object]:
        """All objects with these values, of all pages."""
        number = 0
        more = True
        while more:
            number += 1
            page = self._ask("GET", path, query={**exactly, "order_by": "id", "page": number, "page_size": _PAGE})
            try:
                found, more = list(page["results"]), page["next"] is not None
            except (KeyError, TypeError):
                raise AwxError(f"the answer to GET {self._endpoint(path)} is not a page of results") from None
            yield from found

    def create(self, path: str, content: Object) -> Object:
        made = self._ask("POST", path, content)
        if not made.get("id"):
            raise AwxError(f"AWX answered POST {self._endpoint(path)} and told no id of what it made")
        return made

    def change(self, path: str, content: Object) -> Object:
        return self._ask("PATCH", path, content)

    def order(self, path: str, content: Object) -> None:
        """Something that gives no object."""
        self._ask("POST", path, content)

    def remove(self, path: str) -> None:
        """What is already gone is as good as removed."""
        with contextlib.suppress(_NotFoundError):
            self._ask("DELETE", path)

    def _ask(self, method: str, path: str, content: Object | None = None, query: Object | None = None) -> Object:
        answer = self._send(method, path, content, query)
        outcome = f"HTTP {answer.status} to {method} {self._endpoint(path)}"
        body = _json(answer.text)
        location = answer.headers.get("Location")
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise AwxError(f"AWX refused to let anybody in: check {self._access.setting} ({outcome})")
        if not answer.ok and location:
            raise AwxError(f"AWX is elsewhere: set url to it ({outcome}, see {location})")
        if answer.text and body is None:
            raise AwxError(f"there is no API of AWX here: check url ({outcome}: {self._cleaned(answer.excerpt)})")
        if answer.ok:
            return body or {}
        message = self._cleaned(_message(body or {}))
        if answer.status == HTTPStatus.FORBIDDEN:
            raise AwxError(f"AWX does not allow it: {message} Check the rights of {self._access.setting} ({outcome})")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise _NotFoundError(f"AWX knows no such thing: {message} ({outcome})")
        raise AwxError(f"AWX did not do it: {message} ({outcome})")

    def _send(self, method: str, path: str, content: Object | None, query: Object | None) -> Answer:
        headers = {"Authorization": self._access.header, "Content-Type": "application/json"}
        endpoint = self._endpoint(path) + (f"?{urlencode(query)}" if query else "")
        data = None if content is None else json.dumps(content)
        try:
            return send(method, endpoint, self._connection, headers, data)
        except NoAnswerError as error:
            raise AwxError(str(error)) from None

    def _endpoint(self, path: str) -> str:
        return f"{self.url}/v2/{path}/"

    def _cleaned(self, text: str) -> str:
        return text.replace(self._access.secret, "***")


def _root(url: str) -> str:
    """The API's own address, of what people paste."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise AwxError("url must look like https://awx.example.com")
    if parts.username or parts.password:
        raise AwxError("url must not hold a user or a password")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith(_API_PATHS) else f'{path}/api'}"


def _json(text: str) -> Object | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) else {"detail": content}


def _message(body: t.Any, where: str = "") -> str:
    """AWX's messages stand by the fields that they speak of, at any depth."""
    if isinstance(body, dict):
        fields = (_message(value, "" if name in {"detail", "__all__"} else name) for name, value in body.items())
        text = " ".join(fields)
    else:
        text = " ".join(_message(item) for item in body) if isinstance(body, list) else str(body)
    return f"{where}: {text}" if where else text
