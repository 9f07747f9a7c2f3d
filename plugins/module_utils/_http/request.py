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
import typing as t
import zlib
from email.message import Message
from http import HTTPStatus
from urllib.error import HTTPError, URLError

from ansible.module_utils.urls import ConnectionError as AnsibleConnectionError
from ansible.module_utils.urls import open_url

from .._common.deadlines import BoundedCalls, TimedOutError
from .._common.errors import KeywardError
from .faults import NoAnswerError, cause_of, no_answer, timed_out

MOST_BYTES = 16 * 1024 * 1024
"""Of an answer, as it came and after decompression."""

_AUTOMATIC = zlib.MAX_WBITS | 32


class HttpOptions(t.NamedTuple):
    """How a server is reached and verified, as the options of modules name it."""

    timeout: float = 10
    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None


LONGEST_TIMEOUT_SECONDS = 86400


def http_options(options: t.Mapping[str, t.Any]) -> HttpOptions:
    """Those of a module's options that it has. Raises KeywardError."""
    seconds = options["timeout"]
    if not 0 < seconds <= LONGEST_TIMEOUT_SECONDS:
        raise KeywardError(
            f"timeout must be more than 0 and at most {LONGEST_TIMEOUT_SECONDS} seconds, not {seconds:g}",
            setting="timeout",
        )
    return HttpOptions(**{name: options[name] for name in HttpOptions._fields if name in options})


class Response(t.NamedTuple):
    status: int
    headers: Message
    text: str

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def send(
    method: str, url: str, options: HttpOptions, headers: t.Mapping[str, str], data: str | None = None
) -> Response:
    """The response, whatever its status. Raises NoAnswerError."""
    try:
        return BoundedCalls().run(lambda: _response(method, url, options, headers, data), options.timeout)
    except TimedOutError:
        raise timed_out(url, options.timeout) from None
    except (OSError, http.client.HTTPException, AnsibleConnectionError, ValueError, zlib.error) as error:
        reason = error.reason if isinstance(error, URLError) else error
        cause = cause_of(reason if isinstance(reason, BaseException) else OSError(str(reason)))
        raise timed_out(url, options.timeout) if cause.timeout else no_answer(url, cause) from None


def _response(method: str, url: str, options: HttpOptions, headers: t.Mapping[str, str], data: str | None) -> Response:
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
            # Ansible's own has no bound.
            decompress=False,
            **options._asdict(),
        ) as response:
            return Response(response.status, response.headers, _text(response, response.headers, url))
    except HTTPError as error:
        with error:
            return Response(error.code, error.headers, _text(error, error.headers, url))


def _text(response: t.Any, headers: Message, url: str) -> str:
    content: bytes = response.read(MOST_BYTES + 1)
    declared = headers.get("Content-Length", "")
    if declared.isdecimal() and len(content) < min(int(declared), MOST_BYTES):
        raise http.client.IncompleteRead(content, int(declared) - len(content))
    if len(content) <= MOST_BYTES and headers.get("Content-Encoding", "").strip().lower() in ("gzip", "deflate"):
        content = zlib.decompressobj(_AUTOMATIC).decompress(content, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NoAnswerError(url, f"the answer is longer than {MOST_BYTES >> 20} MiB", "check url", "url")
    return content.decode("utf-8", "replace")
