# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The query language: what is a query, and what the documentation says that it computes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from testbed.fakes.wql import Grid, QueryError, evaluate, firing, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from testbed.fakes.wql import Series

MINUTE = 60
GRID = Grid(0, 20 * MINUTE, MINUTE)
ONE = frozenset({("a", "1")})
TWO = frozenset({("a", "2")})


def points(metric: str, values: Mapping[int, float], **tags: str) -> list[Point]:
    return [Point(metric, value, minute * MINUTE, tags) for minute, value in values.items()]


def of(query: str, *made: list[Point]) -> Series:
    return evaluate(parse(query), itertools.chain(*made), GRID)


@pytest.mark.parametrize(
    "query",
    [
        "",
        'last(1h, ts("a")',
        'last(1h, ts("a")))',
        'latest(1h, ts("a"))',
        'ts("a" > 1)',
        'ts("a", step=all)',
        'ts("a") >',
        'ts("a") > > 1',
        "timestamp()",
        'between(ts("a"), 1)',
        'ts("a", b="${c}")',
        'join(ts("a") AS one LEFT JOIN ts("b") AS two USING(c), metric="d", three)',
        'ts("a") # 1',
        'ts("a", b="1" or b="2")',
        'removeSeries(ts("a"), b="1" or c="2")',
        'last(2w, ts("a"))',
        'last(14d, ts("a"))',
        'ts("a", b=the blue one)',
    ],
)
def test_what_is_no_query(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query, {"variable": "1"})


def test_a_variable_stands_for_any_text() -> None:
    assert parse("ts(${what}) > ${much}", {"what": '"a", b=*', "much": "2 * 3"}) == parse('ts("a", b=*) > 2 * 3')


def test_last_holds_a_value_for_its_window_and_no_longer() -> None:
    [values] = of('last(5m, ts("a"))', points("a", {2: 7})).values()
    assert values == [None] * 2 + [7] * 6 + [None] * 12


def test_a_moving_count_ends_after_twice_its_window() -> None:
    [values] = of('mcount(3m, ts("a"))', points("a", {2: 7, 3: 7})).values()
    assert values == [None] * 2 + [1, 2, 2, 1] + [0] * 4 + [None] * 10


def test_missing_tells_of_what_never_came() -> None:
    assert of('missing(3m, ts("a"))') == {frozenset(): [1.0] * 20}
    [values] = of('missing(3m, ts("a"))', points("a", {2: 7})).values()
    assert values == [1.0] * 2 + [None] * 4 + [1.0] * 14


def test_series_match_by_all_tags_or_by_those_named() -> None:
    ages = points("age", {0: 5}, a="1", b="x") + points("age", {0: 6}, a="2", b="y")
    runs = points("run", {0: 1}, a="1") + points("run", {0: 0}, a="2")
    assert of('ts("age") * ts("run")', ages, runs) == {}
    matched = of('ts("age") * by (a) ts("run")', ages, runs)
    assert {dict(labels)["b"]: values[0] for labels, values in matched.items()} == {"x": 5, "y": 0}


def test_several_candidates_match_nothing() -> None:
    runs = points("run", {0: 1}, a="1", c="x") + points("run", {0: 1}, a="1", c="y")
    assert of('ts("age") * by (a) ts("run")', points("age", {0: 5}, a="1"), runs) == {}


def test_conditions_keep_what_holds() -> None:
    values = points("a", {0: 1}, a="1") + points("a", {0: 5}, a="2")
    assert of('if(ts("a") > 2, ts("a"))', values)[ONE][0] is None
    assert of('if(ts("a") > 2, ts("a"))', values)[TWO][0] == 5
    assert of('rawsum(ts("a") > 2)', values)[frozenset()][0] == 1
    assert of('ts("a", not a="1" and a=*)', values).keys() == {TWO}


def test_a_left_join_tells_what_has_no_partner() -> None:
    left = points("age", {0: 5}, a="1") + points("age", {0: 6}, a="2")
    query = """removeSeries(join(ts("age") AS age LEFT JOIN ts("used") AS used USING(a), metric="x", a=age.a,
               found=used.a, age), found="*")"""
    assert of(query, left, points("used", {0: 1}, a="1")).keys() == {TWO}


def test_an_alert_fires_without_a_false_value_and_ends_without_a_true_one() -> None:
    holds = {minute: minute in range(3, 8) for minute in range(20)}
    fired = firing(of('ts("a")', points("a", holds, a="1")), GRID, minutes=2, resolve_after_minutes=3)
    assert fired == {ONE: [(5 * MINUTE, 11 * MINUTE)]}
    lone = of('ts("a")', points("a", {3: 1}, a="1"))
    assert firing(lone, GRID, minutes=2, resolve_after_minutes=3) == {ONE: [(4 * MINUTE, 7 * MINUTE)]}
