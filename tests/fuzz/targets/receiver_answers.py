# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What receivers of points answer: each answer is a result in one line, and none shows the token."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.tokens import FixedToken
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportResult, ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Reply, Tls
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.exporter import Otlp
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.groups import groups_of
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.pushgateway import Pushgateway
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.state import Times
from ansible_collections.keyward.iam.plugins.plugin_utils._wavefront.exporter import Wavefront
from testbed.scenarios.prometheus import Labels, collected, encoded, exporter

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN = "a-secret-token-of-this-test"
_STATUSES = (200, 202, 204, 302, 400, 401, 403, 404, 406, 413, 429, 500, 501, 503)
_LOCATION = "https://other.example.com/\x1b[2J"
_ACCEPTED = metrics_service_pb2.ExportMetricsServiceResponse()
_ACCEPTED.partial_success.rejected_data_points = 2
_ACCEPTED.partial_success.error_message = "two are too old ä"


def _state(**labels: str) -> bytes:
    series = {"labels": {"account": "111122223333", "profile": "q", "name": "bob"}, "value": "7"}
    group = {"labels": {"job": "collect", **labels}, "aws_iam_access_key_age_days": {"metrics": [series]}}
    return json.dumps({"status": "success", "data": [group]}).encode()


SEEDS = (
    b"w\x00",
    b"w\x04" + json.dumps({"code": 400, "message": f"bad line: {_TOKEN}"}).encode(),
    b"w\x00\xef\xbb\xbf <html>",
    b"o\x00" + _ACCEPTED.SerializeToString(),
    b"o\x00" + _ACCEPTED.SerializeToString()[:-4],
    b"o\x04\x08\x03\x12\x08bad data",
    b"o\x00{}",
    b"p\x00" + _state(profile="q", account="111122223333"),
    b"p\x00" + _state(profile="q", account="111122223333", other="theirs"),
    b"p\x00" + _state(profile="p", account="111122223333"),
    b"p\x0c",
)
FOUND = (
    b"o\x08" + _TOKEN.encode(),
    b"p\0" + _state(profile="\ud800"),
    b"p\0" + _state(profile="q").replace(b'"7"', b"9" * 400),
    b"p\0" + _state(profile="q").replace(b'"bob"', b"7").replace(b'"q"', b"[]"),
)


class _Connection:
    """Gives the same answer to each request, but to pushes only its status."""

    def __init__(self, status: int, content: bytes) -> None:
        self._status = status
        self._content = content
        self.pushed: list[tuple[str, str, bytes]] = []

    def request(self, method: str, url: str, _until: float, *, data: bytes, **_options: Any) -> Reply:
        if method != "GET":
            self.pushed.append((method, url, data))
        content = self._content if method in ("GET", "POST") else b""
        status = self._status if method in ("GET", "POST") else 200
        shown = content[:16384].decode("utf-8", "replace").strip() or "reason"
        return Reply(status, shown, None, _LOCATION if 300 <= status < 400 else None, content)

    def post(self, url: str, until: float, *, data: bytes, headers: Any) -> Reply:
        return self.request("POST", url, until, data=data, headers=headers)

    def close(self) -> None:
        """Nothing is open."""


def _export(form: bytes, connection: Any) -> ExportResult:
    label: Any = Labels()
    if form == b"w":
        wavefront = Wavefront("https://w.example.com", FixedToken("api_token", _TOKEN), 5, Tls(), label)
        wavefront._connection = connection
        return wavefront.export(['m 1 1800000000 source="AWS"'], 5)
    made = exporter(None)
    points = collected(("alice", 209))
    if form == b"o":
        headers = {"Authorization": f"Bearer {_TOKEN}"}
        otlp = Otlp(
            "https://o.example.com", lambda: headers, {}, names.DESCRIPTIONS, Tls(), label, compress=False, timeout=5
        )
        otlp._connection = connection
        encoder = otlp.encoder()
        return otlp.export([encoder.encode(point) for point in points], 5)
    groups = groups_of(encoded(made, points), "collect")
    gateway = Pushgateway("https://p.example.com", "collect", connection, label, 5, lambda: ("user", _TOKEN))
    return gateway.push(groups, Times(50, 1_800_000_000), 5)


def check(data: bytes, _room: Path) -> None:
    form, status, content = data[:1], _STATUSES[sum(data[1:2]) % len(_STATUSES)], data[2:]
    connection = _Connection(status, content)
    result = _export(form, connection)
    assert isinstance(result, ExportResult)
    assert _TOKEN not in result.reason
    assert result.reason.isprintable()
    if status >= 300 and not (form not in (b"w", b"o") and status in (404, 501)):
        assert result.status is not ExportStatus.ACCEPTED
    if form == b"o" and status < 300:
        _check_partial_success(result, content)
    if form not in (b"w", b"o"):
        _check_pushes(result, connection)


def _check_partial_success(result: ExportResult, content: bytes) -> None:
    """Where the reference reads the answer, its number is the result's."""
    try:
        read = metrics_service_pb2.ExportMetricsServiceResponse.FromString(content).partial_success
    except Exception:  # noqa: BLE001 - what it raises differs between its versions
        return
    assert result.status is ExportStatus.ACCEPTED
    assert result.partly_rejected == max(0, read.rejected_data_points)


def _check_pushes(result: ExportResult, connection: _Connection) -> None:
    """Nothing of another job is touched, and what the run collected arrives where the state could be read."""
    prefix = "https://p.example.com/metrics/job/collect"
    assert all(url.startswith((f"{prefix}/", prefix)) for _method, url, _data in connection.pushed)
    own = f"{prefix}/profile@base64/cA==/account@base64/MTExMTIyMjIzMzMz"
    if result.status is ExportStatus.ACCEPTED:
        [body] = [data for method, url, data in connection.pushed if url == own and method == "PUT"] or [b""]
        assert b'name="alice"' in body or b"timestamp" in connection._content
        assert ("DELETE", own, b"") not in connection.pushed
