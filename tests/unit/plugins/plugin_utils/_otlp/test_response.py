# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceResponse,
)

from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.response import Said, partial_success, refusal_text

TEXT = "no such tenant ü " * 3000
WHOLE = ExportMetricsServiceResponse(
    partial_success=ExportMetricsPartialSuccess(rejected_data_points=300, error_message=TEXT)
).SerializeToString()


def test_each_beginning_of_a_response_is_understood() -> None:
    for length in [*range(1, 60), 16384, len(WHOLE) - 1]:
        said = partial_success(WHOLE[:length])
        # The outer length has four bytes, and the number two.
        assert said.number == 300 or length < 7, length
        assert TEXT.startswith(said.text.rstrip("\ufffd"))
    assert partial_success(WHOLE) == Said(300, TEXT)


def test_a_text_that_comes_first_and_is_cut_leaves_the_number_unknown() -> None:
    swapped = b"\x0a\xff\x7f\x12\xf0\x7f" + b"x" * 100
    assert partial_success(swapped) == Said(None, "x" * 100)


def test_bytes_that_are_no_text_are_no_reason_to_send_points_again() -> None:
    assert partial_success(b"\x0a\x06\x08\x02\x12\x02\xff\xfe") == Said(2, "\ufffd\ufffd")
    assert partial_success(b"\x0a\x04\x12\x02\xff\xfe") == Said(0, "\ufffd\ufffd")


@pytest.mark.parametrize("page", [b"<html>", b"\n<html><body>Please sign in", b'{"a": 1}', b"\x0a\x01<", b"OK"])
def test_what_is_none_of_otlp_is_no_response(page: bytes) -> None:
    with pytest.raises(DecodeError):
        partial_success(page)


def test_a_refusal_is_told_as_far_as_it_arrived() -> None:
    status = ExportMetricsPartialSuccess(rejected_data_points=3, error_message=TEXT).SerializeToString()
    assert refusal_text(status) == TEXT
    assert refusal_text(status[:16384]).startswith("no such tenant ü no")
    assert refusal_text(b"\x08\x03\x12\x02\xff\xfe") == "\ufffd\ufffd"
    assert refusal_text(b"<html>") == ""
