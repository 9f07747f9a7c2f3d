# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Groups as requests to a Pushgateway."""

from __future__ import annotations

import base64
import json
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._common.text import cleaned
from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError

from .._delivery.exporter import ExportResult, ExportStatus
from .._delivery.http_results import no_answer, refusal
from .encoder import Sample, is_written
from .state import HELPS, METRICS, has_account, merge, series_of
from .text import text_of

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._delivery.labels import Labels
    from .._http.connection import Connection
    from .._http.messages import Reply
    from .groups import Group, Key
    from .state import Times

Login = t.Callable[[], "tuple[str, str] | None"]
Request = tuple[str, "Key", "Sequence[Sample]"]

_CONTENT_TYPE = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_STATE = "/api/v1/metrics"
_MOST_BYTES = 64 << 20
_OWN_LABELS = frozenset({"job", "instance"})
_GROUPED_BY = frozenset({"job", "namespace", "profile", "account"})
"""What other programs push under the same job is theirs."""
_NO_STATE = frozenset({"HTTP 404", "HTTP 405", "HTTP 501"})
_TAKEN = frozenset({200, 202, 204})
"""With an empty body; the last is what others answer that take what is pushed to a Pushgateway."""

_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


class Pushgateway:
    """A group there for each group here, of the same labels. What is there is read first, and merged alike."""

    def __init__(
        self,
        url: str,
        job: str,
        connection: Connection,
        label: Labels,
        timeout: float,
        login: Login,
    ) -> None:
        """``login`` gives user and password, or None for neither."""
        self.url = url.rstrip("/")
        self._job = job
        self._connection = connection
        self._label = label
        self._timeout = timeout
        self._login = login
        self._authorization: dict[str, str] = {}

    def push(self, groups: Sequence[Group], times: Times, seconds: float) -> ExportResult:
        """Ends with the first request that is not accepted; all may be sent again."""
        try:
            login = self._login()
        except KeywardError as error:
            option = self._label("pushgateway_password_file")
            return ExportResult(ExportStatus.STOP, "no password", str(error), option, sent=False)
        basic = _base64(":".join(login)) if login else ""
        self._authorization = {"Authorization": f"Basic {basic}"} if login else {}
        result = self._push(groups, times, time.monotonic() + seconds)
        return result._replace(reason=cleaned(result.reason, [basic, *(login or ())[1:]]))

    def _push(self, groups: Sequence[Group], times: Times, until: float) -> ExportResult:
        reply = self._exchange("GET", self.url + _STATE, b"", until)
        if isinstance(reply, ExportResult):
            return self._push_unread(groups, until) if reply.code in _NO_STATE else reply
        try:
            before = series_of(_samples(reply.content, self._job))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            return self._not_one(error)
        after = {key: list(samples) for key, samples in before.items()}
        merge(after, groups, times)
        changed = [("PUT", key, samples) for key, samples in sorted(after.items()) if samples != before.get(key)]
        ended: list[Request] = [("DELETE", key, ()) for key in sorted(before.keys() - after.keys())]
        return self._send([*changed, *ended], until)

    def _push_unread(self, groups: Sequence[Group], until: float) -> ExportResult:
        """As a proxy that lets only pushes through wants it: POST replaces the metrics of the same names only."""
        requests = [("PUT" if group.whole else "POST", group.key, group.samples) for group in groups if not group.part]
        # What failed before it could name its account.
        named = [group.key for group in groups if group.whole and has_account(group.key)]
        ended: list[Request] = [("DELETE", key[:1], ()) for key in named]
        return self._send([*requests, *ended], until)

    def _send(self, requests: Sequence[Request], until: float) -> ExportResult:
        for method, key, samples in requests:
            body = text_of(samples, HELPS) if samples else b""
            answer = self._exchange(method, self.url + self._path(key), body, until)
            if isinstance(answer, ExportResult):
                return answer
            if answer.status not in _TAKEN or answer.content.strip():
                return self._other_server(answer)
        return ExportResult(ExportStatus.ACCEPTED)

    def _exchange(self, method: str, url: str, body: bytes, until: float) -> Reply | ExportResult:
        """The answer, or what went wrong."""
        ends = min(until, time.monotonic() + self._timeout)
        headers = {**_CONTENT_TYPE, **self._authorization}
        try:
            # Only the state is read whole.
            more = {"most_bytes": _MOST_BYTES} if method == "GET" else {}
            reply = self._connection.request(method, url, ends, data=body, headers=headers, **more)
        except NoAnswerError as error:
            return no_answer(error, self.url, self._label, out_of_time=ends == until)
        return reply if reply.ok else self._refusal(reply)

    def _not_one(self, error: Exception) -> ExportResult:
        option = self._label("pushgateway_url")
        reason = (
            f"{self.url}{_STATE} gives no state of a Pushgateway of {_MOST_BYTES >> 20} MiB at most "
            f"({type(error).__name__}): check {option}, which needs Pushgateway 1.0 or newer"
        )
        return ExportResult(ExportStatus.STOP, "no Pushgateway", reason, option, sent=False)

    def _other_server(self, reply: Reply) -> ExportResult:
        """A portal or another web server may answer in its place."""
        option = self._label("pushgateway_url")
        reason = f"{self.url}: HTTP {reply.status}, not as a Pushgateway answers: {reply.text}"
        return ExportResult(ExportStatus.STOP, "no Pushgateway", reason, option)

    def _path(self, key: Key) -> str:
        return (
            "/metrics/job/"
            + self._job
            + "".join(f"/{name}@base64/{_base64(value, urlsafe=True)}" for name, value in key)
        )

    def _refusal(self, reply: Reply) -> ExportResult:
        access = self._label("pushgateway_username", "pushgateway_password", "pushgateway_password_file")
        result = refusal(reply, self.url, self._label, said=reply.text, access=access, passes=_passes)
        # A group that it does not take is no reason to give the points up, and a part would replace the whole.
        given_up = {ExportStatus.REJECTED, ExportStatus.TOO_LARGE}
        setting = self._label("pushgateway_url")
        return result._replace(status=ExportStatus.STOP, setting=setting) if result.status in given_up else result


def _passes(status: int) -> bool:
    return status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS


def _base64(text: str, *, urlsafe: bool = False) -> str:
    return base64.b64encode(text.encode(), b"-_" if urlsafe else None).decode()


def _samples(content: bytes, job: str) -> Iterator[Sample]:
    """
    What a Pushgateway has of a job. Raises ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    RecursionError.
    """
    for group in json.loads(content)["data"]:
        if group["labels"]["job"] != job or not group["labels"].keys() <= _GROUPED_BY:
            continue
        for name in METRICS.keys() & group.keys():
            for each in group[name]["metrics"]:
                labels = {label: text for label, text in each.get("labels", {}).items() if label not in _OWN_LABELS}
                if is_written(labels.items()):
                    yield Sample(METRICS[name], name, tuple(sorted(labels.items())), float(each["value"]), 0)
