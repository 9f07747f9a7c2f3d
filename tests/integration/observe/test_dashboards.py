# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the charts show of runs as the collection reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.fakes.wql import Grid, evaluate, parse

from .points import collected, key, probed
from .test_queries import charts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

    from .conftest import Content

    Shown = Callable[..., dict[str, float]]

HOUR, DAY = 3600, 86400
GRID = Grid(0, 2 * DAY, 300)
NOW = GRID.moments[-1]
VARIABLES = {
    "profile": "*",
    "account": "*",
    "namespace": "*",
    "region": "*",
    "warn": "150",
    "severe": "180",
    "unused": "90",
}


@pytest.fixture
def shown(content: Content) -> Shown:
    """The last value of each series of a chart, by its name and key, or its step."""

    def ask(dashboard: str, chart: str, points: list[Point], source: str = "", **chosen: str) -> dict[str, float]:
        [found] = [found for found in charts_of(content.dashboards[dashboard]) if found["name"] == chart]
        [query] = [entry["query"] for entry in found["sources"] if source in {"", entry["name"]}]
        series = evaluate(parse(query, VARIABLES | chosen), points, GRID)
        return {_name(dict(labels)): values[-1] for labels, values in series.items() if values[-1] is not None}

    return ask


def _name(tags: dict[str, str]) -> str:
    return tags.get("name") or tags.get("step") or tags.get("profile") or ""


@pytest.fixture
def runs() -> list[Point]:
    """Two runs; carol's key was deleted between them, and dave's switched off."""
    first = collected(0, key("carol", 400), key("dave", 300))
    second = collected(
        DAY,
        key("alice", 180, last_used=90),
        key("alice", 10) | {"access_key_id": "AKIASECOND"},
        key("bob", 179, last_used=89),
        key("dave", 301, status="Inactive"),
        key("erin", 149),
        key("frank", 150),
        key("ops", 999),
        root_keys=1,
    )
    return [*first, *second]


@pytest.mark.parametrize(
    ("chart", "value"),
    [
        ("Overdue keys", 2),
        ("Keys to rotate soon", 2),
        ("Unused keys", 1),
        ("Root user's keys", 1),
        ("Reactivated keys", 0),
        ("Profiles not read", 0),
        ("Users", 1),
        ("Active keys", 6),
        ("Inactive keys", 1),
        ("Exempt keys", 0),
        ("Oldest active key", 900),
        ("Oldest reading", (NOW - DAY) / HOUR),
    ],
)
def test_numbers_of_access_keys(shown: Shown, runs: list[Point], chart: str, value: float) -> None:
    assert shown("keyward-iam-access-keys", chart, runs) == {"": value}


@pytest.mark.parametrize(
    ("chart", "rows"),
    [
        ("Overdue, oldest first", {"<root_account>": 900, "alice": 180}),
        ("To rotate soon, oldest first", {"bob": 179, "frank": 150}),
        ("Owners with two active keys", {"alice": 2}),
        ("Unused keys, by days since their last use", {"alice": 90}),
        ("Every inactive key", {"dave": 301}),
        ("Keys of root users", {"<root_account>": 900}),
        ("Last run of each profile", {"one": 1}),
    ],
)
def test_tables_of_access_keys(shown: Shown, runs: list[Point], chart: str, rows: dict[str, float]) -> None:
    assert shown("keyward-iam-access-keys", chart, runs) == rows


@pytest.mark.parametrize("name", ["default", "the blue one", "5", "1h", "and", "a.b-c_d", "prod=1"])
def test_any_value_of_a_variable_selects_its_series(shown: Shown, name: str) -> None:
    points = [*collected(DAY, key("alice", 200, profile=name), profile=name), *collected(DAY, key("bob", 300))]
    for chart, value in (("Overdue keys", 1), ("Active keys", 1), ("Oldest active key", 200), ("Users", 1)):
        assert shown("keyward-iam-access-keys", chart, points, profile=name) == {"": value}, chart
    assert shown("keyward-iam-access-keys", "Runs", points, profile=name) == {name: 1}
    probes = [*probed(NOW, "down", namespace=name), *probed(NOW, "degraded")]
    assert shown("keyward-iam-probe", "State", probes, namespace=name) == {"": 2}


