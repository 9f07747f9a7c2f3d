# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import (
    CertificateSlot,
    KeySlot,
    Password,
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
    content = report(("<root_account>", "arn:aws:root", *NONE, *NONE), ("1st", "arn:aws:user/1st", *NONE, *NONE))
    assert parse(content, GENERATED).root_arn == "arn:aws:root"
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


def test_a_time_without_a_zone_is_utc_and_one_with_a_zone_is_kept() -> None:
    assert parse(report(ROOT), GENERATED.replace(tzinfo=None)).generated_time == GENERATED
    zone = timezone(timedelta(hours=2))
    assert parse(report(ROOT), GENERATED.astimezone(zone)).generated_time == GENERATED


@pytest.mark.parametrize(
    ("faults", "more"), [(1, "is no date"), (2, "is no date, and 1 fault more"), (3, "is no date, and 2 faults more")]
)
def test_the_first_fault_is_told_and_the_others_are_counted(faults: int, more: str) -> None:
    columns = ("access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_2_last_used_date")
    said = warning(parse(report(ROOT, odd(**dict.fromkeys(columns[:faults], "soon"))), GENERATED))
    assert said == (
        f"the credential report has invalid values, which are treated as unknown: line 3 (alice): soon {more}"
    )


def test_a_row_that_is_there_twice_tells_nothing_of_its_keys() -> None:
    read = parse(report(ROOT, ALICE, BOB, ALICE), GENERATED)
    assert "arn:aws:alice" not in read.slots
    assert "arn:aws:bob" in read.slots
    assert str(warning(read)).endswith("line 5 (alice) is there twice")


@pytest.mark.parametrize(
    ("changes", "doubtful"),
    [
        ({}, False),
        ({"access_key_1_last_rotated": "2026-11-22T12:00:00Z"}, False),
        ({"access_key_1_last_rotated": "2026-11-22T12:00:01Z"}, True),
        ({"access_key_1_last_rotated": "soon"}, True),
        ({"access_key_1_last_rotated": "N/A"}, True),
        ({"access_key_2_active": "true"}, True),
        ({"access_key_2_last_used_region": "us-east-1"}, True),
        ({"access_key_2_last_used_service": "a"}, True),
        ({"access_key_2_last_used_service": " n/a "}, False),
        ({"access_key_2_last_used_date": "no_information"}, True),
        ({"access_key_2_last_used_date": ""}, True),
        (dict.fromkeys(("access_key_2_last_rotated", "access_key_2_last_used_date"), "2026-01-02T00:00:00Z"), False),
    ],
)
def test_a_row_is_in_doubt_that_does_not_say_which_keys_there_are(changes: dict[str, str], *, doubtful: bool) -> None:
    read = parse(report(ROOT, odd(**changes), BOB), GENERATED)
    assert set(read.doubtful) == ({"arn:aws:alice"} if doubtful else set())


def test_a_column_of_last_use_may_be_missing_for_one_key_alone() -> None:
    columns = tuple(c.replace("access_key_2_last_used_date", "used") for c in COLUMNS)
    both = ("alice", "arn:aws:alice", *KEY, *KEY)
    read = parse(report(ROOT, both, columns=columns), GENERATED)
    assert [slot.last_used_known for slot in read.slots["arn:aws:alice"]] == [True, False]
    assert str(warning(read)).endswith("it has no column of last use")


MORE = ("user_creation_time", "password_enabled", "password_last_used", "password_last_changed")
CERTIFICATES = tuple(f"cert_{number}_{field}" for number in (1, 2) for field in ("active", "last_rotated"))


def wide(*values: str) -> bytes:
    row = (*ALICE, *values, *["N/A"] * (len(MORE + CERTIFICATES) - len(values)))
    return report(row, columns=(*COLUMNS, *MORE, *CERTIFICATES))


@pytest.mark.parametrize(
    ("enabled", "used", "changed", "password"),
    [
        (
            "true",
            "2026-01-03T03:00:00Z",
            "2026-01-02T03:00:00Z",
            Password(_utc(2, 3), _utc(3, 3), last_used_known=True),
        ),
        (" TRUE ", "no_information", "N/A", Password(None, None, last_used_known=True)),
        ("true", "N/A", "N/A", Password(None, None, last_used_known=True)),
        ("true", "", "", Password(None, None, last_used_known=False)),
        ("true", "not_supported", "N/A", Password(None, None, last_used_known=False)),
        ("true", "soon", "N/A", Password(None, None, last_used_known=False)),
        ("false", "N/A", "N/A", None),
        ("not_supported", "2026-01-03T03:00:00Z", "N/A", None),
    ],
)
def test_a_password_that_was_never_used_is_told_from_one_of_which_nothing_is_known(
    enabled: str, used: str, changed: str, password: Password | None
) -> None:
    read = parse(wide("2026-01-01T01:00:00Z", enabled, used, changed), GENERATED)
    assert read.passwords.get("arn:aws:alice") == password
    assert read.user_created == {"arn:aws:alice": _utc(1, 1)}


def test_a_certificate_is_one_that_is_active_or_has_a_date() -> None:
    password = ("soon", "false", "N/A", "N/A")
    read = parse(wide(*password, "True", "N/A", "false", "2026-01-02T00:00:00Z"), GENERATED)
    assert read.certificates == {
        "arn:aws:alice": [
            CertificateSlot(1, active=True, rotated_date=None),
            CertificateSlot(2, active=False, rotated_date=_utc(2, 0)),
        ]
    }
    assert read.user_created == {"arn:aws:alice": None}
    assert parse(wide(*password, "false", "N/A", "false", "N/A"), GENERATED).certificates == {}
