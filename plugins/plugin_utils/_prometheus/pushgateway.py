# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Groups as requests to a Pushgateway."""

from __future__ import annotations

import base64
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError

from .._delivery.exporter import ExportResult, ExportStatus
from .._delivery.http_results import no_answer, refusal
from .groups import Key
from .text import text_of
from .textfile import HELPS

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._delivery.labels import Labels
    from .._http.connection import Connection
    from .._http.messages import Reply
    from .groups import Group

_CONTENT_TYPE = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


class Pushgateway:
    """A group there for each group here: PUT replaces all of it, POST only the metrics of the same names."""

    def __init__(self, url: str, job: str, connection: Connection, label: Labels, timeout: float) -> None:
        self.url = url.rstrip("/")
        self._job = job
        self._connection = connection
        self._label = label
        self._timeout = timeout

    def push(self, groups: Sequence[Group], seconds: float) -> ExportResult:
        """Ends with the first request that is not accepted; all may be sent again."""
        until = time.monotonic() + seconds
        for group in groups:
            method = "PUT" if group.whole else "POST"
            result = self._send(method, group.key, text_of(group.samples, HELPS), until)
            if result is None and group.whole and dict(group.key).keys() == {"profile", "account"}:
                # Where credentials failed, there was no account to name.
                result = self._send("DELETE", group.key[:1], b"", until)
            if result is not None:
                return result
        return ExportResult(ExportStatus.ACCEPTED)

    def _send(self, method: str, key: Key, body: bytes, until: float) -> ExportResult | None:
        """What went wrong, or None."""
        url = self.url + self._path(key)
        ends = min(until, time.monotonic() + self._timeout)
        try:
            reply = self._connection.request(method, url, ends, data=body, headers=_CONTENT_TYPE)
        except NoAnswerError as error:
            return no_answer(error, self.url, self._label, out_of_time=ends == until)
        return None if reply.ok else self._refusal(reply)

    def _path(self, key: Key) -> str:
        return "/metrics/job/" + self._job + "".join(f"/{name}@base64/{_encoded(value)}" for name, value in key)

    def _refusal(self, reply: Reply) -> ExportResult:
        url = self._label("pushgateway_url")
        result = refusal(reply, self.url, self._label, said=reply.text, access=url, passes=_passes)
        # A group that it does not take is no reason to give the points up: another version may.
        return result._replace(status=ExportStatus.STOP) if result.status is ExportStatus.REJECTED else result


def _passes(status: int) -> bool:
    return status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS


def _encoded(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode()
