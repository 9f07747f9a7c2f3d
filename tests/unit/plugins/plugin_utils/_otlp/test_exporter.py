# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The exporter against a receiver that decodes with OpenTelemetry's own classes."""

from __future__ import annotations

import gzip
import socketserver
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._files.links import FileError
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportResult, ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import SettingError
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Tls
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.exporter import Otlp
from testbed.fakes.otlp import OtlpReceiver, partial
from testbed.fakes.otlp.receiver import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

TIME = 1_795_314_303
SECRET = "hunter2/with+odd=signs"


class Labels:
    destination = "endpoint"

    def __call__(self, *names: str) -> str:
        return " and ".join(names)


@pytest.fixture
def otlp() -> Iterator[OtlpReceiver]:
    with OtlpReceiver(headers={"api-key": SECRET}) as receiver:
        yield receiver


@pytest.fixture
def export(otlp: OtlpReceiver) -> Iterator[Any]:
    """Exports two points, by an exporter with these arguments."""
    made: list[Otlp] = []

    def run(endpoint: str = "", seconds: float = 10, **changes: Any) -> ExportResult:
        arguments: dict[str, Any] = {
            "headers": lambda: {"api-key": SECRET},
            "resource": {"service.name": "keyward.iam"},
            "described": names.DESCRIPTIONS,
            "tls": Tls(),
            "label": Labels(),
            "compress": True,
            "timeout": 10.0,
            **changes,
        }
        exporter = Otlp(endpoint or otlp.endpoint, **arguments)
        made.append(exporter)
        encoder = exporter.encoder()
        points = [encoder.encode(Point(names.KEY_AGE, age, TIME, {"name": "alice"})) for age in (209, 3)]
        return exporter.export(points, seconds)

    yield run
    for exporter in made:
        exporter.shutdown()


@pytest.mark.parametrize("compress", [True, False])
def test_points_arrive(otlp: OtlpReceiver, export: Any, *, compress: bool) -> None:
    assert export(compress=compress) == ExportResult(ExportStatus.ACCEPTED)
    assert [(point.metric, point.value, point.unit, point.timestamp) for point in otlp.points] == [
        ("aws.iam.accessKey", 209, "d", TIME * 10**9),
        ("aws.iam.accessKey", 3, "d", TIME * 10**9),
    ]
    assert otlp.points[0].resource == {"service.name": "keyward.iam"}
    assert otlp.requests[0].get("content-encoding") == ("gzip" if compress else None)


@pytest.mark.parametrize(
    ("answer", "status", "setting"),
    [
        (400, ExportStatus.REJECTED, "endpoint"),
        (401, ExportStatus.STOP, "headers and headers_file"),
        (403, ExportStatus.STOP, "headers and headers_file"),
        (404, ExportStatus.STOP, "endpoint"),
        (413, ExportStatus.TOO_LARGE, "batch_size"),
        (415, ExportStatus.STOP, "endpoint"),
        (429, ExportStatus.RETRY, "endpoint"),
        (500, ExportStatus.STOP, "endpoint"),
        (501, ExportStatus.STOP, "endpoint"),
        (502, ExportStatus.RETRY, "endpoint"),
        (503, ExportStatus.RETRY, "endpoint"),
        (504, ExportStatus.RETRY, "endpoint"),
    ],
)
def test_an_answer_means_what_the_specification_says(
    otlp: OtlpReceiver, export: Any, answer: int, status: ExportStatus, setting: str
) -> None:
    otlp.answers(answer)
    result = export()
    assert (result.status, result.code, result.setting) == (status, f"HTTP {answer}", setting)
    assert f"HTTP {answer}: the test asked for {answer}" in result.reason


def test_a_wait_that_is_asked_for_is_told(otlp: OtlpReceiver, export: Any) -> None:
    otlp.answers(Answer(503, headers={"Retry-After": "7"}))
    assert export().retry_after == 7


def test_a_partial_success_counts_what_was_rejected(otlp: OtlpReceiver, export: Any) -> None:
    otlp.answers(partial(1, "no such tenant\x1b[2J"))
    result = export()
    assert (result.status, result.partly_rejected) == (ExportStatus.ACCEPTED, 1)
    assert result.reason == "no such tenant\\x1b[2J"


