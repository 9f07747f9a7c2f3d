# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where the modules' Bearer token comes from."""

from __future__ import annotations

import typing as t

from .._http.request import Connection, NoAnswerError, send
from .access import (
    CLIENT_SECRETS,
    AccessError,
    base_url,
    checked_token,
    csp_access,
    csp_grant,
    token_of_file,
)


class TokenSource(t.NamedTuple):
    setting: str
    """The options to change where the token is refused."""
    read: t.Callable[[], str]
    """Raises AccessError."""


def token_source(options: t.Mapping[str, t.Any], connection: Connection) -> TokenSource:
    """By the options that a module was given. Raises AccessError."""
    if options["api_token"]:
        return TokenSource("api_token", lambda: checked_token(options["api_token"].strip(), "api_token"))
    if options["api_token_file"]:
        return TokenSource("api_token_file", lambda: token_of_file(options["api_token_file"]))
    url = base_url("csp_url", options["csp_url"])
    app = [name for name in CLIENT_SECRETS if options[name]]
    if options["csp_client_id"] and not app:
        raise AccessError(f"csp_client_id needs {' or '.join(CLIENT_SECRETS)}")

    def authorize() -> str:
        grant = csp_grant(url, options)
        try:
            answer = send("POST", grant.url, connection, grant.headers, grant.body)
        except NoAnswerError as error:
            raise AccessError(str(error)) from None
        if not answer.ok:
            raise AccessError(f"{grant.url}: HTTP {answer.status}: {answer.excerpt}")
        return csp_access(grant.url, answer.text).token

    token = "csp_api_token" if options["csp_api_token"] else "csp_api_token_file"
    return TokenSource(f"csp_client_id and {app[0]}" if app else token, authorize)
