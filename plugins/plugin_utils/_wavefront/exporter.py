# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Sends lines to Wavefront, to a tenant or through a proxy, and tells what the answer means."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._common.text import cleaned
from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import REPORT_PATH, AccessError

from .._delivery.exporter import ExportResult, ExportStatus
from .._delivery.http_results import no_answer, refusal
from .._delivery.tls import http_settings
from .._http.connection import Connection
from .._http.messages import gzipped
from .lines import RESERVED_TAGS, LineEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.keyward.iam.plugins.module_utils._wavefront.csp import Grant
    from ansible_collections.keyward.iam.plugins.module_utils._wavefront.tokens import Token

    from .._delivery.labels import Labels
    from .._http.messages import Reply, Tls

_HEADERS = {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}

_PASSING = frozenset({HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})

_BLANK = b"\xef\xbb\xbf \t\r\n"

MOST_LINES_OF_A_REQUEST = 10_000


class Wavefront:
    """The exporter behind the callback of the same name."""

    name = "wavefront"
    most_points = MOST_LINES_OF_A_REQUEST
    reserved_tags = RESERVED_TAGS

    def __init__(self, url: str, token: Token, timeout: float, tls: Tls, label: Labels) -> None:
        self.destination = url
        self._url = f"{url}{REPORT_PATH}"
        self._token = token
        self._timeout = timeout
        self._label = label
        self._connection = Connection(tls, http_settings(label))

    def encoder(self) -> LineEncoder:
        return LineEncoder()

    def export(self, items: Sequence[str], seconds: float) -> ExportResult:
        until = time.monotonic() + min(seconds, self._timeout)
        out_of_time = seconds < self._timeout
        body = gzipped("\n".join(items).encode())
        answer = self._attempt(body, until, out_of_time=out_of_time)
        if answer.unauthorized and self._token.renew():
            answer = self._attempt(body, until, out_of_time=out_of_time)
        return answer._replace(reason=cleaned(" ".join(answer.reason.split()), self._token.secrets))

    def shutdown(self) -> None:
        self._connection.close()

    def _attempt(self, body: bytes, until: float, *, out_of_time: bool) -> ExportResult:
        try:
            token = self._token.get(lambda grant: self._authorize(grant, until))
            bearer = {"Authorization": f"Bearer {token}"} if token else {}
            reply = self._connection.post(f"{self._url}?f=wavefront", until, data=body, headers=_HEADERS | bearer)
        except AccessError as error:
            status = ExportStatus.RETRY if error.passing else ExportStatus.STOP
            setting = error.setting or self._token.setting
            return ExportResult(status, "no token", str(error), setting, sent=False)
        except NoAnswerError as error:
            return no_answer(error, self._url, self._label, out_of_time=out_of_time)
        return self._acceptance(reply) if reply.ok else self._refusal(reply)

    def _authorize(self, grant: Grant, until: float) -> Reply:
        try:
            return self._connection.post(grant.url, until, data=grant.body.encode(), headers=grant.headers)
        except NoAnswerError as error:
            raise AccessError(f"{grant.url}: {error.fault}", setting=error.setting, passing=error.passing) from error

    def _acceptance(self, reply: Reply) -> ExportResult:
        """A portal or another web server may answer in Wavefront's place, which sends JSON, text or nothing."""
        if not reply.content.lstrip(_BLANK).startswith(b"<"):
            return ExportResult(ExportStatus.ACCEPTED)
        reason = f"{self._url}: HTTP {reply.status} with a web page, as no tenant or proxy answers: {reply.text}"
        return ExportResult(ExportStatus.STOP, "a web page", reason, self._label.destination)

    def _refusal(self, reply: Reply) -> ExportResult:
        access = self._token.setting
        return refusal(reply, self._url, self._label, said=reply.text, access=access, passes=_passes)


def _passes(status: int) -> bool:
    return status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
