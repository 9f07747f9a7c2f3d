# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The token service of VMware Cloud services: both calls, and access tokens that end."""

from __future__ import annotations

import base64
import json
import math
import secrets
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from aiohttp import web

from .answers import Answer, Script
from .exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

API_TOKEN_PATH = "/csp/gateway/am/api/auth/api-tokens/authorize"
OAUTH_PATH = "/csp/gateway/am/api/auth/authorize"


class Csp:
    """Hands out access tokens, and knows which of them are good.

    An access token is good for `lifetime` seconds, which its `expires_in` says, or until `rotate` is called.
    """

    def __init__(
        self,
        *,
        api_token: str | None = None,
        client_id: str = "",
        client_secret: str | None = None,
        org_id: str | None = None,
        lifetime: float = 1800,
    ) -> None:
        self.api_token = api_token
        client = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self.basic = None if client_secret is None else f"Basic {client}"
        self.org_id = org_id
        self.lifetime = lifetime
        self._script = Script()
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}
        self._calls = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.post(path, self._token) for path in (API_TOKEN_PATH, OAUTH_PATH)]

    @property
    def calls(self) -> int:
        """How many times a token was asked for, refused ones included."""
        return self._calls

    def answers(self, *answers: Answer) -> None:
        """Queue answers of the token calls, one for each to come."""
        self._script.queue(answers)

    def rotate(self) -> None:
        """Every access token handed out so far is refused from here on."""
        with self._lock:
            self._ends.clear()

    def is_good(self, access_token: str) -> bool:
        with self._lock:
            return time.monotonic() < self._ends.get(access_token, -math.inf)

    def issue(self) -> dict[str, object]:
        access_token = secrets.token_urlsafe(24)
        with self._lock:
            self._ends[access_token] = time.monotonic() + self.lifetime
        return {"access_token": access_token, "expires_in": int(self.lifetime), "token_type": "bearer"}

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self._calls += 1
        return await _TokenCall(request, self._script.next(), self).play()


class _TokenCall(Exchange):
    def __init__(self, request: web.Request, answer: Answer, csp: Csp) -> None:
        super().__init__(request, answer)
        self._csp = csp

    def judge(self) -> tuple[int, str]:
        form = {key: values[-1] for key, values in parse_qs((self.content or b"").decode()).items()}
        check = self._api_token if self.request.path == API_TOKEN_PATH else self._client_credentials
        refusal = check(form)
        if refusal is None:
            return 200, json.dumps(self._csp.issue())
        status, message = refusal
        return status, json.dumps({"statusCode": status, "message": message})

    def _api_token(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        if form.get("grant_type") != "api_token":
            return 400, "unsupported_grant_type"
        if self._csp.api_token is None or form.get("api_token") != self._csp.api_token:
            return 400, "invalid_grant: Invalid refresh token"
        return None

    def _client_credentials(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        if self._csp.basic is None or self.request.headers.get("Authorization") != self._csp.basic:
            return 401, "invalid_client"
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type"
        if self._csp.org_id is not None and form.get("orgId") != self._csp.org_id:
            return 400, "invalid_request: unknown organization"
        return None
