# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The states as tables of cases: a string of results, and the state after each."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._probe.states import (
    DOWN_DURATION_MS,
    Hour,
    StepHistory,
    Thresholds,
    worst,
)
from ansible_collections.keyward.iam.plugins.modules import probe

if TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.module_utils._probe.result import State

DEFAULT = Thresholds(degraded_percent=500, degraded_after=3, recovered_after=3, down_after=2, up_after=2)
AT_ONCE = Thresholds(degraded_percent=200, degraded_after=1, recovered_after=1, down_after=1, up_after=1)
DAY = 86_400
LETTERS = {"up": "u", "degraded": "d", "down": "D"}

# Failed, and times beside an average of 100 ms: the average, slow, fast by a hair, too long, and not quite too long.
DURATIONS = {"F": None, ".": 100.0, "s": 500.0, "f": 499.9, "T": DOWN_DURATION_MS + 1.0, "t": float(DOWN_DURATION_MS)}


def states(results: str, thresholds: Thresholds) -> str:
    """The state after each of these results."""
    history = StepHistory()
    found = ""
    for result in results:
        history.hours = {0: Hour(1000.0, 10)}
        duration = DURATIONS[result]
        if duration is None:
            history.failed(40.0, thresholds)
        else:
            history.succeeded(duration, 60, thresholds)
        # A history is stored between any two runs.
        history = StepHistory.from_json(history.to_json())
        found += LETTERS[history.state]
    return found


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("...", "uuu"),
        ("F", "u"),
        ("FF", "uD"),
        ("F.F.F.", "uuuuuu"),
        ("FF.", "uDD"),
        ("FF..", "uDDu"),
        ("FF.F..", "uDDDDu"),
        ("FF.F.F.F..", "uDDDDDDDDu"),
        ("ss", "uu"),
        ("sss", "uud"),
        ("sss..", "uuddd"),
        ("sss...", "uudddu"),
        ("sss..s...", "uuddddddu"),
        ("ss.ss.ss", "uuuuuuuu"),
        ("sssf", "uudd"),
        ("sssfff", "uudddu"),
        ("fff", "uuu"),
        ("sFssF", "uuudd"),
        ("sssFF", "uuddD"),
        ("sssFF..", "uuddDDd"),
        ("T", "D"),
        ("T.", "DD"),
        ("T..", "DDu"),
        ("TT..", "DDDu"),
        ("TTT..", "DDDDd"),
        ("t", "u"),
    ],
)
def test_defaults(results: str, expected: str) -> None:
    assert states(results, DEFAULT) == expected


def test_thresholds_of_one() -> None:
    assert states("F.", AT_ONCE) == "Du"
    assert states("s.", AT_ONCE) == "du"


@pytest.mark.parametrize(
    ("thresholds", "results", "expected"),
    [
        (replace(DEFAULT, down_after=3), "FFF..", "uuDDu"),
        (replace(DEFAULT, up_after=3), "FF...", "uDDDu"),
        (replace(DEFAULT, degraded_after=2), "ss", "ud"),
        (replace(DEFAULT, recovered_after=1), "sss.", "uudu"),
        (replace(DEFAULT, degraded_percent=501), "sss", "uuu"),
    ],
)
def test_each_threshold_is_a_setting(thresholds: Thresholds, results: str, expected: str) -> None:
    assert states(results, thresholds) == expected


@pytest.mark.parametrize("interval", [10, 60, 900, 3600, DAY])
def test_any_schedule_can_be_degraded(interval: float) -> None:
    """With one run a day, three slow ones are almost half of the week."""
    history = StepHistory()
    for run in range(30):
        history.succeeded(100, run * interval, DEFAULT)
    for run in range(30, 33):
        assert history.state == "up"
        history.succeeded(600, run * interval, DEFAULT)
    assert history.state == "degraded"


def test_a_week_of_nothing_but_slow_times_is_the_new_average() -> None:
    history = StepHistory()
    history.succeeded(100, 0, DEFAULT)
    for day in range(1, 7):
        history.succeeded(600, day * DAY, DEFAULT)
        assert history.average(day * DAY) == 100
    for day in range(7, 10):
        assert history.state == "degraded"
        history.succeeded(600, day * DAY, DEFAULT)
    assert history.state == "up"
    assert history.average(9 * DAY) == 600


def test_the_average_is_of_seven_days() -> None:
    history = StepHistory()
    history.succeeded(100, 0, DEFAULT)
    history.succeeded(300, 1 * DAY, DEFAULT)
    assert history.average(7 * DAY - 1) == 200
    assert history.average(7 * DAY) == 300
    assert history.average(9 * DAY) is None


def test_a_clock_that_went_back_leaves_no_times_of_the_future() -> None:
    history = StepHistory()
    history.succeeded(100, 100 * DAY, DEFAULT)
    assert history.average(1 * DAY) is None


