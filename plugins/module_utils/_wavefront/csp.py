# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Access tokens of VMware Cloud services: what to post for one, and when it wants renewal."""

from __future__ import annotations

import base64
import json
import time
import typing as t
from http import HTTPStatus
from urllib.parse import urlencode

from .._common.text import cleaned
from .access import AccessError, checked_token

# The clients of the service renew an access token this long before it ends; a short-lived one, later.
MARGIN_SECONDS = 180
SHORT_LIFE_SECONDS = 600
SHORT_MARGIN_SECONDS = 30
LONGEST_LIFE_SECONDS = 86400.0


class Grant(t.NamedTuple):
    """What to post, as a form, for an access token."""

    url: str
    form: dict[str, str]
    basic_auth: tuple[str, str] | None

    @property
    def body(self) -> str:
        return urlencode(self.form)

    @property
    def headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.basic_auth:
            pair = base64.b64encode(":".join(self.basic_auth).encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        return headers

    @property
    def secrets(self) -> list[str]:
        """Also in the form in which they travel."""
        if self.basic_auth is None:
            return [self.form["api_token"]]
        return [self.basic_auth[1], self.headers["Authorization"].partition(" ")[2]]


class Posted(t.Protocol):
    """The response to a request."""

    @property
    def status(self) -> int:
        """HTTP's number for what became of the request."""

    @property
    def ok(self) -> bool:
        """Whether it was done."""

    @property
    def text(self) -> str:
        """The body."""


Post = t.Callable[[Grant], Posted]
"""Posts a grant. Raises AccessError where there is no response."""


class CspToken:
    """An access token for an API token, or for an OAuth app's id and secret."""

    def __init__(
        self, setting: str, read_grant: t.Callable[[], Grant], clock: t.Callable[[], float] = time.monotonic
    ) -> None:
        """C(read_grant) may raise AccessError, and is asked each time: a file may be replaced."""
        self.setting = setting
        self._read_grant = read_grant
        self._clock = clock
        self._grant: Grant | None = None
        self._access_token = ""
        self._renew_at = 0.0

    @property
    def secrets(self) -> list[str]:
        return [*(self._grant.secrets if self._grant else ()), *filter(None, [self._access_token])]

    def get(self, post: Post) -> str:
        if not self._access_token or self._clock() >= self._renew_at:
            self._authorize(post)
        return self._access_token

    def renew(self) -> bool:
        self._access_token = ""
        return True

    def _authorize(self, post: Post) -> None:
        grant = self._grant = self._read_grant()
        answer = post(grant)
        if not answer.ok:
            passing = answer.status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
            passing |= answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            message = cleaned(answer.text, self.secrets, limit=300) or "nothing"
            raise AccessError(f"{grant.url}: HTTP {answer.status}: {message}", setting=self.setting, passing=passing)
        self._access_token, seconds = _access(grant.url, answer.text)
        self._renew_at = self._clock() + seconds


def grant_of_api_token(url: str, api_token: str) -> Grant:
    form = {"grant_type": "api_token", "api_token": api_token}
    return Grant(f"{url}/csp/gateway/am/api/auth/api-tokens/authorize", form, None)


def grant_of_app(url: str, client_id: str, client_secret: str, org_id: str | None) -> Grant:
    form = {"grant_type": "client_credentials", **({"orgId": org_id} if org_id else {})}
    return Grant(f"{url}/csp/gateway/am/api/auth/authorize", form, (client_id, client_secret))


def _access(url: str, answer: str) -> tuple[str, float]:
    """The token of a successful answer, and the seconds after which it wants renewal."""
    try:
        content = json.loads(answer)
        token = checked_token(str(content["access_token"]), "access_token")
        lifetime = min(float(content["expires_in"]), LONGEST_LIFE_SECONDS)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, AccessError) as error:
        raise AccessError(f"{url}: the answer has no access_token or no expires_in", passing=True) from error
    margin = SHORT_MARGIN_SECONDS if lifetime < SHORT_LIFE_SECONDS else MARGIN_SECONDS
    return token, lifetime - margin