def test_an_account_behind_two_profiles_counts_once(shown: Shown) -> None:
    keys = [key("alice", 200, last_used=95), key("bob", 160), key("carol", 5, status="Inactive")]
    runs = [
        collected(DAY, *(one | {"profile": name} for one in keys), profile=name, root_keys=1) for name in ("a", "b")
    ]
    points = [point for run in runs for point in run]
    for chart, value in (
        ("Overdue keys", 2),
        ("Keys to rotate soon", 1),
        ("Unused keys", 1),
        ("Root user's keys", 1),
        ("Users", 1),
        ("Active keys", 3),
        ("Inactive keys", 1),
    ):
        assert shown("keyward-iam-access-keys", chart, points) == {"": value}, chart


def test_a_count_of_an_earlier_run_ends_with_the_next_one(shown: Shown) -> None:
    points = [*collected(0, root_keys=1, region="elsewhere"), *collected(DAY, root_keys=0)]
    assert shown("keyward-iam-access-keys", "Root user's keys", points) == {"": 0}


def test_failed_steps_by_class(content: Content) -> None:
    """A step that waited for long is no other class, and what is misconfigured is not told by its duration."""
    points = [
        *probed(DAY, "misconfigured", failed=["CreateUser"], duration_ms=90_000.0),
        *probed(DAY + 300, failed=["DeleteUser"], propagation_ms=70_000.0),
        *probed(DAY + 600),
    ]
    charts = charts_of(content.dashboards["keyward-iam-probe"])
    [chart] = [chart for chart in charts if chart["name"] == "Failed steps by class, per hour"]
    found = {source["name"]: evaluate(parse(source["query"], VARIABLES), points, GRID) for source in chart["sources"]}
    told = {
        name: [value for [values] in [series.values()] for value in values if value] for name, series in found.items()
    }
    assert told == {"failed or timed out": [1], "misconfigured": [1]}


def test_keys_without_a_known_use(shown: Shown, runs: list[Point]) -> None:
    rows = shown("keyward-iam-access-keys", "Active keys without a known use, by age", runs)
    assert rows == {"<root_account>": 900, "alice": 10, "erin": 149, "frank": 150}


def test_bands_of_age_hold_every_active_key_once(shown: Shown, runs: list[Point]) -> None:
    bands = {
        "up to half of the warning age": 1,
        "up to the warning age": 1,
        "to rotate soon": 2,
        "overdue": 1,
        "over twice the severe age": 1,
    }
    for band, number in bands.items():
        assert shown("keyward-iam-access-keys", "Active keys by age", runs, band) == {"": number}, band


def test_the_state_of_several_probes_is_the_worst_where_an_outage_comes_first(shown: Shown) -> None:
    def two(one: str, other: str) -> list[Point]:
        elsewhere = list(probed(NOW, other))
        for point in elsewhere:
            point.tags["region"] = "eu-west-1"
        return [*probed(NOW, one), *elsewhere]

    for states, value in ((("up", "degraded"), 1), (("down", "misconfigured"), 2), (("up", "misconfigured"), 3)):
        assert shown("keyward-iam-probe", "State", two(*states)) == {"": value}


def test_failures_of_the_probe(shown: Shown) -> None:
    points = [*probed(NOW - 600, "down", failed=["DeleteUser"]), *probed(NOW)]
    assert shown("keyward-iam-probe", "Successful steps, 24 hours", points) == {"": 75}
    assert shown("keyward-iam-probe", "Failed steps, 24 hours", points) == {"CreateUser": 0, "DeleteUser": 1}
    assert shown("keyward-iam-probe", "Steps", points) == {"CreateUser": 0, "DeleteUser": 0}
