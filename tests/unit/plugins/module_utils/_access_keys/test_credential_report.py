# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import (
    KeySlot,
    parse,
    warning,
)
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError

GENERATED = datetime(2026, 11, 22, 12, tzinfo=UTC)
COLUMNS = ("user", "arn", *(f"access_key_{n}_{field}" for n in (1, 2) for field in KeySlot._fields[1:6]))
COLUMNS = tuple(column.replace("rotated_date", "last_rotated") for column in COLUMNS)
NONE = ("false", "N/A", "N/A", "N/A", "N/A")


def report(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> bytes:
    return ("\n".join(",".join(row) for row in (columns, *rows)) + "\n").encode()


def test_columns_are_read_by_name() -> None:
    key = ("true", "2026-01-02T03:04:05+00:00", "2026-01-03T03:00:00+00:00", "us-east-1", "s3")
    row = ("alice", "arn:aws:alice", *key, *NONE)
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
        assert parse(content, GENERATED).slots == {"arn:aws:alice": expected}


def _utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"])
def test_both_ways_of_writing_utc(written: str) -> None:
    content = report(("alice", "arn:aws:alice", "true", written, "N/A", "N/A", "N/A", *NONE))
    [slot] = parse(content, GENERATED).slots["arn:aws:alice"]
    assert slot.rotated_date == _utc(2, 3, 4, 5)


@pytest.mark.parametrize("sentinel", ["N/A", "no_information", "not_supported", ""])
def test_sentinels_are_no_values(sentinel: str) -> None:
    content = report(("alice", "arn:aws:alice", "true", *[sentinel] * 4, *NONE))
    [slot] = parse(content, GENERATED).slots["arn:aws:alice"]
    assert slot.active
    assert slot[2:6] == (None, None, None, None)


def test_an_inactive_key_with_a_date_is_a_key_and_an_empty_slot_is_none() -> None:
    content = report(("alice", "arn:aws:alice", *NONE, "false", "2026-01-02T00:00:00Z", "N/A", "N/A", "N/A"))
    [slot] = parse(content, GENERATED).slots["arn:aws:alice"]
    assert (slot.number, slot.active) == (2, False)


def test_the_root_row_is_known_by_its_name() -> None:
    content = report(("<root_account>", "arn:aws:root", *NONE, *NONE), ("root", "arn:aws:user/root", *NONE, *NONE))
    assert parse(content, GENERATED).root_arn == "arn:aws:root"


def test_a_root_row_that_is_there_twice_tells_nothing() -> None:
    root = ("<root_account>", "arn:aws:root", *NONE, *NONE)
    assert parse(report(root, root), GENERATED).root_arn is None


KEY = ("true", "2026-01-02T03:04:05Z", "2026-01-03T03:00:00Z", "us-east-1", "s3")
ROOT = ("<root_account>", "arn:aws:root", *NONE, *NONE)
ALICE = ("alice", "arn:aws:alice", *KEY, *NONE)
BOB = ("bob", "arn:aws:bob", *KEY, *NONE)


def odd(**changes: str) -> tuple[str, ...]:
    return tuple(changes.get(column, value) for column, value in zip(COLUMNS, ALICE, strict=True))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (report(ROOT, odd(access_key_1_last_rotated="01/02/2025 10:00"), BOB), "01/02/2025 10:00 is no date"),
        (report(ROOT, odd(access_key_1_last_used_date="yesterday"), BOB), "yesterday is no date"),
        (report(ROOT, odd(access_key_1_last_used_date="2026-13-45T00:00:00Z"), BOB), "is no date"),
        (report(ROOT, odd(access_key_1_active="maybe"), BOB), "access_key_1_active is neither true nor false"),
        (report(ROOT, odd(user="Bj\u00f6rn"), BOB).replace("\u00f6".encode(), b"\xf6"), "is not UTF-8"),
        (report(ROOT, ALICE[:5], BOB), "is not complete"),
        (report(ROOT, odd(user="x" * 200_000), BOB), "field larger than field limit"),
        (report(ROOT, odd(arn="alice"), BOB), "is not complete"),
        (report(ROOT, ("a\x1b[2Jb", *ALICE[1:5]), BOB), "a\\x1b[2Jb"),
        (
            report(ROOT, BOB, columns=tuple(c.replace("last_used_date", "used") for c in COLUMNS)),
            "no column of last use",
        ),
        (report(ALICE, BOB), "no row of <root_account>"),
        (report(), "no row of <root_account>"),
    ],
)
def test_what_is_odd_is_said_and_the_rest_is_read(content: bytes, says: str) -> None:
    read = parse(content, GENERATED)
    said = warning(read)
    assert says in str(said)
    assert str(said).isprintable()
    assert content == report() or read.slots["arn:aws:bob"][0].active
    assert (read.root_arn is None) is ("<root_account>" in str(said))


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b" \r\n",
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"upstream connect error",
        b"\xff\xfe\x00",
        b"{}",
        report(ROOT, columns=tuple(c for c in COLUMNS if c != "arn")),
        report(ROOT, columns=tuple(c for c in COLUMNS if c != "access_key_2_active")),
        bytes(range(256)) * 40,
        "text, not bytes",
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(content: object) -> None:
    with pytest.raises(UserError) as refused:
        parse(content, GENERATED)
    assert refused.value.sentence.startswith("the credential report has no c")
    assert refused.value.sentence.isprintable()


@pytest.mark.parametrize("generated", [None, "2026-11-22", 5])
def test_a_report_without_its_time_is_refused(generated: object) -> None:
    with pytest.raises(UserError):
        parse(report(ROOT), generated)


@pytest.mark.parametrize("active", ["TRUE", "True", " true "])
def test_the_case_of_true_does_not_matter(active: str) -> None:
    read = parse(report(ROOT, odd(access_key_1_active=active)), GENERATED)
    assert read.slots["arn:aws:alice"][0].active
    assert warning(read) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(encoding: str) -> None:
    read = parse(report(ROOT, ALICE).decode().encode(encoding), GENERATED)
    assert (read.root_arn, warning(read)) == ("arn:aws:root", None)


def test_an_active_root_key_with_an_odd_date_is_still_a_root_key() -> None:
    root = ("<root_account>", "arn:aws:root", "true", "01/02/2025", "N/A", "N/A", "N/A", *NONE)
    read = parse(report(root), GENERATED)
    assert [slot.active for slot in read.slots["arn:aws:root"]] == [True]
