# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Sends data points over OTLP/HTTP, and says what the answer means by OTLP's specification."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._common.text import cleaned
from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError

from .._delivery.exporter import ExportResult, ExportStatus
from .._delivery.http_results import no_answer, refusal
from .._delivery.tls import http_settings
from .._http.connection import Connection
from .._http.messages import gzipped
from .encoder import DataPoint, DataPointEncoder, Described, message_of
from .protobuf import DecodeError
from .response import partial_success, refusal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._delivery.labels import Labels
    from .._http.messages import Reply, Tls

_RETRYABLE = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class Otlp:
    """The exporter behind the callback of the same name."""

    name = "otlp"
    most_points = 10_000
    reserved_tags = frozenset({"cloud.account.id", "cloud.region"})

    def __init__(
        self,
        endpoint: str,
        headers: Callable[[], Mapping[str, str]],
        resource: Mapping[str, str],
        described: Mapping[str, Described],
        tls: Tls,
        label: Labels,
        *,
        compress: bool,
        timeout: float,
    ) -> None:
        """``headers`` are asked for with each request, since their file may be replaced at any time."""
        self.destination = endpoint
        self._headers = headers
        self.resource = resource
        self._described = described
        self._label = label
        self._compress = compress
        self.timeout = timeout
        self._connection = Connection(tls, http_settings(label))

    def encoder(self) -> DataPointEncoder:
        return DataPointEncoder()

    def export(self, items: Sequence[DataPoint], seconds: float) -> ExportResult:
        until = time.monotonic() + min(seconds, self.timeout)
        try:
            secrets = self._headers()
        except KeywardError as error:
            return ExportResult(ExportStatus.STOP, "no headers", str(error), self._label("headers_file"), sent=False)
        headers = {**secrets, "Content-Type": "application/x-protobuf"}
        body = message_of(items, self.resource, self._described)
        if self._compress:
            body = gzipped(body)
            headers["Content-Encoding"] = "gzip"
        try:
            reply = self._connection.post(self.destination, until, data=body, headers=headers)
        except NoAnswerError as error:
            result = no_answer(error, self.destination, self._label, out_of_time=seconds < self.timeout)
        else:
            result = self._partial_success(reply, len(items)) if reply.ok else self._refusal(reply)
        # A receiver may quote what follows the scheme of Authorization.
        parts = [part for value in secrets.values() for part in (value, value.partition(" ")[2])]
        return result._replace(reason=cleaned(result.reason, parts))

    def shutdown(self) -> None:
        self._connection.close()

    def _partial_success(self, reply: Reply, count: int) -> ExportResult:
        """An answer that is none of OTLP's, such as a proxy's page, is no acceptance."""
        # To OTLP a body without content is a success, but not one whose content was lost on the way.
        if not (reply.content or reply.whole):
            return self._no_answer_of_otlp(reply, "the body did not arrive, or is not compressed as its headers say")
        try:
            rejected, said = partial_success(reply.content)
        except DecodeError:
            return self._no_answer_of_otlp(reply, reply.text)
        if rejected is None:
            rejected = count
            said = f"a number of points that did not arrive with the response, at most {count}: {said}"
        # A number below zero has no meaning.
        rejected = max(0, rejected)
        code = "partial success" if rejected else ""
        return ExportResult(ExportStatus.ACCEPTED, code, said, partly_rejected=rejected)

    def _no_answer_of_otlp(self, reply: Reply, said: str) -> ExportResult:
        reason = f"{self.destination}: HTTP {reply.status} without an answer of OTLP: {said}"
        return ExportResult(ExportStatus.STOP, "no OTLP", reason, self._label.destination)

    def _refusal(self, reply: Reply) -> ExportResult:
        access = self._label("headers", "headers_file")
        said = refusal_text(reply.content) or reply.text
        return refusal(reply, self.destination, self._label, said=said, access=access, passes=_RETRYABLE.__contains__)
