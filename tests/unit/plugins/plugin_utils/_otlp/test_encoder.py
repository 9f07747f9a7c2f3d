# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is encoded here is read with OpenTelemetry's own classes."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import RejectedPointError
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.encoder import DataPointEncoder, message_of

TIME = 1_795_314_303
TAGS = {"name": "alice", "account": "111122223333", "region": "us-west-2"}


def decoded(*points: Point, resource: dict[str, str] | None = None) -> Any:
    encoder = DataPointEncoder()
    body = message_of(map(encoder.encode, points), resource or {}, names.DESCRIPTIONS)
    return ExportMetricsServiceRequest.FromString(body)


def attributes(holder: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in holder.attributes}


def test_a_point_is_a_gauge_with_unit_time_and_attributes() -> None:
    message = decoded(Point(names.KEY_AGE, 209, TIME, TAGS, "AWS"), resource={"service.name": "keyward.iam"})
    [of_resource] = message.resource_metrics
    assert attributes(of_resource.resource) == {"service.name": "keyward.iam"}
    [scope] = of_resource.scope_metrics
    assert scope.scope.name == "keyward.iam"
    [metric] = scope.metrics
    assert (metric.name, metric.unit, metric.WhichOneof("data")) == ("aws.iam.accessKey", "d", "gauge")
    [point] = metric.gauge.data_points
    assert (point.as_int, point.time_unix_nano) == (209, TIME * 10**9)
    assert attributes(point) == TAGS | {
        "cloud.account.id": "111122223333",
        "cloud.region": "us-west-2",
    }


def test_points_of_a_metric_are_together() -> None:
    points = [Point(metric, value, TIME) for value in (1, 2) for metric in (names.KEY_AGE, names.PROBE_STATE)]
    [scope] = decoded(*points).resource_metrics[0].scope_metrics
    assert [(metric.name, len(metric.gauge.data_points)) for metric in scope.metrics] == [
        (names.KEY_AGE, 2),
        (names.PROBE_STATE, 2),
    ]


@pytest.mark.parametrize("value", ["31", None, True, math.nan, math.inf, -math.inf, 2**63, [1]])
def test_what_is_no_finite_number_is_rejected(value: Any) -> None:
    with pytest.raises(RejectedPointError, match="is not a finite number"):
        DataPointEncoder().encode(Point(names.KEY_AGE, value, TIME))


@pytest.mark.parametrize("timestamp", [0, -1, 2**64, "1", True, 1.5, None])
def test_a_time_that_is_none_is_rejected(timestamp: Any) -> None:
    with pytest.raises(RejectedPointError, match="timestamp"):
        DataPointEncoder().encode(Point(names.KEY_AGE, 1, timestamp))


def test_empty_tags_are_left_out_and_an_attribute_of_the_users_own_stays() -> None:
    encoder = DataPointEncoder()
    tags = {"account": "1", "cloud.account.id": "own", "team": "", "": "x"}
    data = encoder.encode(Point(names.KEY_AGE, 1.5, TIME, tags))
    assert attributes(data.point) == {"account": "1", "cloud.account.id": "own"}
    assert data.point.as_double == 1.5
    assert encoder.adjusted == 0


def test_text_that_is_no_unicode_is_changed_and_counted() -> None:
    encoder = DataPointEncoder()
    data = encoder.encode(Point(names.KEY_AGE, 1, TIME, {"name": "a\ud800b", "emoji": "😀"}))
    assert attributes(data.point) == {"name": "a\ufffdb", "emoji": "😀"}
    assert encoder.adjusted == 1


@given(
    st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False),
    st.integers(1, 2**33),
    st.dictionaries(st.text(min_size=1), st.text(min_size=1), max_size=5),
)
def test_what_is_encoded_is_the_same_point(value: float, timestamp: int, tags: dict[str, str]) -> None:
    [of_resource] = decoded(Point("m", value, timestamp, tags)).resource_metrics
    [point] = of_resource.scope_metrics[0].metrics[0].gauge.data_points
    assert getattr(point, point.WhichOneof("value")) == value
    assert point.time_unix_nano == timestamp * 10**9
    assert attributes(point).items() >= tags.items()


MOST_SECONDS = (2**64 - 1) // 10**9


def test_the_largest_values_that_a_data_point_holds() -> None:
    for value, time in ((2**63 - 1, 1), (-(2**63), MOST_SECONDS)):
        data = DataPointEncoder().encode(Point(names.KEY_AGE, value, time))
        assert (data.point.as_int, data.point.time_unix_nano) == (value, time * 10**9)
    for value, time in ((2**63, 1), (-(2**63) - 1, 1), (1, MOST_SECONDS + 1)):
        with pytest.raises(RejectedPointError):
            DataPointEncoder().encode(Point(names.KEY_AGE, value, time))


def test_a_metric_that_is_not_described_has_no_unit() -> None:
    [metric] = decoded(Point("of.my.own", 1, TIME)).resource_metrics[0].scope_metrics[0].metrics
    assert (metric.name, metric.unit, metric.description) == ("of.my.own", "", "")
    [metric] = decoded(Point(names.KEY_AGE, 1, TIME)).resource_metrics[0].scope_metrics[0].metrics
    assert metric.description == names.DESCRIPTIONS[names.KEY_AGE].meaning


def test_changed_points_are_counted_one_by_one() -> None:
    encoder = DataPointEncoder()
    for name in ("a\ud800", "fine", "\udfff"):
        encoder.encode(Point(names.KEY_AGE, 1, TIME, {"name": name, "other": name}))
    assert encoder.adjusted == 2
