# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A client of Wavefront's REST API, version 2."""

from __future__ import annotations

import contextlib
import json
import time
import typing as t
from http import HTTPStatus

from .._common.errors import KeywardError
from .._http.request import Answer, Connection, NoAnswerError, send
from .access import AccessError
from .tokens import TokenSource

_PAGE = 100
_PUSHBACK = frozenset({HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.TOO_MANY_REQUESTS})
_NO_API = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_LONGEST_PAUSE = 30.0

Object = dict[str, t.Any]


class ApiError(KeywardError):
    """One sentence that says what failed and what to change."""


class _NotFoundError(ApiError):
    """What was asked for does not exist."""


class Api:
    def __init__(self, url: str, token: TokenSource, connection: Connection) -> None:
        self.url = url
        self._source = token
        self._token = ""
        self._connection = connection

    def find(self, path: str) -> Object | None:
        try:
            return self._ask("GET", path)
        except _NotFoundError:
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
        with contextlib.suppress(_NotFoundError):
            self._ask("DELETE", f"{path}?skipTrash=true")

    def search(self, kind: str, **exactly: str) -> t.Iterator[Object]:
        """All objects with these values, of all pages, as old as the server's cache."""
        path = f"search/{kind}"
        query = [{"key": key, "value": value, "matchingMethod": "EXACT"} for key, value in exactly.items()]
        offset = 0
        while True:
            page = self._ask("POST", path, {"query": query, "limit": _PAGE, "offset": offset})
            try:
                found, more = list(page["items"]), bool(page["moreItems"])
            except (KeyError, TypeError):
                raise ApiError(f"the answer to POST {self._endpoint(path)} is not a page of items") from None
            yield from found
            offset += len(found)
            if not more or not found:
                return

    def _ask(self, method: str, path: str, content: Object | None = None) -> Object:
        answer = self._send(method, path, content)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._has_another_token():
            answer = self._send(method, path, content)
        outcome = f"HTTP {answer.status} to {method} {self._endpoint(path)}: {self._message(answer)}"
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise ApiError(
                f"Wavefront refused the token: check {self._source.setting}, and that its owner has the permission "
                f"Dashboards or Alerts, as the object needs ({outcome})"
            )
        location = answer.headers.get("Location")
        if location:
            raise ApiError(f"Wavefront is elsewhere: set url to it ({outcome}, see {location})")
        envelope = _envelope(answer.text)
        if envelope is None and (answer.ok or answer.status in _NO_API):
            raise ApiError(f"there is no REST API here: url must be a tenant, not a proxy ({outcome})")
        status = (envelope or {}).get("status") or {}
        if HTTPStatus.NOT_FOUND in {answer.status, status.get("code")}:
            raise _NotFoundError(f"it does not exist ({outcome})")
        if not answer.ok or envelope is None or status.get("result") != "OK":
            raise ApiError(f"Wavefront did not do it: {outcome}")
        response = envelope.get("response")
        return response if isinstance(response, dict) else {}

    def _send(self, method: str, path: str, content: Object | None) -> Answer:
        """Waits while the server pushes back, which it does before it looks at a request."""
        pauses = iter(_PAUSES)
        try:
            self._token = self._token or self._source.read()
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            data = None if content is None else json.dumps(content)
            while True:
                answer = send(method, self._endpoint(path), self._connection, headers, data)
                pause = next(pauses, None)
                if answer.status not in _PUSHBACK or pause is None:
                    return answer
                time.sleep(_pause_of(answer, pause))
        except AccessError as error:
            raise ApiError(f"there is no token: {self._cleaned(str(error))}") from None
        except NoAnswerError as error:
            raise ApiError(str(error)) from None

    def _has_another_token(self) -> bool:
        """A token of VMware Cloud services may have ended, and a file may have been replaced."""
        refused = self._token
        with contextlib.suppress(AccessError):
            self._token = self._source.read()
        return self._token != refused

    def _endpoint(self, path: str) -> str:
        return f"{self.url}/api/v2/{path}"

    def _message(self, answer: Answer) -> str:
        """What the server says, without what it quotes of the request."""
        status = (_envelope(answer.text) or {}).get("status") or {}
        return self._cleaned(str(status.get("message") or status.get("result") or answer.excerpt))

    def _cleaned(self, text: str) -> str:
        return text.replace(self._token, "***") if self._token else text


def _envelope(text: str) -> Object | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) and isinstance(content.get("status"), dict) else None


def _pause_of(answer: Answer, usual: float) -> float:
    """What the server asks for, where it does."""
    seconds = (answer.headers.get("Retry-After") or "").strip()
    return min(float(seconds), _LONGEST_PAUSE) if seconds.isdecimal() else usual
