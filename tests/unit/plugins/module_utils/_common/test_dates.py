# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.dates import iso, iso_of_epoch, parse_iso, whole_days

_NOON = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)


def test_dates_are_written_in_utc_with_whole_seconds() -> None:
    abroad = _NOON.astimezone(dt.timezone(dt.timedelta(hours=-7))).replace(microsecond=999_999)
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
    assert parse_iso(text).utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize("text", ["", "Z", "N/A", "01/02/2025 10:00", "2025-13-01"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        parse_iso(text)


def test_days_are_whole_and_never_negative() -> None:
    assert whole_days(_NOON, _NOON + dt.timedelta(days=2, hours=23)) == 2
    assert whole_days(_NOON, _NOON - dt.timedelta(seconds=1)) == 0
