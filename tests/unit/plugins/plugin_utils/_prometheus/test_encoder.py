# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import RejectedPointError
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.encoder import (
    SampleEncoder,
    is_written,
    label_name,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.text import text_of


def encoder() -> SampleEncoder:
    return SampleEncoder(names.DESCRIPTIONS)


def test_a_point_has_the_names_and_units_of_prometheus() -> None:
    sample = encoder().encode(Point(names.COLLECTOR_DURATION, 1500, 7, {"profile": "p", "account": "1"}))
    assert (sample.name, sample.value, sample.timestamp) == ("aws_iam_collector_duration_seconds", 1.5, 7)
    assert sample.labels == (("account", "1"), ("profile", "p"))


@pytest.mark.parametrize("value", [None, True, "7", float("nan"), float("inf"), [1], 10**400])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(RejectedPointError, match="no number"):
        encoder().encode(Point(names.KEY_AGE, value, 7))


@pytest.mark.parametrize("timestamp", [None, True, "7", 0, -7, 1.5, 2**64, 10**400, float("nan")])
def test_what_is_no_time_is_refused(timestamp: Any) -> None:
    with pytest.raises(RejectedPointError, match="timestamp"):
        encoder().encode(Point(names.KEY_AGE, 1, timestamp))


def test_text_that_is_no_unicode_is_changed_and_counted() -> None:
    made = encoder()
    sample = made.encode(Point(names.KEY_AGE, 1, 7, {"name": "a\ud800b", "emoji": "😀"}))
    assert (sample.label("name"), sample.label("emoji"), made.adjusted) == ("a\ufffdb", "😀", 1)


def _by_the_format(line: str) -> tuple[str, dict[str, str], float]:
    """One sample, by the words of the text format's own description."""
    name, rest = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
    labels, value = re.fullmatch(r"(?:\{(.*)\})? (\S+)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    pairs = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)', labels or "")
    assert ",".join(f'{label}="{text}"' for label, text in pairs) == (labels or "")
    escaped = {r"\n": "\n", r"\"": '"', "\\\\": "\\"}
    texts = {label: re.sub(r'\\["\\n]', lambda found: escaped[found[0]], text) for label, text in pairs}
    return name, texts, float(value)


@given(
    st.sampled_from(sorted(names.DESCRIPTIONS)),
    st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False),
    st.dictionaries(
        st.text(max_size=20) | st.sampled_from(["name", "profile", "job"]), st.text(max_size=60), max_size=6
    ),
)
def test_three_parsers_read_the_same_point(metric: str, value: float, tags: dict[str, str]) -> None:
    sample = encoder().encode(Point(metric, value, 7, tags))
    text = text_of([sample], {}).decode()
    described = names.DESCRIPTIONS[metric]
    labels: dict[str, str] = {}
    for tag, written in sorted(tags.items()):
        labels.setdefault(label_name(tag), written)
    expected = (described.prometheus, labels, float(value / 1000 if described.unit == "ms" else value))
    [line] = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert _by_the_format(line) == expected
    for parse in (parser.text_string_to_metric_families, openmetrics.text_string_to_metric_families):
        [family] = parse(text + "# EOF\n" * (parse is not parser.text_string_to_metric_families))
        [read] = family.samples
        assert (read.name, read.labels, float(read.value)) == expected


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("team", "team"),
        ("cost-center", "cost_center"),
        ("aws:cloudformation:stack", "aws_cloudformation_stack"),
        ("2nd", "tag_2nd"),
        ("__name__", "tag___name__"),
        ("job", "tag_job"),
        ("instance", "tag_instance"),
        ("größe", "gr__e"),
        ("", "_"),
    ],
)
def test_a_tag_becomes_a_label_that_prometheus_takes(tag: str, label: str) -> None:
    assert label_name(tag) == label


def test_two_tags_that_become_one_label_are_counted() -> None:
    made = encoder()
    sample = made.encode(Point(names.KEY_AGE, 1, 7, {"a-b": "first", "a.b": "second"}))
    assert sample.labels == (("a_b", "first"),)
    assert made.adjusted == 1


def test_points_with_such_tags_are_counted_one_by_one() -> None:
    made = encoder()
    for tags in ({"a-b": "1", "a.b": "2", "a b": "3"}, {"a": "1"}, {"c-d": "1", "c.d": "2"}):
        made.encode(Point(names.KEY_AGE, 1, 7, tags))
    assert made.adjusted == 2


def test_a_metric_without_a_name_in_prometheus_is_refused() -> None:
    with pytest.raises(RejectedPointError, match=r"my\.own has no name in Prometheus") as refused:
        encoder().encode(Point("my.own", 1, 7))
    assert refused.value.code == "unknown metric"


def test_a_label_that_is_not_there_is_empty() -> None:
    sample = encoder().encode(Point(names.KEY_AGE, 1, 7, {"name": "alice"}))
    assert (sample.label("name"), sample.label("profile")) == ("alice", "")


@pytest.mark.parametrize("timestamp", [1, 2**53 - 1])
def test_a_time_that_a_float_holds_is_kept(timestamp: int) -> None:
    assert encoder().encode(Point(names.KEY_AGE, 1, timestamp)).timestamp == timestamp


@pytest.mark.parametrize("timestamp", [0, -1, 2**53, 2**54, 1.5, float("nan"), True, "7", None])
def test_a_time_that_is_none_is_refused(timestamp: Any) -> None:
    with pytest.raises(RejectedPointError) as refused:
        encoder().encode(Point(names.KEY_AGE, 1, timestamp))
    assert refused.value.code == "no time"


def test_points_with_such_texts_are_counted_one_by_one() -> None:
    made = encoder()
    for name in ("a\ud800", "\udfff\N{GRINNING FACE}", "fine"):
        sample = made.encode(Point(names.KEY_AGE, 1, 7, {"name": name}))
        sample.label("name").encode()
    assert made.adjusted == 2


@pytest.mark.parametrize(
    ("metric", "value"), [(names.COLLECTOR_REPORT_AGE, 1500), (names.KEY_AGE, 1500), (names.PROBE_DURATION, 1.5)]
)
def test_only_milliseconds_become_seconds(metric: str, value: float) -> None:
    assert encoder().encode(Point(metric, 1500, 7)).value == value


@pytest.mark.parametrize(
    ("labels", "written"),
    [
        ((), True),
        ((("name", "größe"), ("tag_job", "x")), True),
        ((("name", "x"), ("job", "x")), False),
        ((("a-b", "x"),), False),
        ((("2nd", "x"),), False),
        ((("__name__", "x"), ("name", "x")), False),
    ],
)
def test_labels_that_an_encoder_writes(labels: tuple[tuple[str, str], ...], *, written: bool) -> None:
    assert is_written(labels) is written


@pytest.mark.parametrize("labels", [(("name", "\ud800"),), (("name", 7),)])
def test_labels_that_hold_no_text_at_all(labels: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        is_written(labels)