@pytest.mark.parametrize(
    ("answer", "rejected"),
    [
        (partial(1, "no such tenant " * 5000), 1),
        (Answer(200, raw=b"\x0a\x80\x80\x10\x12\xfc\xff\x0f" + b"no such tenant " * 20000), 2),
        (Answer(200, raw=b"\x0a\x14\x08\x01\x12\x10no such tenant\xff\xfe"), 1),
        # What is below zero rejects nothing.
        (Answer(200, raw=b"\x0a\x1b\x08" + b"\xff" * 9 + b"\x01\x12\x0eno such tenant"), 0),
    ],
    ids=["long", "number cut off", "no text", "negative"],
)
def test_what_was_accepted_is_not_sent_again_for_the_message_s_sake(
    otlp: OtlpReceiver, export: Any, answer: Answer, rejected: int
) -> None:
    otlp.answers(answer)
    result = export()
    assert (result.status, result.partly_rejected) == (ExportStatus.ACCEPTED, rejected)
    assert "no such tenant" in result.reason
    assert len(result.reason) <= 500


PARTIAL = b"\x0a\x0a\x08\x02\x12\x06no use"
_RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
RAW_DEFLATE = _RAW.compress(PARTIAL) + _RAW.flush()


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (f"Content-Encoding: deflate\r\nContent-Length: {len(RAW_DEFLATE)}", RAW_DEFLATE),
        (f"Content-Encoding: gzip\r\nContent-Length: {len(PARTIAL)}", PARTIAL),
        ("Content-Encoding: gzip\r\nContent-Length: 9", gzip.compress(PARTIAL)[:9]),
        ("Content-Encoding: gzip\r\nContent-Length: 40", gzip.compress(PARTIAL)[:9]),
        ("Content-Length: 12", b""),
        ("Transfer-Encoding: chunked", b"ff\r\n"),
        ("Transfer-Encoding: chunked", b"zz\r\n\r\n"),
    ],
    ids=["raw deflate", "no gzip", "half a gzip", "cut gzip", "no byte of twelve", "cut chunk", "no chunk"],
)
def test_a_body_that_was_lost_on_the_way_accepts_nothing(export: Any, header: str, body: bytes) -> None:
    """It may have told that points were rejected."""

    class Receiver(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while (line := self.rfile.readline().strip().lower()) != b"":
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            self.wfile.write(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + body)

    with socketserver.TCPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        result = export(f"http://127.0.0.1:{server.server_address[1]}/")
        server.shutdown()
        thread.join()
    assert (result.status, result.code, result.setting) == (ExportStatus.STOP, "no OTLP", "endpoint")
    assert "HTTP 200 without an answer of OTLP: the body" in result.reason


@pytest.mark.parametrize("status", [400, 401, 413, 429, 500, 503])
@pytest.mark.parametrize("text", ["no such tenant ", "\x00\x1b[2Jno such tenant\u202e\n"], ids=["long", "odd"])
def test_a_refusal_of_any_length_is_one_short_line(otlp: OtlpReceiver, export: Any, status: int, text: str) -> None:
    otlp.answers(Answer(status, text=text * 5000))
    reason = export().reason
    assert "no such tenant" in reason
    assert len(reason) <= 500
    assert reason.isprintable()


def test_a_page_instead_of_an_answer_is_no_acceptance(otlp: OtlpReceiver, export: Any) -> None:
    otlp.answers(Answer(200, raw=b"<html>Please sign in</html>"))
    result = export()
    assert (result.status, result.setting) == (ExportStatus.STOP, "endpoint")
    assert "Please sign in" in result.reason


def test_secrets_that_are_quoted_are_masked(otlp: OtlpReceiver, export: Any) -> None:
    token = "another/odd+token"
    for said, headers in (
        (SECRET, {"api-key": SECRET}),
        (token, {"api-key": SECRET, "Authorization": f"Bearer {token}"}),
        (token, {"api-key": SECRET, "Authorization": token}),
    ):
        otlp.answers(Answer(401, text=f"what {said} opens is not known"))
        reason = export(headers=lambda them=headers: them).reason
        assert said not in reason
        assert "is not known" in reason


def test_headers_that_cannot_be_read_are_a_setting_to_mend(export: Any) -> None:
    def missing() -> dict[str, str]:
        raise FileError("x cannot be read: No such file or directory")

    def wrong() -> dict[str, str]:
        raise SettingError("headers_file x must look like name=value")

    for headers, told in ((missing, "No such file"), (wrong, "must look like")):
        result = export(headers=headers)
        assert (result.status, result.setting) == (ExportStatus.STOP, "headers_file")
        assert told in result.reason


def test_a_run_that_is_out_of_time_is_not_told_to_raise_the_timeout(otlp: OtlpReceiver, export: Any) -> None:
    otlp.hang()
    assert export(timeout=1.0).setting == "timeout"
    assert export(timeout=60.0, seconds=1.0).setting == "deadline"


def test_where_nothing_listens_it_may_pass(otlp: OtlpReceiver, export: Any) -> None:
    otlp.down()
    result = export()
    assert (result.status, result.code, result.setting) == (ExportStatus.RETRY, "no answer", "endpoint")
    otlp.up()
    assert export().status is ExportStatus.ACCEPTED
