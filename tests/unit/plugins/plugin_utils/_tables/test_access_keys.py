# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._tables.access_keys import access_key_lines
from ansible_collections.keyward.iam.plugins.plugin_utils._tables.table import WIDTH


def key(name: str, age: int, **fields: Any) -> dict[str, Any]:
    severity = "expired" if age >= 180 else "ok"
    return {
        "account_id": "111122223333",
        "profile": "production",
        "user_name": name,
        "access_key_id": "AKIA000000000ABCDE",
        "status": "Active",
        "age_days": age,
        "days_left": 180 - age,
        "severity": severity,
        "exempt": False,
        "root": False,
        **fields,
    }


def result(*keys: dict[str, Any], error: str | None = None) -> dict[str, Any]:
    counts = ("active", "expired", "expiring", "exempt", "reactivated", "root_keys")
    return {
        "access_keys": list(keys),
        "profiles": [{"profile": "production", "ok": error is None, "error": error}],
        "summary": {"users": 1, "access_keys": len(keys), **dict.fromkeys(counts, 0)},
        "collected_at": "2026-11-22T06:00:00Z",
    }


def test_an_inactive_key_is_old_but_not_expired() -> None:
    assert "expired" not in access_key_lines(result(key("user-a", 200, status="Inactive")), limit=40)[-1]


def users(lines: list[str]) -> list[str]:
    """The users of a table whose names are in its fourth or fifth column."""
    return [word for line in lines[3:] for word in line.split() if word.startswith("user")]


def test_what_is_due_first_and_then_the_oldest() -> None:
    inactive = [key(f"user-old-{age}", age, status="Inactive") for age in range(500, 512)]
    lines = access_key_lines(result(key("user-young", 3), key("user-due", 181), *inactive), limit=40)
    assert users(lines) == ["user-due", *(f"user-old-{age}" for age in range(511, 501, -1))]
    assert lines[-1].startswith("Not shown: 3 other. ")


def test_what_is_cut_is_counted() -> None:
    lines = access_key_lines(result(*(key(f"user-{age}", age) for age in range(200, 260))), limit=40)
    assert len(users(lines)) == 40
    assert lines[-1].startswith("Not shown: 20 expired. The report has all keys: set keyward_report")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"last_used_date": None}, "never used"),
        ({"last_used_date": "2026-11-21T01:00:00Z", "last_used_days": 71}, " 71 "),
        ({"reactivated": True}, "expired, reactivated"),
        ({"exempt": True}, "exempt"),
    ],
)
def test_remarks(fields: dict[str, Any], shown: str) -> None:
    row = access_key_lines(result(key("user-a", 200, **fields)), limit=40)[-1]
    assert shown in row
    assert ("expired" in row) is not fields.get("exempt", False)


def test_a_root_key_and_a_key_without_a_date() -> None:
    root = key("<root_account>", 0, root=True, slot=2)
    for field in ("access_key_id", "age_days", "days_left", "severity"):
        del root[field]
    row = access_key_lines(result(root), limit=40)[-1].split()
    assert row[:5] == ["?", "?", "Active", "<root_account>", "root-2"]


def test_a_failed_profile_is_said_within_the_width() -> None:
    lines = access_key_lines(result(error="access denied: " + "allow iam:ListUsers " * 12), limit=40)
    assert any(line.startswith("FAILED production: access denied") for line in lines)
    assert all(len(line) <= WIDTH for line in lines)


def test_long_names_are_cut_to_fit_a_hundred_columns() -> None:
    long = key("user-" + "x" * 60, 200, profile="p" * 60, last_used_date=None, reactivated=True)
    lines = access_key_lines(result(long, key("user-b", 3)), limit=40)
    assert max(map(len, lines)) <= WIDTH
    assert "…" in lines[-2]


def test_no_name_is_obeyed_by_a_terminal() -> None:
    lines = access_key_lines(result(key("user-\x1b[2J\u202e\nok: [localhost]", 200)), limit=40)
    assert all(line.isprintable() for line in lines)
    assert "user-\\x1b[2J" in lines[-1]


