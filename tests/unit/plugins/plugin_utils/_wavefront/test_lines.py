# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One line for one point: judged by the test receiver's parser, which shares no code with the encoder."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import RejectedPointError
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._wavefront.lines import LineEncoder
from testbed.fakes.wavefront import Point as ReceivedPoint
from testbed.fakes.wavefront import parse

NOW = 1_800_000_000


def point(value: Any = 1, *, metric: str = "m", timestamp: Any = NOW, source: str = "AWS", **tags: str) -> Point:
    return Point(metric, value, timestamp, tags, source)


def encode(given: Point) -> str:
    return LineEncoder(NOW).encode(given)


def received(given: Point) -> ReceivedPoint:
    return parse(encode(given), now=NOW)


def test_the_line_of_the_contract() -> None:
    tags = {
        "name": "user1",
        "key": "ABCDE",
        "status": "Active",
        "profile": "aws-profile",
        "region": "us-west-2",
        "account": "123456789012",
    }
    assert encode(point(209, metric="aws.iam.accessKey", **tags)) == (
        f'aws.iam.accessKey 209 {NOW} source="AWS" name="user1" key="ABCDE" status="Active" profile="aws-profile" '
        'region="us-west-2" account="123456789012"'
    )


@pytest.mark.parametrize(
    "name", ["a=b,c", "first.last@example.com", "a+b_c-d", "it's", 'the "boss"', 'end"', '\\"', "a b"]
)
def test_what_a_value_may_hold_arrives_unchanged(name: str) -> None:
    encoder = LineEncoder(NOW)
    got = parse(encoder.encode(point(name=name, last="here")), now=NOW)
    assert got.tags == {"name": name, "last": "here"}
    assert encoder.adjusted == 0


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        ("two\nlines", "two lines"),
        ("back\\", "back\\ "),
        ("half \ud83d of one", "half \ufffd of one"),
        ("x" * 300, "x" * 250),
        ("\N{GRINNING FACE}" * 200, "\N{GRINNING FACE}" * 125),
        ("\\" * 300, "\\" * 249 + " "),
    ],
)
def test_what_a_value_cannot_hold_is_changed_as_little_as_possible_and_counted(value: str, arrives: str) -> None:
    encoder = LineEncoder(NOW)
    got = parse(encoder.encode(point(name=value, last="here")), now=NOW)
    assert got.tags == {"name": arrives, "last": "here"}
    assert encoder.adjusted == 1


def test_an_empty_tag_is_left_out_and_a_blank_one_counts_as_adjusted() -> None:
    encoder = LineEncoder(NOW)
    assert encoder.encode(point(empty="")) == f'm 1 {NOW} source="AWS"'
    assert encoder.adjusted == 0
    assert encoder.encode(point(blank="  ")) == f'm 1 {NOW} source="AWS"'
    assert encoder.adjusted == 1


def test_keys_that_become_one_are_sent_once_and_the_last_wins() -> None:
    assert encode(point(**{"a b": "1", "a_b": "2"})) == f'm 1 {NOW} source="AWS" a_b="2"'


def test_reserved_keys_do_not_take_the_source_s_place() -> None:
    got = received(point(source="AWS", host="h", tag="t"))
    assert (got.source, got.tags) == ("AWS", {"host_": "h", "tag_": "t"})


def test_a_source_of_unusual_characters_is_made_usual() -> None:
    assert received(point(source="my host/1")).source == "my_host_1"
    assert received(point(source="x" * 200)).source == "x" * 128


@pytest.mark.parametrize("value", [0, -5, 2.5, 1e300, 1e-9, 10**15])
def test_numbers_arrive_as_they_are(value: float) -> None:
    assert received(point(value)).value == value


@pytest.mark.parametrize(
    "value", ["31", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", None, True, math.nan, math.inf, 10**400, [1]]
)
def test_what_is_no_finite_number_is_rejected(value: object) -> None:
    with pytest.raises(RejectedPointError) as error:
        encode(point(value))
    assert error.value.code == "WF-300"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (point(metric="no spaces"), "WF-400"),
        (point(metric=""), "WF-400"),
        (point(metric="m" * 257), "WF-408"),
        (point(source=" "), "WF-406"),
        (point(timestamp=NOW - 8761 * 3600), "WF-402"),
        (point(timestamp=NOW + 25 * 3600), "WF-402"),
        (point(timestamp=NOW * 1000), "WF-402"),
        (point(timestamp=str(NOW)), "WF-402"),
        (point(**{f"k{number}": "v" for number in range(21)}), "WF-410"),
    ],
)
def test_a_point_the_vendor_rejects_is_rejected_with_the_vendor_s_code(bad: Point, code: str) -> None:
    with pytest.raises(RejectedPointError) as error:
        encode(bad)
    assert error.value.code == code


def test_twenty_tags_are_taken_and_empty_ones_do_not_count() -> None:
    tags = {f"k{number}": "v" for number in range(20)} | {"empty": "", "blank": " "}
    assert len(received(point(**tags)).tags) == 20


@given(
    tags=st.dictionaries(st.text(max_size=80), st.text(max_size=300), max_size=12),
    source=st.text(min_size=1, max_size=150).filter(str.strip),
    value=st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_whatever_is_encoded_is_one_line_that_the_vendor_takes(tags: dict[str, str], source: str, value: float) -> None:
    line = encode(point(value, source=source, **tags) if "source" not in tags else Point("m", value, NOW, tags, source))
    assert "\n" not in line
    line.encode("utf-8")
    got = parse(line, now=NOW)
    assert got.value == float(value)
    assert len(got.tags) <= len(tags)


@given(
    tags=st.dictionaries(
        st.text(max_size=20) | st.from_regex(r"[a-z.]{1,9}", fullmatch=True), st.text(max_size=60), max_size=20
    ),
    source=st.from_regex(r"[A-Za-z0-9.-]{1,20}", fullmatch=True),
    value=st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    timestamp=st.integers(NOW - 86400, NOW),
)
def test_what_is_not_counted_as_changed_arrives_as_the_same_point(
    tags: dict[str, str], source: str, value: float, timestamp: int
) -> None:
    encoder = LineEncoder(NOW)
    got = parse(encoder.encode(Point("aws.iam.accessKey", value, timestamp, tags, source)), now=NOW)
    assert (got.metric, got.value, got.timestamp, got.source) == ("aws.iam.accessKey", float(value), timestamp, source)
    if not encoder.adjusted:
        assert got.tags == {name: text for name, text in tags.items() if text}


def test_the_window_is_measured_from_the_present() -> None:
    assert LineEncoder().encode(point(timestamp=int(time.time())))


def test_the_window_is_a_year_back_and_a_day_ahead() -> None:
    for inside in (NOW - 8760 * 3600 + 1, NOW + 24 * 3600 - 1):
        assert received(point(timestamp=inside)).timestamp == inside
    for outside in (NOW - 8760 * 3600, NOW + 24 * 3600):
        with pytest.raises(RejectedPointError) as error:
            encode(point(timestamp=outside))
        assert error.value.code == "WF-402"
