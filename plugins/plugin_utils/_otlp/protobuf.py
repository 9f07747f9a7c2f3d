# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The one guarded import of OTLP's messages.

The callback says which package is missing before it uses any of these. Until then this package can be imported.
"""

from __future__ import annotations

try:
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
        ExportMetricsPartialSuccess,
        ExportMetricsServiceRequest,
        ExportMetricsServiceResponse,
    )
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.metrics.v1.metrics_pb2 import NumberDataPoint
except ImportError:
    DecodeError = ValueError  # type: ignore[assignment,misc]
    ExportMetricsPartialSuccess = ExportMetricsServiceRequest = object  # type: ignore[assignment,misc]
    ExportMetricsServiceResponse = AnyValue = KeyValue = NumberDataPoint = object  # type: ignore[assignment,misc]

__all__ = [
    "AnyValue",
    "DecodeError",
    "ExportMetricsPartialSuccess",
    "ExportMetricsServiceRequest",
    "ExportMetricsServiceResponse",
    "KeyValue",
    "NumberDataPoint",
]
