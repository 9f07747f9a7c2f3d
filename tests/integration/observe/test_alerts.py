# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""When the alerts fire and when they end, over days of runs as the collection reports them; nothing flaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.conversion import (
    ACCESS_KEY_INFO,
    PROBE,
    points_of_result,
)
from testbed.fakes.wql import Grid, evaluate, firing, parse

from .points import collected, delivered, key, probed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

    from .conftest import Content

    Fired = Callable[..., list[tuple[str, float, float]]]

MINUTE, HOUR, DAY = 60, 3600, 86400
HELD = 49 * HOUR
"""Two days and an hour, of a collector that runs daily."""
PROBE_HELD = 10 * MINUTE
LATE = 15 * MINUTE
"""An alert is checked once in five minutes, and looks at the five before."""
TEN_DAYS = Grid(0, 10 * DAY, 5 * MINUTE)


@pytest.fixture
def fired(content: Content) -> Fired:
    """Whose alert fired, from when to when. A threshold alert is asked for one of its severities."""

    def ask(
        alert: str, points: Iterable[Point], grid: Grid = TEN_DAYS, severity: str = ""
    ) -> list[tuple[str, float, float]]:
        definition = content.alerts[alert]
        query = definition["conditions"][severity] if severity else definition["condition"]
        series = evaluate(parse(query), points, grid)
        spans = firing(series, grid, definition["minutes"], definition["resolveAfterMinutes"])
        return sorted(
            ((_who(dict(labels)), *span) for labels, times in spans.items() for span in times), key=lambda one: one[1]
        )

    return ask


def _who(tags: dict[str, str]) -> str:
    return tags.get("name") or tags.get("outcome") or tags.get("profile") or ""


def daily(days: Iterable[int], *, name: str = "alice", age: int = 145, status: str = "Active") -> list[Point]:
    """The key is that old on day 0."""
    runs = (collected(day * DAY, key(name, age + day, status=status)) for day in days)
    return [point for run in runs for point in run]


class TestKeyAge:
    NAME = "AWS IAM: access key too old"

    def test_fires_once_when_the_age_is_reached_and_goes_on(self, fired: Fired) -> None:
        [(who, start, end)] = fired(self.NAME, daily(range(10)), severity="warn")
        assert who == "alice"
        assert 5 * DAY < start <= 5 * DAY + LATE
        assert end == 10 * DAY
        assert fired(self.NAME, daily(range(10)), severity="severe") == []
        [(_whose, start, _end)] = fired(self.NAME, daily(range(10), age=173), severity="severe")
        assert 7 * DAY < start <= 7 * DAY + LATE

    def test_a_run_that_is_missed_or_fails_does_not_end_it(self, fired: Fired) -> None:
        days = [day for day in range(10) if day != 7]
        [(_whose, _start, end)] = fired(self.NAME, daily(days), severity="warn")
        assert end == 10 * DAY
        broken = [*daily(days), *collected(7 * DAY, ok=False)]
        [(_whose, _start, end)] = fired(self.NAME, broken, severity="warn")
        assert end == 10 * DAY

    @pytest.mark.parametrize("rotated", ["deleted", "inactive"])
    def test_ends_with_the_next_run_after_a_rotation(self, fired: Fired, rotated: str) -> None:
        after = (
            daily(range(7, 10), status="Inactive") if rotated == "inactive" else daily(range(7, 10), name="bob", age=0)
        )
        [(_whose, _start, end)] = fired(self.NAME, daily(range(7)) + after, severity="warn")
        assert 7 * DAY < end <= 7 * DAY + LATE

    def test_without_further_runs_it_ends_when_nothing_is_known_any_more(self, fired: Fired) -> None:
        [(_whose, _start, end)] = fired(self.NAME, daily(range(7)), severity="warn")
        assert 6 * DAY + HELD < end <= 6 * DAY + HELD + LATE

    def test_runs_of_another_profile_change_nothing(self, fired: Fired) -> None:
        other = [point for day in range(10) for point in collected(day * DAY + 7 * HOUR, profile="two")]
        [(_whose, start, end)] = fired(self.NAME, daily(range(10)) + other, severity="warn")
        assert (start <= 5 * DAY + LATE, end) == (True, 10 * DAY)

    def test_exempt_users_cause_none(self, fired: Fired) -> None:
        for name in ("ops", "break-glass-1"):
            assert fired(self.NAME, daily(range(10), name=name, age=300), severity="severe") == []


