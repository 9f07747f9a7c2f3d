# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._common.dates import iso, iso_of_epoch, parse_iso, whole_days

_NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def test_dates_are_written_in_utc_with_whole_seconds() -> None:
    abroad = _NOON.astimezone(timezone(timedelta(hours=-7))).replace(microsecond=999_999)
    assert iso(abroad) == "2025-03-01T12:00:00Z"
    assert iso_of_epoch(_NOON.timestamp()) == "2025-03-01T12:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01T12:00:00Z",
        "2025-03-01T12:00:00z",
        "2025-03-01T12:00:00+00:00",
        "2025-03-01T13:00:00+01:00",
        "2025-03-01T12:00:00",
    ],
)
def test_dates_are_read_with_every_zone(text: str) -> None:
    assert parse_iso(text) == _NOON
    assert parse_iso(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["", "Z", "N/A", "01/02/2025 10:00", "2025-13-01"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        parse_iso(text)


_moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - drawn


@given(created=_moments, age=st.timedeltas(timedelta(0), timedelta(days=5000)))
def test_an_age_is_elapsed_time_whatever_the_zones(created: datetime, age: timedelta) -> None:
    utc = created.astimezone(UTC)
    now = (utc + age).astimezone(timezone(timedelta(hours=-11)))
    assert whole_days(utc, now) == age.days


def test_leap_days_count() -> None:
    assert whole_days(datetime(2024, 2, 28, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)) == 2
    assert whole_days(datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)) == 1


def test_a_clock_behind_awss_gives_no_negative_age() -> None:
    assert whole_days(datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)) == 0
