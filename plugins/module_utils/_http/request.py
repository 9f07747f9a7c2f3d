# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
One HTTP request of a module, by Ansible's own client: a few small requests are no reason to ask every host for one
more package.
"""

from __future__ import annotations

import http.client
import ssl
import typing as t
from email.message import Message
from http import HTTPStatus
from urllib.error import HTTPError, URLError

from ansible.module_utils.urls import ConnectionError as AnsibleConnectionError
from ansible.module_utils.urls import open_url

from .._common.deadlines import BoundedCalls, TimedOutError
from .._common.errors import KeywardError

_EXCERPT_LENGTH = 300


class NoAnswerError(KeywardError):
    """One sentence that says what failed and what to change."""


class Connection(t.NamedTuple):
    """How the other side is reached and known, as the options of modules name it."""

    timeout: float = 10
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None


class Answer(t.NamedTuple):
    status: int
    headers: Message
    text: str

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def excerpt(self) -> str:
        """The start of the text in one line, for a message."""
        words = " ".join(self.text.split())
        return f"{words[:_EXCERPT_LENGTH]}…" if len(words) > _EXCERPT_LENGTH else words or "nothing"


def send(
    method: str, url: str, connection: Connection, headers: t.Mapping[str, str], data: str | None = None
) -> Answer:
    """The answer, whatever its status. Raises NoAnswerError."""
    try:
        return BoundedCalls().run(lambda: _answer(method, url, connection, headers, data), connection.timeout)
    except TimedOutError:
        raise NoAnswerError(_unreachable(url, f"no answer within {connection.timeout:g} s")) from None
    except (OSError, http.client.HTTPException, AnsibleConnectionError) as error:
        raise NoAnswerError(_unreachable(url, error.reason if isinstance(error, URLError) else error)) from None


def _answer(method: str, url: str, connection: Connection, headers: t.Mapping[str, str], data: str | None) -> Answer:
    try:
        with open_url(
            url,
            method=method,
            data=data,
            headers=dict(headers),
            http_agent="keyward.iam",
            # A redirect would carry the token along, and an entry of ~/.netrc would take its place.
            follow_redirects="none",
            use_netrc=False,
            **connection._asdict(),
        ) as response:
            return Answer(response.status, response.headers, _text(response))
    except HTTPError as error:
        with error:
            return Answer(error.code, error.headers, _text(error))


def _text(response: t.Any) -> str:
    content: bytes = response.read()
    return content.decode("utf-8", "replace")


def _unreachable(url: str, reason: object) -> str:
    if isinstance(reason, ssl.SSLError):
        advice = "check ca_path, and the client certificate where there is one"
        return f"{url}: the two sides do not trust each other: {advice} ({reason})"
    return f"{url} cannot be reached: check the address and the network ({reason})"