def test_unused_key(fired: Fired) -> None:
    runs = (collected(day * DAY, key("alice", 100 + day, last_used=85 + day), key("bob", 300)) for day in range(10))
    [(who, start, end)] = fired("AWS IAM: access key unused", [point for run in runs for point in run])
    assert who == "alice"
    assert 5 * DAY < start <= 5 * DAY + LATE
    assert end == 10 * DAY


def test_root_key(fired: Fired) -> None:
    runs = (collected(day * DAY, root_keys=int(3 <= day < 6)) for day in range(10))
    [(_whose, start, end)] = fired("AWS IAM: root user has an access key", [point for run in runs for point in run])
    assert 3 * DAY < start <= 3 * DAY + LATE
    assert 6 * DAY < end <= 6 * DAY + LATE


class TestSilence:
    NAME = "AWS IAM: collector silent"

    def test_no_run_at_all(self, fired: Fired) -> None:
        assert fired(self.NAME, []) == [("", 5 * MINUTE, 10 * DAY)]

    def test_nothing_while_runs_come_and_one_may_be_missed(self, fired: Fired) -> None:
        assert [span for span in fired(self.NAME, daily([*range(5), *range(6, 10)])) if span[1] > LATE] == []

    def test_all_silent_until_one_runs_again(self, fired: Fired) -> None:
        fell_silent = [span for span in fired(self.NAME, daily([*range(3), 7, 8, 9])) if span[1] > LATE]
        assert {who for who, _start, _end in fell_silent} == {"", "one"}
        for _who, start, end in fell_silent:
            assert 2 * DAY + HELD < start <= 2 * DAY + HELD + LATE
            assert 7 * DAY < end <= 7 * DAY + LATE

    def test_one_profile_among_others_for_a_good_week(self, fired: Fired) -> None:
        grid = Grid(0, 16 * DAY, 5 * MINUTE)
        others = [point for day in range(16) for point in collected(day * DAY, profile="two")]
        [(who, start, end)] = [span for span in fired(self.NAME, daily(range(3)) + others, grid) if span[1] > LATE]
        assert who == "one"
        assert 2 * DAY + HELD < start <= 2 * DAY + HELD + LATE
        assert 7 * DAY < end - start < 10 * DAY

    def test_a_profile_is_silent_whatever_its_runs_knew_of_themselves(self, fired: Fired) -> None:
        """One failed before the account was known, and from the sixth day on the region is another one."""
        runs = [
            collected(day * DAY, ok=day != 2, account=None if day == 2 else "111122223333", region=f"region-{day > 5}")
            for day in range(10)
        ]
        assert [span for span in fired(self.NAME, [point for run in runs for point in run]) if span[1] > LATE] == []


def test_a_key_behind_two_profiles_fires_once(fired: Fired) -> None:
    runs = [
        collected(day * DAY, key("alice", 200, profile=name), profile=name, root_keys=1)
        for day in range(3)
        for name in ("one", "two")
    ]
    points = [point for run in runs for point in run]
    grid = Grid(0, 3 * DAY, 5 * MINUTE)
    assert sorted(who for who, *_span in fired("AWS IAM: access key too old", points, grid, "severe")) == [
        "<root_account>",
        "alice",
    ]
    assert len(fired("AWS IAM: root user has an access key", points, grid)) == 1


def test_failing_collector(fired: Fired) -> None:
    runs = (collected(day * DAY, ok=day not in {4, 5}) for day in range(10))
    [(who, start, end)] = fired("AWS IAM: collector failing", [point for run in runs for point in run])
    assert who == "one"
    assert 4 * DAY < start <= 4 * DAY + LATE
    assert 6 * DAY < end <= 6 * DAY + LATE


