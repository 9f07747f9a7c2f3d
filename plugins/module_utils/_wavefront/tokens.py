# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where the Bearer token of a request comes from, for modules and callbacks; the HTTP call is theirs."""

from __future__ import annotations

import typing as t

from .._files.links import FileError
from .._files.text_file import read_text
from .access import CLIENT_SECRETS, TOKENS, AccessError, Label, base_url, checked_token
from .csp import CspToken, Grant, Post, grant_of_api_token, grant_of_app


class Token(t.Protocol):
    setting: str
    """The option to change where the token is refused."""

    def get(self, post: Post) -> str | None:
        """None where no token is needed. Raises AccessError."""

    def renew(self) -> bool:
        """After a refusal: whether the next C(get) may give another token."""

    @property
    def secrets(self) -> list[str]:
        """What must not be shown."""


class NoToken:
    """A proxy takes points without one."""

    secrets: t.ClassVar[list[str]] = []

    def __init__(self, setting: str) -> None:
        self.setting = setting

    def get(self, _post: Post) -> None:
        return None

    def renew(self) -> bool:
        return False


class FixedToken:
    def __init__(self, setting: str, token: str) -> None:
        self.setting = setting
        self._token = token.strip()

    @property
    def secrets(self) -> list[str]:
        return [self._token]

    def get(self, _post: Post) -> str:
        return checked_token(self._token, self.setting)

    def renew(self) -> bool:
        return False


class FileToken:
    """Read again for every request: it may be replaced at any time, and is small."""

    def __init__(self, setting: str, path: str) -> None:
        self.setting = setting
        self._path = path
        self._last = ""

    @property
    def secrets(self) -> list[str]:
        return [self._last] if self._last else []

    def get(self, _post: Post) -> str:
        self._last = _token_of_file(self._path, self.setting)
        return self._last

    def renew(self) -> bool:
        try:
            return _token_of_file(self._path, self.setting) != self._last
        except AccessError:
            return False


def token_of(options: t.Mapping[str, t.Any], label: Label) -> Token:
    """The token that options lead to, of which those of C(TOKENS) and of C(CLIENT_SECRETS) exclude each other."""
    kind = next((name for name in TOKENS if options[name]), None)
    if kind is None:
        return NoToken(f"{label('api_token')} or {label('api_token_file')}")
    if kind == "api_token":
        return FixedToken(label(kind), options[kind])
    if kind == "api_token_file":
        return FileToken(label(kind), options[kind])
    url = base_url(label("csp_url"), options["csp_url"])
    if kind != "csp_client_id":
        return CspToken(label(kind), lambda: grant_of_api_token(url, _secret(options, "csp_api_token", label) or ""))
    used = [name for name in CLIENT_SECRETS if options[name]]
    if not used:
        raise AccessError(
            f"csp_client_id needs {' or '.join(map(label, CLIENT_SECRETS))}", setting=label(CLIENT_SECRETS[0])
        )

    def grant() -> Grant:
        secret = _secret(options, "csp_client_secret", label) or ""
        return grant_of_app(url, options["csp_client_id"], secret, options["csp_org_id"])

    return CspToken(f"{label('csp_client_id')} and {label(used[0])}", grant)


def _secret(options: t.Mapping[str, t.Any], name: str, label: Label) -> str | None:
    path = options[f"{name}_file"]
    if path:
        return _token_of_file(path, label(f"{name}_file"))
    value: str | None = options[name]
    return value.strip() if value else value


def _token_of_file(path: str, setting: str) -> str:
    try:
        token = read_text(path)
    except FileError as error:
        raise AccessError(f"{setting}: {error}", setting=setting) from None
    return checked_token(token, f"{setting}: {path}")
