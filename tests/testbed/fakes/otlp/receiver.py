# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import asyncio
import gzip
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

from testbed.fakes.serving.server import Served, Server

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class DataPoint:
    metric: str
    value: float
    unit: str
    timestamp: int
    """In nanoseconds."""
    attributes: Mapping[str, str]
    resource: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    rejected: int = 0
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


def partial(rejected: int, text: str) -> Answer:
    """Accepted but for so many data points."""
    return Answer(200, rejected, text)


class OtlpReceiver(Served):
    """What it accepts of the metrics signal is in ``points``, in the order of arrival."""

    def __init__(
        self,
        headers: Mapping[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.points: list[DataPoint] = []
        self.requests: list[Mapping[str, str]] = []
        """The headers of all requests, in lower case."""
        self._wanted = headers or {}
        self._answers: deque[Answer] = deque()
        self._always: Answer | None = None
        self._hangs = False
        routes = [web.get("/_testbed/points", self._show), web.post("/{path:.*}", self._receive)]
        self._server = Server(routes, 0, context, host)

    @property
    def endpoint(self) -> str:
        return f"{self.url}/v1/metrics"

    def answers(self, *answers: int | Answer) -> None:
        """What the next requests are answered, a status or more; then they are judged as usual."""
        self._answers.extend(_answer(each) for each in answers)

    def always(self, answer: int | Answer | None) -> None:
        self._always = None if answer is None else _answer(answer)

    def hang(self) -> None:
        """Read the next requests and answer none of them."""
        self._hangs = True

    def down(self) -> None:
        self._server.down()

    def up(self) -> None:
        self._server.up()

    def values(self, metric: str) -> list[float]:
        return [point.value for point in self.points if point.metric == metric]

    async def _show(self, request: web.Request) -> web.Response:
        """The points so far as JSON; ``?metric=`` selects some."""
        wanted = request.query.get("metric")
        return web.json_response([asdict(point) for point in self.points if wanted in (None, point.metric)])

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self._hangs:
            await asyncio.Event().wait()
        self.requests.append({name.lower(): value for name, value in request.headers.items()})
        answer = self._answers.popleft() if self._answers else self._always or self._judge(request)
        if answer.status == web.HTTPOk.status_code:
            try:
                points = list(_decoded(body, request.headers.get("Content-Encoding", "")))
            except (DecodeError, gzip.BadGzipFile, EOFError) as error:
                return _refusal(Answer(400, text=str(error)))
            self.points += points[: len(points) - answer.rejected]
            if answer.raw is not None:
                return web.Response(body=answer.raw, content_type="text/html")
            told = ExportMetricsPartialSuccess(rejected_data_points=answer.rejected, error_message=answer.text)
            response = ExportMetricsServiceResponse(partial_success=told if answer.rejected or answer.text else None)
            return web.Response(body=response.SerializeToString(), content_type=_PROTOBUF)
        return _refusal(answer)

    def _judge(self, request: web.Request) -> Answer:
        if any(request.headers.get(name) != value for name, value in self._wanted.items()):
            return Answer(401, text="who are you?")
        if request.path != "/v1/metrics":
            return Answer(404, text="there is nothing here")
        return Answer(200 if request.content_type == _PROTOBUF else 415)


def _answer(answer: int | Answer) -> Answer:
    return Answer(answer, text=f"the test asked for {answer}") if isinstance(answer, int) else answer


def _refusal(answer: Answer) -> web.Response:
    # google.rpc.Status has the same layout: a number, and a text.
    status = ExportMetricsPartialSuccess(rejected_data_points=answer.status, error_message=answer.text)
    body = status.SerializeToString()
    return web.Response(status=answer.status, body=body, content_type=_PROTOBUF, headers=answer.headers)


def _decoded(body: bytes, encoding: str) -> Any:
    message = ExportMetricsServiceRequest.FromString(gzip.decompress(body) if encoding == "gzip" else body)
    for of_resource in message.resource_metrics:
        resource = {each.key: each.value.string_value for each in of_resource.resource.attributes}
        for scope in of_resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.gauge.data_points:
                    attributes = {each.key: each.value.string_value for each in point.attributes}
                    value = point.as_int if point.WhichOneof("value") == "as_int" else point.as_double
                    yield DataPoint(metric.name, value, metric.unit, point.time_unix_nano, attributes, resource)
