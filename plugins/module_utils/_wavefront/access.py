# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What opens Wavefront, as exporters and modules both need it: its address, and the tokens of VMware Cloud services.

Nothing here sends a request: exporters have requests, modules have Ansible's own HTTP client.
"""

from __future__ import annotations

import base64
import json
import typing as t
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from .._common.errors import KeywardError

REPORT_PATH = "/report"

TOKENS = ("api_token", "api_token_file", "csp_api_token", "csp_api_token_file", "csp_client_id")
"""Options of which one can be used, for one way to a token each."""

CLIENT_SECRETS = ("csp_client_secret", "csp_client_secret_file")
"""Options of which C(csp_client_id) needs one."""

# The clients of the service renew an access token this long before it ends; a short-lived one, later.
CSP_MARGIN_SECONDS = 180
CSP_SHORT_LIFE_SECONDS = 600
CSP_SHORT_MARGIN_SECONDS = 30


class AccessError(KeywardError):
    """An address or a token is not to be had. A sentence for people, without secrets."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing
        """Whether it may go well later."""


class CspGrant(t.NamedTuple):
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
    def secret(self) -> str:
        return self.basic_auth[1] if self.basic_auth else self.form["api_token"]


class CspAccess(t.NamedTuple):
    token: str
    seconds: float
    """After which it wants renewal."""


def base_url(setting: str, text: str) -> str:
    """Of what people paste: with or without a slash at its end, or the whole path of the reports."""
    try:
        parts = urlsplit(text.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise AccessError(f"{setting} must look like https://example.wavefront.com or http://proxy:2878")
    if parts.username or parts.password:
        raise AccessError(f"{setting} must not hold a user or a password")
    path = parts.path.rstrip("/")
    if path.endswith(REPORT_PATH):
        path = path[: -len(REPORT_PATH)].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def checked_token(token: str, where: str) -> str:
    """An HTTP header takes no other characters, and the error for one would show the token."""
    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise AccessError(f"what {where} holds is not a token: it is empty, or has blanks or unusual characters")
    return token


def token_of_file(path: str) -> str:
    try:
        token = Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise AccessError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AccessError(f"{path} holds no text") from error
    return checked_token(token, path)


def csp_grant(url: str, options: t.Mapping[str, str | None]) -> CspGrant:
    """For an API token where the options have one, or a file with one, else for an OAuth app's id and secret."""
    api_token = _secret(options, "csp_api_token")
    if api_token:
        form = {"grant_type": "api_token", "api_token": api_token}
        return CspGrant(f"{url}/csp/gateway/am/api/auth/api-tokens/authorize", form, None)
    org_id = options["csp_org_id"]
    form = {"grant_type": "client_credentials", **({"orgId": org_id} if org_id else {})}
    app = (options["csp_client_id"] or "", _secret(options, "csp_client_secret") or "")
    return CspGrant(f"{url}/csp/gateway/am/api/auth/authorize", form, app)


def _secret(options: t.Mapping[str, str | None], name: str) -> str | None:
    path = options[f"{name}_file"]
    return token_of_file(path) if path else options[name]


def csp_access(url: str, answer: str) -> CspAccess:
    """Of the body of a successful answer."""
    try:
        content = json.loads(answer)
        token = checked_token(str(content["access_token"]), "access_token")
        lifetime = float(content["expires_in"])
    except (ValueError, KeyError, TypeError) as error:
        raise AccessError(f"{url}: the answer has no access_token or no expires_in", passing=True) from error
    margin = CSP_SHORT_MARGIN_SECONDS if lifetime < CSP_SHORT_LIFE_SECONDS else CSP_MARGIN_SECONDS
    return CspAccess(token, lifetime - margin)
