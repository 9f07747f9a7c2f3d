# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import (
    AgeLimits,
    is_exempt,
    iso,
    summarize,
    whole_days,
)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - drawn


@given(created=moments, age=st.timedeltas(timedelta(0), timedelta(days=5000)))
def test_an_age_is_elapsed_time_whatever_the_zones(created: datetime, age: timedelta) -> None:
    utc = created.astimezone(UTC)
    now = (utc + age).astimezone(timezone(timedelta(hours=-11)))
    assert whole_days(utc, now) == age.days


def test_leap_days_count() -> None:
    assert whole_days(datetime(2024, 2, 28, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)) == 2
    assert whole_days(datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)) == 1


def test_a_clock_behind_awss_gives_no_negative_age() -> None:
    assert whole_days(datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("age", "severity"),
    [(0, "ok"), (149, "ok"), (150, "expiring"), (179, "expiring"), (180, "expired"), (999, "expired")],
)
def test_severity_starts_at_its_age(age: int, severity: str) -> None:
    assert AgeLimits(150, 180).severity(age) == severity


def test_equal_limits_leave_no_warning() -> None:
    assert [AgeLimits(180, 180).severity(age) for age in (179, 180)] == ["ok", "expired"]


def test_dates_are_written_in_utc() -> None:
    assert iso(datetime(2026, 1, 1, 1, 30, 5, 999, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T23:30:05Z"


@pytest.mark.parametrize(
    ("name", "patterns", "exempt"),
    [
        ("break-glass-1", ["break-glass-*"], True),
        ("Break-glass-1", ["break-glass-*"], False),
        ("svc", ["sv?"], True),
        ("lab2", ["lab"], False),
        ("lab", [], False),
    ],
)
def test_exemption_is_by_shell_pattern(name: str, patterns: list[str], exempt: bool) -> None:  # noqa: FBT001
    assert is_exempt(name, patterns) is exempt


def test_nothing_to_count() -> None:
    assert summarize([]) == {
        "access_keys": 0,
        "active": 0,
        "expired": 0,
        "expiring": 0,
        "exempt": 0,
        "reactivated": 0,
        "root_keys": 0,
    }
