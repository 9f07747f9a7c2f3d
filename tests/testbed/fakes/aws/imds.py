# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The instance metadata service, version 2, for an instance that may have a role."""

from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from testbed.fakes.aws.protocol import timestamp

if TYPE_CHECKING:
    from testbed.fakes.aws.account import Account
    from testbed.fakes.aws.cloud import Caller, Cloud

_TOKEN_TTL = "X-aws-ec2-metadata-token-ttl-seconds"
_TOKEN = "X-aws-ec2-metadata-token"
_ROLES = "/latest/meta-data/iam/security-credentials/"
_SESSION_SECONDS = 6 * 3600
_RENEW_BEFORE = timedelta(minutes=15)


class Instance:
    """The one instance whose metadata the endpoint serves. It has no role until ``attach_role``."""

    def __init__(self, cloud: Cloud) -> None:
        self.id = "i-0123456789abcdef0"
        self.region = "us-east-1"
        self._cloud = cloud
        self._role: tuple[Account, str] | None = None
        self._session: Caller | None = None
        self._tokens: dict[str, float] = {}

    def attach_role(self, account: Account, name: str) -> None:
        with self._cloud.lock:
            self._role, self._session = (account, name), None

    def detach_role(self) -> None:
        with self._cloud.lock:
            self._role = self._session = None

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.method == "PUT" and request.path == "/latest/api/token":
            return self._issue_token(request.headers.get(_TOKEN_TTL, ""))
        if self._tokens.get(request.headers.get(_TOKEN, ""), 0) < time.monotonic():
            return web.Response(status=401, text="Unauthorized")
        with self._cloud.lock:
            text = self._metadata(request.path)
        return web.Response(status=404, text="Not Found") if text is None else web.Response(text=text)

    def _issue_token(self, ttl: str) -> web.Response:
        if not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
            return web.Response(status=400, text="Bad Request")
        token = secrets.token_urlsafe()
        self._tokens[token] = time.monotonic() + int(ttl)
        return web.Response(text=token, headers={_TOKEN_TTL: ttl})

    def _metadata(self, path: str) -> str | None:
        texts = {
            "/latest/meta-data/instance-id": self.id,
            "/latest/meta-data/placement/availability-zone": self.region + "a",
            "/latest/meta-data/placement/region": self.region,
        }
        if self._role is not None:
            account, name = self._role
            identity = {"accountId": account.id, "instanceId": self.id, "region": self.region}
            texts["/latest/dynamic/instance-identity/document"] = json.dumps(identity)
            texts[_ROLES] = texts[_ROLES.rstrip("/")] = name
            if path == _ROLES + name:
                return json.dumps(self._credentials(account, name))
        return texts.get(path)

    def _credentials(self, account: Account, name: str) -> dict[str, str | None]:
        now = self._cloud.clock.now()
        session = self._session
        if session is None or session.expires is None or session.expires < now + _RENEW_BEFORE:
            session = self._session = self._cloud.start_role_session(account, name, self.id, _SESSION_SECONDS)
        assert session.expires is not None
        return {
            "Code": "Success",
            "Type": "AWS-HMAC",
            "LastUpdated": timestamp(now),
            "AccessKeyId": session.credentials.access_key_id,
            "SecretAccessKey": session.credentials.secret_access_key,
            "Token": session.credentials.session_token,
            "Expiration": timestamp(session.expires),
        }
