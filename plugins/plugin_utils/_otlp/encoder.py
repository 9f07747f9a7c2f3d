# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From points to OpenTelemetry's messages: each metric a gauge, each point a data point with the collection's time."""

from __future__ import annotations

import math
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.text import without_surrogates

from .._delivery.exporter import RejectedPointError
from .protobuf import AnyValue, ExportMetricsServiceRequest, KeyValue, NumberDataPoint

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._metrics.point import Point

SCOPE = "keyward.iam"
_NANOSECONDS = 1_000_000_000
_MOST_SECONDS = (2**64 - 1) // _NANOSECONDS
_LONGS = range(-(2**63), 2**63)
_CONVENTIONS = {"account": "cloud.account.id", "region": "cloud.region"}
"""Tags that OpenTelemetry has attributes of its own for; a point has both."""


class Described(t.Protocol):
    """What is known of a metric beside its name."""

    @property
    def unit(self) -> str:
        """Its unit, as UCUM writes it."""

    @property
    def meaning(self) -> str:
        """One sentence for people."""


class DataPoint(t.NamedTuple):
    metric: str
    point: NumberDataPoint


class DataPointEncoder:
    """
    Encodes points one by one.

    ``adjusted`` counts those in which a text had to be changed since it is no valid Unicode.
    """

    def __init__(self) -> None:
        self.adjusted = 0

    def encode(self, point: Point) -> DataPoint:
        """Raises RejectedPointError for a point that no data point can hold."""
        if not _is_integer(point.timestamp) or not 0 < point.timestamp <= _MOST_SECONDS:
            raise RejectedPointError("timestamp", f"the timestamp {point.timestamp!r:.80} is not one")
        data = NumberDataPoint(time_unix_nano=point.timestamp * _NANOSECONDS)
        if _is_integer(point.value) and point.value in _LONGS:
            data.as_int = point.value
        elif isinstance(point.value, float) and math.isfinite(point.value):
            data.as_double = point.value
        else:
            raise RejectedPointError("value", f"the value {point.value!r:.80} is not a finite number")
        conventions = {name: point.tags[tag] for tag, name in _CONVENTIONS.items() if tag in point.tags}
        attributes = {**point.tags, **conventions, **point.tags}
        attributes = {key: value for key, value in attributes.items() if key and value}
        valid = {without_surrogates(key): without_surrogates(value) for key, value in attributes.items()}
        self.adjusted += valid != attributes
        data.attributes.extend(attributes_of(valid))
        return DataPoint(point.metric, data)


def attributes_of(texts: Mapping[str, str]) -> Iterable[KeyValue]:
    return (KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in texts.items())


def message_of(points: Iterable[DataPoint], resource: Mapping[str, str], described: Mapping[str, Described]) -> bytes:
    """One request that holds all data points, those of a metric together."""
    message = ExportMetricsServiceRequest()
    of_resource = message.resource_metrics.add()
    of_resource.resource.attributes.extend(attributes_of(resource))
    scope = of_resource.scope_metrics.add()
    scope.scope.name = SCOPE
    by_metric: dict[str, list[NumberDataPoint]] = {}
    for name, point in points:
        by_metric.setdefault(name, []).append(point)
    for name, of_metric in by_metric.items():
        known = described.get(name)
        metric = scope.metrics.add(name=name)
        if known:
            metric.unit, metric.description = known.unit, known.meaning
        metric.gauge.data_points.extend(of_metric)
    body: bytes = message.SerializeToString()
    return body


def _is_integer(value: t.Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
