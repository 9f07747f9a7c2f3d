# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where the Bearer token of a request comes from."""

from __future__ import annotations

import time
import typing as t
from http import HTTPStatus

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import (
    AccessError,
    checked_token,
    csp_access,
    token_of_file,
)

from .._http.messages import FaultError, PassingFaultError

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import CspGrant

    from .._http.connection import Connection


class Token(t.Protocol):
    setting: str
    """The option to change where the token is refused."""

    def get(self, connection: Connection, until: float) -> str | None:
        """Raises AccessError."""

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
        return checked_token(self._token, "api_token")

    def renew(self) -> bool:
        return False


class FileToken:
    """Read again for every request: it may be replaced at any time, and is small."""

    setting = "api_token_file (WAVEFRONT_API_TOKEN_FILE)"

    def __init__(self, path: str) -> None:
        self._path = path
        self._last = ""

    @property
    def secrets(self) -> list[str]:
        return [self._last] if self._last else []

    def get(self, _connection: Connection, _until: float) -> str:
        self._last = token_of_file(self._path)
        return self._last

    def renew(self) -> bool:
        try:
            return token_of_file(self._path) != self._last
        except AccessError:
            return False


class CspToken:
    """An access token of VMware Cloud services, for an API token or for an OAuth app's id and secret."""

    def __init__(self, setting: str, read_grant: t.Callable[[], CspGrant]) -> None:
        """``read_grant`` may raise AccessError, and is asked each time: a file may be replaced."""
        self.setting = setting
        self._read_grant = read_grant
        self._lasting_secret = ""
        self._access_token = ""
        self._renew_at = 0.0

    @property
    def secrets(self) -> list[str]:
        return [secret for secret in (self._lasting_secret, self._access_token) if secret]

    def get(self, connection: Connection, until: float) -> str:
        if not self._access_token or time.monotonic() >= self._renew_at:
            self._authorize(connection, until)
        return self._access_token

    def renew(self) -> bool:
        self._access_token = ""
        return True

    def _authorize(self, connection: Connection, until: float) -> None:
        grant = self._read_grant()
        self._lasting_secret = grant.secret
        url = grant.url
        try:
            reply = connection.post(url, until, data=grant.body.encode(), headers=grant.headers)
        except FaultError as error:
            raise AccessError(f"{url}: {error}", passing=isinstance(error, PassingFaultError)) from error
        if not reply.ok:
            passing = reply.status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
            passing |= reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise AccessError(f"{url}: HTTP {reply.status}: {reply.text}", passing=passing)
        access = csp_access(url, reply.text)
        self._access_token = access.token
        self._renew_at = time.monotonic() + access.seconds