def test_lost_points(fired: Fired) -> None:
    runs = (delivered(day * DAY, dropped=3 if day == 4 else 0) for day in range(10))
    [(who, start, end)] = fired("AWS IAM: delivery loses points", [point for run in runs for point in run])
    assert who == "dropped"
    assert 4 * DAY < start <= 4 * DAY + LATE
    assert end - start <= HELD + LATE


class TestProbe:
    GRID = Grid(0, 6 * HOUR, MINUTE)

    @pytest.mark.parametrize("state", ["down", "degraded", "misconfigured"])
    def test_each_state_has_its_alert_and_no_other(self, fired: Fired, state: str) -> None:
        """From minute 60 to 120, with every tenth run late by three minutes."""
        moments = [minute + 3 * (minute % 20 == 0) for minute in range(0, 360, 2)]
        runs = (probed(minute * MINUTE, state if 60 <= minute < 120 else "up") for minute in moments)
        points = [point for run in runs for point in run]
        for name in ("down", "degraded", "misconfigured"):
            spans = fired(f"AWS IAM probe: {name}", points, self.GRID)
            if name != state:
                assert spans == []
                continue
            [(_whose, start, end)] = spans
            assert 60 * MINUTE < start <= 66 * MINUTE
            assert 120 * MINUTE < end <= 126 * MINUTE

    def test_one_that_cannot_start_is_misconfigured(self, fired: Fired) -> None:
        begun = [point for minute in range(0, 60, 2) for point in probed(minute * MINUTE)]
        failed = [
            point
            for minute in range(60, 120, 2)
            for point in points_of_result(PROBE, {"namespace": "lab", "profile": "probe"}, minute * MINUTE)
        ]
        [(_whose, start, end)] = fired("AWS IAM probe: misconfigured", begun + failed, self.GRID)
        assert 60 * MINUTE < start <= 64 * MINUTE
        assert 118 * MINUTE + PROBE_HELD < end <= 118 * MINUTE + PROBE_HELD + LATE

    def test_silence_of_one_that_used_to_report(self, fired: Fired) -> None:
        grid = Grid(0, 2 * DAY, 2 * MINUTE)
        points = [point for minute in range(0, 60, 2) for point in probed(minute * MINUTE)]
        [(_whose, start, end)] = fired("AWS IAM probe: silent", points, grid)
        assert 58 * MINUTE + PROBE_HELD <= start <= 58 * MINUTE + PROBE_HELD + LATE
        assert DAY < end - start < DAY + HOUR
        assert fired("AWS IAM probe: silent", [], grid) == []

    def test_a_namespace_is_silent_whatever_region_it_is_in(self, fired: Fired) -> None:
        grid = Grid(0, DAY, 2 * MINUTE)
        moved = [p for minute in range(0, 1440, 2) for p in probed(minute * MINUTE, region=f"region-{minute > 600}")]
        gone = [point for minute in range(0, 60, 2) for point in probed(minute * MINUTE, namespace="gone")]
        assert len(fired("AWS IAM probe: silent", moved + gone, grid)) == 1
        assert fired("AWS IAM probe: silent", moved, grid) == []


def test_an_old_credential_of_another_kind_fires_until_it_is_changed(fired: Fired) -> None:
    about = {"profile": "one", "region": "us-west-2", "account_id": "111122223333"}

    def run(day: int, age: int) -> Iterator[Point]:
        other = {"type": "password", "user_name": "alice", "status": "Active", "age_days": age, **about}
        profile = {"ok": True, "users": 1, "access_keys": 0, **about}
        result = {"access_keys": [], "credentials": [other], "profiles": [profile], "timestamp": day * DAY}
        return points_of_result(ACCESS_KEY_INFO, result, day * DAY)

    points = [point for day in range(8) for point in run(day, 178 + day if day < 5 else 0)]
    [(who, start, end)] = fired("AWS IAM: other credential too old", points)
    assert who == "alice"
    assert 2 * DAY < start <= 2 * DAY + LATE
    assert 5 * DAY < end <= 5 * DAY + LATE