def test_expiring_keys_are_shown_beyond_the_oldest_and_all_keys_without_a_limit() -> None:
    old = [key(f"user-old-{age}", age, exempt=True) for age in range(300, 312)]
    expiring = key("user-soon", 160, severity="expiring")
    assert users(access_key_lines(result(*old, expiring, key("user-young", 1)), limit=40))[0] == "user-soon"
    assert len(users(access_key_lines(result(*old, expiring, key("user-young", 1)), limit=0))) == 14
    assert access_key_lines(result(*old, expiring), limit=3)[-1].startswith("Not shown: 10 other. ")


def test_the_limit_of_each_key_says_what_is_due_first() -> None:
    machine = key("user-machine", 366, days_left=-1)
    person = key("user-person", 190, days_left=-100)
    soon = key("user-soon", 85, severity="expiring", days_left=5)
    lines = access_key_lines(result(soon, machine, person, key("user-fine", 170)), limit=40)
    assert users(lines) == ["user-person", "user-machine", "user-soon", "user-fine"]
    assert [getattr(line, "color", None) for line in lines[-4:]] == ["red", "red", "yellow", None]


def test_owner_and_exemption_have_columns_where_there_are_any() -> None:
    exempt = {"exempt": True, "exempt_until": "2027-03-31", "exempt_reason": "vendor \x1b[2Jcontract"}
    owned = key("user-a", 200, tags={"Owner": "payments"}, **exempt)
    lines = access_key_lines(result(owned), limit=40, width=200)
    assert lines[-2].split()[-4:] == ["OWNER", "EXEMPT", "UNTIL", "REASON"]
    assert lines[-1].endswith("payments  2027-03-31    vendor \\x1b[2Jcontract")
    assert "OWNER" not in access_key_lines(result(key("user-a", 200)), limit=40)[-2]


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_lines_fit_every_width(width: int) -> None:
    long = key("user-" + "x" * 60, 200, profile="p" * 60, tags={"owner": "o" * 60}, reactivated=True)
    lines = access_key_lines(result(long, error="denied " * 50), limit=40, width=width)
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", range(80, 201, 10))
def test_a_table_with_everything_in_it_fits_every_width(width: int) -> None:
    exempt = {"exempt_until": "2027-03-31", "exempt_reason": "contract " * 20, "last_used_date": None}
    wide = "\u65e5\u672c" * 40
    keys = [
        key("user-" + "x" * 60, 200, profile="p" * 60, tags={"owner": wide}, reactivated=True),
        key("user-b", 1000, tags={"owner": "o\u0301" * 60}, exempt=True, status="Inactive", **exempt),
    ]
    lines = access_key_lines(result(*keys), limit=1, width=width)
    columns = [sum(2 if ord(character) > 0x3000 else character != "\u0301" for character in line) for line in lines]
    assert max(columns) <= width
    title, row = (next(line for line in lines if start in line) for start in ("AGE", "user-"))
    assert {"AGE", "USER", "KEY", "PROFILE", "OWNER"} <= set(title.split())
    assert row.split()[0] == "200"


def test_columns_without_room_are_named() -> None:
    everything = {"exempt_until": "2027-03-31", "exempt_reason": "contract", "last_used_date": None, "exempt": True}
    shown = key("user-" + "x" * 20, 200, profile="p" * 20, tags={"owner": "o" * 20}, **everything)
    lines = access_key_lines(result(shown), limit=40, width=80)
    assert " ".join(lines).count("Not shown: the columns REASON and ACCOUNT and UNUSED. The report has all keys") == 1
    assert "REASON" not in lines[3]
    assert "Not shown" not in " ".join(access_key_lines(result(shown), limit=40, width=200))


def test_wide_characters_keep_the_columns_in_line() -> None:
    lines = access_key_lines(
        result(key("user-a", 200, profile="\u65e5\u672c"), key("user-b", 190, profile="abcd")), limit=40
    )
    first, second = (line.index("111122223333") for line in lines[-2:])
    assert first + 2 == second


def test_the_last_line_names_the_report_that_is_written() -> None:
    many = result(*(key(f"user-{age}", age) for age in range(200, 260)))
    assert access_key_lines(many, limit=40, report="/srv/re-ports/\x1bkeys.html")[-1] == (
        "Not shown: 20 expired. The report has all keys: /srv/re-ports/\\x1bkeys.html"
    )
