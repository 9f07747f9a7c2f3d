# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where the Bearer token of a request comes from."""

from __future__ import annotations

import json
import time
import typing as t
from http import HTTPStatus

from requests.auth import HTTPBasicAuth

from ._http import FaultError, PassingFaultError

if t.TYPE_CHECKING:
    from pathlib import Path

    from ._http import Connection

# The clients of the service renew an access token this long before it ends; a short-lived one, later.
CSP_MARGIN_SECONDS = 180
CSP_SHORT_LIFE_SECONDS = 600
CSP_SHORT_MARGIN_SECONDS = 30


class TokenError(Exception):
    """No token is to be had. A sentence for people, without secrets."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


def checked(token: str, where: str) -> str:
    """An HTTP header takes no other characters, and the error for one would show the token."""
    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise TokenError(f"what {where} holds is not a token: it is empty, or has blanks or unusual characters")
    return token


class Token(t.Protocol):
    setting: str
    """The option to change where the token is refused."""

    def get(self, connection: Connection, until: float) -> str | None:
        """Raises TokenError."""

    def renew(self) -> bool:
        """After a refusal: whether the next ``get`` may give another token."""

    @property
    def secrets(self) -> list[str]:
        """What must not be shown."""


class NoToken:
    """A proxy takes points without one."""

    setting = "api_token (WAVEFRONT_API_TOKEN) or api_token_file (WAVEFRONT_API_TOKEN_FILE)"
    secrets: t.ClassVar[list[str]] = []

    def get(self, _connection: Connection, _until: float) -> None:
        return None

    def renew(self) -> bool:
        return False


class FixedToken:
    setting = "api_token (WAVEFRONT_API_TOKEN)"

    def __init__(self, token: str) -> None:
        self._token = token

    @property
    def secrets(self) -> list[str]:
        return [self._token]

    def get(self, _connection: Connection, _until: float) -> str:
        return checked(self._token, "api_token")

    def renew(self) -> bool:
        return False


class FileToken:
    """Read again for every request: it may be replaced at any time, and is small."""

    setting = "api_token_file (WAVEFRONT_API_TOKEN_FILE)"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = ""

    @property
    def secrets(self) -> list[str]:
        return [self._last] if self._last else []

    def get(self, _connection: Connection, _until: float) -> str:
        self._last = self._read()
        return self._last

    def renew(self) -> bool:
        try:
            return self._read() != self._last
        except TokenError:
            return False

    def _read(self) -> str:
        try:
            token = self._path.read_text("utf-8").strip()
        except OSError as error:
            raise TokenError(f"{self._path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise TokenError(f"{self._path} holds no text") from error
        return checked(token, str(self._path))


class CspToken:
    """An access token of VMware Cloud services, for an API token or for an OAuth app's id and secret."""

    def __init__(
        self,
        url: str,
        *,
        api_token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        org_id: str | None = None,
    ) -> None:
        if api_token:
            self.setting = "csp_api_token (WAVEFRONT_CSP_API_TOKEN)"
            self._url = f"{url}/csp/gateway/am/api/auth/api-tokens/authorize"
            self._data = {"grant_type": "api_token", "api_token": api_token}
            self._auth: HTTPBasicAuth | None = None
        else:
            self.setting = "csp_client_id and csp_client_secret (WAVEFRONT_CSP_CLIENT_ID, WAVEFRONT_CSP_CLIENT_SECRET)"
            self._url = f"{url}/csp/gateway/am/api/auth/authorize"
            self._data = {"grant_type": "client_credentials"} | ({"orgId": org_id} if org_id else {})
            self._auth = HTTPBasicAuth(client_id or "", client_secret or "")
        self._lasting_secrets = [secret for secret in (api_token, client_secret) if secret]
        self._access_token = ""
        self._renew_at = 0.0

    @property
    def secrets(self) -> list[str]:
        return [*self._lasting_secrets, *([self._access_token] if self._access_token else [])]

    def get(self, connection: Connection, until: float) -> str:
        if not self._access_token or time.monotonic() >= self._renew_at:
            self._authorize(connection, until)
        return self._access_token

    def renew(self) -> bool:
        self._access_token = ""
        return True

    def _authorize(self, connection: Connection, until: float) -> None:
        try:
            reply = connection.post(self._url, until, data=self._data, auth=self._auth)
        except FaultError as error:
            raise TokenError(f"{self._url}: {error}", passing=isinstance(error, PassingFaultError)) from error
        if not reply.ok:
            passing = reply.status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
            passing |= reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise TokenError(f"{self._url}: HTTP {reply.status}: {reply.text}", passing=passing)
        try:
            answer = json.loads(reply.text)
            self._access_token = checked(str(answer["access_token"]), "access_token")
            lifetime = float(answer["expires_in"])
        except (ValueError, KeyError, TypeError) as error:
            raise TokenError(f"{self._url}: the answer has no access_token or no expires_in", passing=True) from error
        margin = CSP_SHORT_MARGIN_SECONDS if lifetime < CSP_SHORT_LIFE_SECONDS else CSP_MARGIN_SECONDS
        self._renew_at = time.monotonic() + lifetime - margin
