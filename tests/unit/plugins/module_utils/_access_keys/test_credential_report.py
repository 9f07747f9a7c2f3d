# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import KeySlot, parse

GENERATED = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLUMNS = ("user", "arn", *(f"access_key_{n}_{field}" for n in (1, 2) for field in KeySlot._fields[1:]))
COLUMNS = tuple(column.replace("rotated_date", "last_rotated") for column in COLUMNS)
NONE = ("false", "N/A", "N/A", "N/A", "N/A")


def report(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> str:
    return "\n".join(",".join(row) for row in (columns, *rows)) + "\n"


def test_columns_are_read_by_name() -> None:
    key = ("true", "2026-01-02T03:04:05+00:00", "2026-01-03T03:00:00+00:00", "us-east-1", "s3")
    row = ("alice", "arn:alice", *key, *NONE)
    turned = report(row[::-1], columns=COLUMNS[::-1])
    wider = report((*row, "true"), columns=(*COLUMNS, "a_new_column"))
    expected = [
        KeySlot(
            number=1,
            active=True,
            rotated_date=_utc(2, 3, 4, 5),
            last_used_date=_utc(3, 3),
            last_used_region="us-east-1",
            last_used_service="s3",
        )
    ]
    for content in (report(row), turned, wider):
        assert parse(content, GENERATED).slots == {"arn:alice": expected}


def _utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"])
def test_both_ways_of_writing_utc(written: str) -> None:
    content = report(("alice", "arn:alice", "true", written, "N/A", "N/A", "N/A", *NONE))
    [slot] = parse(content, GENERATED).slots["arn:alice"]
    assert slot.rotated_date == _utc(2, 3, 4, 5)


@pytest.mark.parametrize("sentinel", ["N/A", "no_information", "not_supported", ""])
def test_sentinels_are_no_values(sentinel: str) -> None:
    content = report(("alice", "arn:alice", "true", *[sentinel] * 4, *NONE))
    [slot] = parse(content, GENERATED).slots["arn:alice"]
    assert slot.active
    assert slot[2:] == (None, None, None, None)


def test_an_inactive_key_with_a_date_is_a_key_and_an_empty_slot_is_none() -> None:
    content = report(("alice", "arn:alice", *NONE, "false", "2026-01-02T00:00:00Z", "N/A", "N/A", "N/A"))
    [slot] = parse(content, GENERATED).slots["arn:alice"]
    assert (slot.number, slot.active) == (2, False)


def test_the_root_row_is_known_by_its_name() -> None:
    content = report(("<root_account>", "arn:root", *NONE, *NONE), ("root", "arn:user/root", *NONE, *NONE))
    assert parse(content, GENERATED).root_arn == "arn:root"
