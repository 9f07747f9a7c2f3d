# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Makes the exporter of the callback otlp from its options and OpenTelemetry's variables."""

from __future__ import annotations

import os
import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ansible_collections.keyward.iam.plugins.module_utils._files.text_file import read_text
from ansible_collections.keyward.iam.plugins.module_utils._http.rest import split_url

from .._delivery.options import SettingError
from .._delivery.tls import make_tls
from .exporter import Otlp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._delivery.options import Options
    from .encoder import Described

_PATH = "v1/metrics"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_TIMEOUTS = ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
_OWN_TIMEOUT = "KEYWARD_OTLP_TIMEOUT"
_MILLISECONDS = 1000
_MOST_MILLISECONDS = 3_600_000
_MILLISECONDS_TEXT = re.compile(r"[0-9]{1,9}")
SERVICE = "keyward.iam"


def make_exporter(options: Options, described: Mapping[str, Described]) -> Otlp:
    """Raises KeywardError."""
    _check_variables()
    tls = make_tls(options)
    if options("headers") and options.path("headers_file"):
        raise SettingError("only one of headers, headers_file can be used")
    given = parse_headers(options("headers") or "", "headers")
    headers_file = options.path("headers_file")
    return Otlp(
        endpoint=_endpoint(options),
        headers=partial(read_headers, headers_file) if headers_file else lambda: given,
        resource=_resource(options),
        described=described,
        tls=tls,
        label=options.label,
        compress=options("compression") == "gzip",
        timeout=_timeout(options),
    )


def parse_headers(text: str, option: str) -> dict[str, str]:
    """
    Headers as OpenTelemetry writes them in a variable: name=value, separated by commas, values percent-encoded.

    Raises SettingError, which does not quote them.
    """
    headers: dict[str, str] = {}
    for number, pair in enumerate(filter(None, map(str.strip, text.split(","))), start=1):
        name, equals, value = map(str.strip, pair.partition("="))
        name, value = unquote(name), unquote(value)
        if not equals or not _TOKEN.fullmatch(name) or any(ord(character) < ord(" ") for character in value):
            raise SettingError(f"{option} must look like name=value,name=value, which header {number} does not")
        headers[name.lower()] = value
    return headers


def read_headers(path: str) -> dict[str, str]:
    """The headers of a file, by lines or commas. Raises FileError and SettingError."""
    return parse_headers(read_text(path).replace("\n", ","), f"headers_file {path}")


def _endpoint(options: Options) -> str:
    """
    The signal's own endpoint is used as it is; the path of the signal is added to the general one. Raises KeywardError.
    """
    endpoint = options("endpoint")
    if not endpoint:
        general = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
        endpoint = general and f"{general.rstrip('/')}/{_PATH}"
    if not endpoint:
        raise SettingError(
            "there is no endpoint: set OTEL_EXPORTER_OTLP_METRICS_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT, or endpoint "
            "in the section callback_otlp of ansible.cfg"
        )
    parts = split_url(endpoint, "endpoint", "https://otel.example.com:4318/v1/metrics")
    if parts.username is not None or parts.password is not None:
        raise SettingError("endpoint must not hold a user name or password: use headers_file")
    return str(endpoint).strip()


def _resource(options: Options) -> dict[str, str]:
    """By the specification, the variable of the service's name takes precedence."""
    resource = {"service.name": SERVICE}
    for pair in filter(None, map(str.strip, (options("resource_attributes") or "").split(","))):
        name, equals, value = map(str.strip, pair.partition("="))
        if not (name and equals):
            raise SettingError(f"resource_attributes must look like key=value,key=value, which {pair!r:.80} does not")
        resource[unquote(name)] = unquote(value)
    service = os.environ.get("OTEL_SERVICE_NAME", "").strip()
    return resource | ({"service.name": service} if service else {})


def _timeout(options: Options) -> float:
    """OpenTelemetry's variables are in milliseconds. The option's own variable takes precedence over them."""
    for name in () if os.environ.get(_OWN_TIMEOUT, "").strip() else _TIMEOUTS:
        text = os.environ.get(name, "").strip()
        if text:
            if not _MILLISECONDS_TEXT.fullmatch(text) or not 0 < int(text) <= _MOST_MILLISECONDS:
                raise SettingError(f"{name} must be 1 to {_MOST_MILLISECONDS} milliseconds, not {text!r:.40}")
            return int(text) / _MILLISECONDS
    timeout: float = options("timeout")
    return timeout


def _check_variables() -> None:
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        raise SettingError("OTEL_SDK_DISABLED is true")
    for name in _PROTOCOLS:
        protocol = os.environ.get(name, "").strip()
        if protocol:
            if protocol != "http/protobuf":
                raise SettingError(f"{name} is {protocol!r:.40}, and this callback speaks http/protobuf only")
            return
