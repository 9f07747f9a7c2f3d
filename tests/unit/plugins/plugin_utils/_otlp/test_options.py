# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.options import Options, SettingError
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.names import DESCRIPTIONS
from ansible_collections.keyward.iam.plugins.plugin_utils._otlp import options as otlp

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.exporter import Otlp

DEFAULTS: dict[str, Any] = {
    "endpoint": None,
    "headers": None,
    "headers_file": None,
    "compression": "gzip",
    "resource_attributes": None,
    "timeout": 10.0,
    "batch_size": 10_000,
    "ca_path": None,
    "validate_certs": True,
    "client_cert": None,
    "client_key": None,
}
ENDPOINT = "http://localhost:4318/v1/metrics"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT", "PROTOCOL", "TIMEOUT", "METRICS_PROTOCOL", "METRICS_TIMEOUT"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{name}", raising=False)
    for name in ("OTEL_SERVICE_NAME", "OTEL_SDK_DISABLED", "KEYWARD_OTLP_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)


def exporter(**given: Any) -> Otlp:
    values = {**DEFAULTS, "endpoint": ENDPOINT, **given}
    return otlp.make_exporter(Options(values.__getitem__, {name: {} for name in DEFAULTS}, "endpoint"), DESCRIPTIONS)


@pytest.mark.parametrize(
    ("general", "own", "endpoint"),
    [
        ("https://otel.example.com", None, "https://otel.example.com/v1/metrics"),
        ("https://otel.example.com/", None, "https://otel.example.com/v1/metrics"),
        ("https://otel.example.com/otlp/", None, "https://otel.example.com/otlp/v1/metrics"),
        ("https://otel.example.com", "https://other.example.com/as/it/is", "https://other.example.com/as/it/is"),
    ],
)
def test_the_endpoint_is_what_the_specification_says(
    monkeypatch: pytest.MonkeyPatch, general: str, own: str | None, endpoint: str
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", general)
    assert exporter(endpoint=own).destination == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        *(
            "",
            None,
            "localhost:4318",
            "ftp://x/",
            "http://",
            "http://me:pw@host/v1/metrics",
            "http://[::1",
            "http://[x]/",
        ),
        *("http://h:99999/", "http://h:x/", "http://h:0/", "http://a b/", "http://h/\x00", "http://h/\x1b[2J"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_without_its_password(endpoint: str | None) -> None:
    with pytest.raises(KeywardError, match="endpoint") as refused:
        exporter(endpoint=endpoint)
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("", {}),
        ("api-key=secret", {"api-key": "secret"}),
        ("Authorization=Basic%20YTpi,tenant=a%2Cb", {"authorization": "Basic YTpi", "tenant": "a,b"}),
        (" a = 1 , b=x=y ,", {"a": "1", "b": "x=y"}),
    ],
)
def test_headers_are_written_as_opentelemetry_writes_them(text: str, headers: dict[str, str]) -> None:
    assert otlp.parse_headers(text, "headers") == headers


@pytest.mark.parametrize(
    "text", ["hunter2", "a=1,hunter2", "a b=hunter2", "=hunter2", "a=hunter2%0d%0ax:y", "ä=hunter2"]
)
def test_a_header_that_cannot_be_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(SettingError, match="must look like name=value") as refused:
        exporter(headers=text)
    assert "hunter2" not in str(refused.value)


def test_headers_of_a_file_are_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "headers"
    file.write_text("api-key=one\ntenant=x\n")
    assert otlp.read_headers(str(file)) == {"api-key": "one", "tenant": "x"}


def test_headers_have_one_place(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="only one of headers, headers_file"):
        exporter(headers="a=1", headers_file=str(tmp_path / "headers"))


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, 10),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2500"}, 2.5),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "500"}, 0.5),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "KEYWARD_OTLP_TIMEOUT": "10"}, 10),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": " "}, 10),
    ],
)
def test_opentelemetrys_times_are_in_milliseconds(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], seconds: float
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert exporter().timeout == seconds


@pytest.mark.parametrize("value", ["0", "-1", "1e3", "inf", "99999999999", "10s", "9" * 5000, "٣", "1_0"])
def test_a_time_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", value)
    with pytest.raises(SettingError, match="OTEL_EXPORTER_OTLP_TIMEOUT must be 1 to 3600000 milliseconds"):
        exporter()


def test_the_resource_has_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert exporter().resource == {"service.name": "keyward.iam"}
    attributes = "service.name=mine,deployment.environment=a%20b"
    assert exporter(resource_attributes=attributes).resource == {
        "service.name": "mine",
        "deployment.environment": "a b",
    }
    monkeypatch.setenv("OTEL_SERVICE_NAME", "named")
    assert exporter(resource_attributes=attributes).resource["service.name"] == "named"
    with pytest.raises(SettingError, match="resource_attributes must look like"):
        exporter(resource_attributes="nonsense")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "speaks http/protobuf only"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json", "speaks http/protobuf only"),
        ("OTEL_SDK_DISABLED", "TRUE", "OTEL_SDK_DISABLED is true"),
    ],
)
def test_what_is_meant_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=told):
        exporter()


def test_the_signals_own_protocol_takes_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf")
    assert exporter()
