# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Collections in any order, more than once, and from clocks that are wrong: what a scrape finds in the end."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.conversion import (
    ACCESS_KEY_INFO,
    PROBE,
    points_of_result,
)
from testbed.scenarios.prometheus import (
    ACCOUNT,
    FAILURE,
    SUCCESS,
    TIME,
    ages,
    collected,
    crashed,
    encoded,
    export,
    exporter,
    probed,
    series,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point


def good(age: int, at: int) -> list[Point]:
    return collected(("alice", age), at=at)


def failed(at: int, account: str | None = ACCOUNT) -> list[Point]:
    return collected(ok=False, account=account, at=at)


def text(directory: Path) -> str:
    return (directory / "keyward_collect.prom").read_text(encoding="utf-8")


def state(directory: Path) -> tuple[dict[str, float], float, float, float | None]:
    found = series(directory)
    key = ("p", ACCOUNT)
    return ages(directory), found[SUCCESS, *key], found[TIME, *key], found.get((FAILURE, *key))


@pytest.mark.parametrize(
    ("collections", "expected"),
    [
        ([good(1, 100), good(2, 200)], ({"alice": 2}, 1, 200, None)),
        ([good(1, 100), failed(200)], ({"alice": 1}, 0, 100, 200)),
        ([good(1, 100), failed(200, account=None)], ({"alice": 1}, 0, 100, 200)),
        ([failed(100), good(2, 200)], ({"alice": 2}, 1, 200, None)),
        ([failed(100, account=None), good(2, 200)], ({"alice": 2}, 1, 200, None)),
        ([good(1, 100), failed(200), failed(300)], ({"alice": 1}, 0, 100, 300)),
        ([good(1, 100), failed(200), good(3, 300)], ({"alice": 3}, 1, 300, None)),
        ([collected(("alice", 1), ("bob", 9), at=100), good(2, 200), failed(300)], ({"alice": 2}, 0, 200, 300)),
    ],
)
def test_the_order_of_their_arrival_changes_nothing(
    tmp_path: Path, collections: list[list[Point]], expected: tuple[dict[str, float], float, float, float | None]
) -> None:
    for number, order in enumerate(itertools.permutations(collections)):
        apart, together = tmp_path / f"apart{number}", tmp_path / f"together{number}"
        for directory in (apart, together):
            directory.mkdir()
        for points in order:
            export(apart, points)
        export(together, [point for points in order for point in points])
        assert (state(apart), state(together)) == (expected, expected)


def test_a_clock_that_was_ahead_holds_nothing_back(tmp_path: Path) -> None:
    ahead = int(time.time()) + 10**6
    export(tmp_path, good(1, ahead))
    export(tmp_path, good(2, 200))
    assert state(tmp_path) == ({"alice": 2}, 1, 200, None)
    export(tmp_path, failed(ahead))
    export(tmp_path, good(3, 300))
    assert state(tmp_path) == ({"alice": 3}, 1, 300, None)
    export(tmp_path, good(4, ahead) + good(5, 500))
    assert state(tmp_path) == ({"alice": 5}, 1, 500, None)


def test_a_profile_does_not_decide_for_another_one(tmp_path: Path) -> None:
    other = collected(("bob", 7), profile="q", at=50)
    export(tmp_path, good(1, 100) + other + failed(200, account=None))
    assert ages(tmp_path) == {"alice": 1, "bob": 7}
    assert series(tmp_path)[SUCCESS, "q", ACCOUNT] == 1
    assert series(tmp_path)[SUCCESS, "p", ACCOUNT] == 0


def test_an_account_that_was_read_since_is_not_failed_by_what_names_none(tmp_path: Path) -> None:
    export(tmp_path, good(1, 100) + collected(("bob", 2), account="4", at=300))
    export(tmp_path, failed(200, account=None))
    assert (series(tmp_path)[SUCCESS, "p", ACCOUNT], series(tmp_path)[SUCCESS, "p", "4"]) == (0, 1)
    assert (SUCCESS, "p") not in series(tmp_path)


def test_what_is_delivered_twice_is_there_once(tmp_path: Path) -> None:
    for _time in range(2):
        export(tmp_path, good(1, 100) + failed(200))
        assert state(tmp_path) == ({"alice": 1}, 0, 100, 200)


def test_a_probe_of_an_earlier_run_changes_nothing(tmp_path: Path) -> None:
    duration = ("aws_iam_probe_duration_seconds", "p", ACCOUNT, "CreateUser")
    for points in (probed(at=300), probed(at=100, status="failed"), crashed(at=200)):
        export(tmp_path, points)
    found = series(tmp_path)
    assert found["aws_iam_probe_success", "p", ACCOUNT, "CreateUser"] == 1
    assert found["aws_iam_probe_timestamp_seconds", "p", ACCOUNT] == 300
    export(tmp_path, crashed(at=400))
    export(tmp_path, probed(at=350))
    found = series(tmp_path)
    assert found[duration] == 0.25
    assert found["aws_iam_probe_success", "p", "all"] == 0
    assert found["aws_iam_probe_timestamp_seconds", "p", ACCOUNT] == 350


def test_a_probe_that_crashed_fails_its_profile_s_probes_and_not_its_collections(tmp_path: Path) -> None:
    unnamed = list(points_of_result(PROBE, {"msg": "it crashed"}, 200, [{"profile": "p"}]))
    success = "aws_iam_probe_success"
    for number, order in enumerate(itertools.permutations([probed(at=100), unnamed, good(1, 100)])):
        directory = tmp_path / str(number)
        directory.mkdir()
        for points in order:
            export(directory, points)
        assert state(directory) == ({"alice": 1}, 1, 100, None)
        found = series(directory)
        assert (found[success, "p", "all"], found["aws_iam_probe_timestamp_seconds", "p", ACCOUNT]) == (0, 100)
        [line] = [line for line in text(directory).splitlines() if line.startswith(f"{success}{{")]
        assert 'namespace="lab"' in line
        export(directory, probed(at=300))
        assert (success, "p", "all") not in series(directory)
        assert not [key for key in series(directory) if "failure" in key[0]]


def test_a_probe_and_a_collection_that_crash_at_once_are_both_told(tmp_path: Path) -> None:
    crash = {"msg": "it crashed"}
    both = [
        point
        for action in (ACCESS_KEY_INFO, PROBE)
        for point in points_of_result(action, crash, 200, [{"profile": "p"}])
    ]
    for number, points in enumerate((both, both[::-1])):
        directory = tmp_path / str(number)
        directory.mkdir()
        export(directory, points)
        assert {key: value for key, value in series(directory).items() if key[0].endswith("success")} == {
            (SUCCESS, "p"): 0,
            ("aws_iam_probe_success", "p", "all"): 0,
        }
        export(directory, probed(at=100) + good(1, 100))
        export(directory, points)
        assert state(directory) == ({"alice": 1}, 0, 100, 200)
        assert series(directory)["aws_iam_probe_success", "p", "all"] == 0


def test_a_failed_account_without_a_profile_is_not_that_of_a_profile(tmp_path: Path) -> None:
    export(tmp_path, good(1, 100) + collected(("alice", 1), profile=None, at=100))
    export(tmp_path, collected(ok=False, profile=None, at=200))
    found = series(tmp_path)
    assert (found[SUCCESS, "p", ACCOUNT], found[SUCCESS, ACCOUNT, "h"]) == (1, 0)


@pytest.mark.parametrize("first", ["read", "failed"])
def test_a_host_whose_credentials_fail_does_not_fail_the_account_of_another_host(tmp_path: Path, first: str) -> None:
    export(tmp_path, good(1, 100) + collected(("bob", 2), account="4", at=101))
    run = exporter(tmp_path)
    now = int(time.time())
    read, fails = good(2, now), failed(now, account=None)
    run.export(encoded(run, read + fails if first == "read" else fails + read), 5)
    assert (series(tmp_path)[SUCCESS, "p", ACCOUNT], series(tmp_path)[SUCCESS, "p", "4"]) == (1, 0)
    # Where all were read, it may be any.
    run.export(encoded(run, collected(("bob", 3), account="4", at=now)), 5)
    run.export(encoded(run, failed(now, account=None)), 5)
    assert {value for key, value in series(tmp_path).items() if key[0] == SUCCESS} == {0}