def test_a_history_is_small_however_often_a_step_runs() -> None:
    history = StepHistory()
    for run in range(20 * DAY // 300):
        history.succeeded(100, run * 300, DEFAULT)
    assert len(history.hours) <= 7 * 24
    assert sum(hour.times for hour in history.hours.values()) == pytest.approx(7 * DAY / 300, abs=12)


def test_failures_do_not_count_in_the_average() -> None:
    history = StepHistory()
    history.succeeded(100, 0, DEFAULT)
    history.failed(60_000, DEFAULT)
    assert history.average(1) == 100


def test_a_failure_that_took_too_long_is_down_at_once() -> None:
    history = StepHistory()
    history.failed(DOWN_DURATION_MS + 1, DEFAULT)
    assert history.state == "down"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["up", "up"], "up"),
        (["up", None], "up"),
        (["up", "degraded"], "degraded"),
        (["degraded", "misconfigured"], "misconfigured"),
        (["misconfigured", "down", "up"], "down"),
        ([None, None], None),
    ],
)
def test_the_whole_is_as_bad_as_its_worst_step(steps: list[State | None], expected: State | None) -> None:
    assert worst(steps) == expected


@pytest.mark.parametrize("name", [field.name for field in fields(Thresholds)])
@pytest.mark.parametrize("value", [0, -1, 10**12])
def test_a_threshold_that_no_history_reaches_is_refused(name: str, value: int) -> None:
    with pytest.raises(UserError, match=rf"{name} \(.*\) must be between 1 and 1000000"):
        replace(DEFAULT, **{name: value})


@pytest.mark.parametrize(
    "hours",
    [
        {"1": [float("nan"), 1]},
        {"1": [float("inf"), 1]},
        {"1": [-5, 1]},
        {"1": [100, 0]},
        {"1": ["100", 1]},
        {"x": [1, 1]},
    ],
)
def test_times_that_no_run_had_are_refused(hours: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        StepHistory.from_json({**StepHistory().to_json(), "hours": hours})


def plainly(results: list[tuple[str, float, int]], thresholds: Thresholds) -> list[State]:
    """The rules read from a list of everything that ever happened, as they are documented."""
    down = degraded = False
    found: list[State] = []
    slow: list[bool] = []
    ordinary: list[tuple[float, int]] = []
    """Time in milliseconds and hour of what was not slow."""
    outcomes = ""
    for kind, duration, hour in results:
        too_long = duration > DOWN_DURATION_MS
        outcomes += "x" if kind == "failed" else "-" if too_long else "o"
        if kind == "ok":
            week = [time for time, then in ordinary if 0 <= hour - then < 7 * 24]
            # Older times are forgotten for good, also where the clock steps back.
            ordinary = [(time, then) for time, then in ordinary if 0 <= hour - then < 7 * 24]
            slow.append(bool(week) and duration * 100 >= sum(week) / len(week) * thresholds.degraded_percent)
            if not slow[-1]:
                ordinary.append((duration, hour))
            last = slow[-thresholds.degraded_after :]
            if all(last) and len(last) == thresholds.degraded_after:
                degraded = True
            last = slow[-thresholds.recovered_after :]
            if not any(last) and len(last) == thresholds.recovered_after:
                degraded = False
        if outcomes.endswith("o" * thresholds.up_after):
            down = False
        if outcomes.endswith("x" * thresholds.down_after) or too_long:
            down = True
        found.append("down" if down else "degraded" if degraded else "up")
    return found


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ok", "ok", "ok", "failed"]),
            st.sampled_from([50.0, 100.0, 100.0, 200.0, 700.0, 900_000.0, 900_001.0]),
            st.integers(-3, 200),
        ),
        max_size=40,
    ),
    st.builds(Thresholds, st.sampled_from([110, 200, 500]), *[st.integers(1, 4)] * 4),
)
def test_the_states_are_those_of_the_plain_rules(steps: list[tuple[str, float, int]], thresholds: Thresholds) -> None:
    hour, results = 1000, []
    for kind, duration, later in steps:
        hour += later // 10
        results.append((kind, duration, hour))
    history = StepHistory()
    found = []
    for kind, duration, then in results:
        if kind == "ok":
            history.succeeded(duration, then * 3600.0, thresholds)
        else:
            history.failed(duration, thresholds)
        history = StepHistory.from_json(history.to_json())
        found.append(history.state)
    assert found == plainly(results, thresholds)


def test_the_thresholds_are_those_that_the_module_documents() -> None:
    options = {name: spec["default"] for name, spec in probe.ARGUMENT_SPEC.items() if name in asdict(Thresholds())}
    assert options == asdict(Thresholds())


def test_times_are_stored_with_a_tenth_of_a_millisecond() -> None:
    history = StepHistory()
    for _time in range(2):
        history.succeeded(100.34, 60, DEFAULT)
    assert history.to_json()["hours"] == {"0": [200.6, 2]}
