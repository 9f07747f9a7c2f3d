# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import AgeLimits
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.rules import (
    AgeRule,
    Tags,
    exemption_of,
    exemption_warnings,
    limits_of,
    tag_value,
)

if TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import AccessKey

DEFAULT, PEOPLE, MACHINES = AgeLimits(150, 180), AgeLimits(60, 90), AgeLimits(300, 365)
TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], (DEFAULT, False)),
        ([AgeRule(PEOPLE)], (PEOPLE, True)),
        ([AgeRule(PEOPLE, users=["al*"])], (PEOPLE, True)),
        ([AgeRule(PEOPLE, users=["AL*"])], (DEFAULT, False)),
        ([AgeRule(PEOPLE, users=["bob", "alice"])], (PEOPLE, True)),
        ([AgeRule(PEOPLE, path_prefix="/staff/")], (PEOPLE, True)),
        ([AgeRule(PEOPLE, path_prefix="/machines/")], (DEFAULT, False)),
        ([AgeRule(PEOPLE, tags={"kind": "person"})], (PEOPLE, True)),
        ([AgeRule(PEOPLE, tags={"KIND": "per*"})], (PEOPLE, True)),
        ([AgeRule(PEOPLE, tags={"kind": "person", "team": "*"})], (DEFAULT, False)),
        ([AgeRule(PEOPLE, users=["alice"], path_prefix="/machines/")], (DEFAULT, False)),
        ([AgeRule(MACHINES, users=["bob"]), AgeRule(PEOPLE)], (PEOPLE, True)),
        ([AgeRule(PEOPLE), AgeRule(MACHINES, users=["alice"])], (PEOPLE, True)),
    ],
)
def test_the_first_rule_that_matches_gives_the_limits(rules: list[AgeRule], expected: tuple[AgeLimits, bool]) -> None:
    assert limits_of(rules, DEFAULT, "alice", "/staff/", {"Kind": "person"}) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([AgeRule(PEOPLE, tags={"kind": "person"})], (None, False)),
        ([AgeRule(PEOPLE, users=["alice"]), AgeRule(MACHINES, tags={"kind": "*"})], (PEOPLE, True)),
        ([AgeRule(MACHINES, users=["bob"], tags={"kind": "*"})], (DEFAULT, False)),
        ([AgeRule(MACHINES, tags={"kind": "*"}), AgeRule(PEOPLE)], (None, False)),
    ],
)
def test_unknown_tags_leave_open_what_depends_on_them(
    rules: list[AgeRule], expected: tuple[AgeLimits | None, bool]
) -> None:
    assert limits_of(rules, DEFAULT, "alice", "/staff/", None) == expected


@pytest.mark.parametrize(
    ("value", "until", "expired", "odd"),
    [
        ("2026-11-22", dt.date(2026, 11, 22), False, None),
        ("2026-11-21", dt.date(2026, 11, 21), True, None),
        (" 2027-03-31 ", dt.date(2027, 3, 31), False, None),
        ("true", None, False, None),
        ("", None, False, None),
        ("2026-13-45", None, False, "2026-13-45"),
        ("31.03.2027", None, False, "31.03.2027"),
        ("2027-3-31", None, False, "2027-3-31"),
        ("20270331", None, False, None),
    ],
)
def test_a_date_ends_an_exemption_and_nothing_else_does(
    value: str, until: dt.date | None, odd: str | None, *, expired: bool
) -> None:
    exemption = exemption_of({"Exempt": value, "exempt-reason": "contract"}, "exempt", TODAY)
    assert exemption == (until, "contract", expired, odd)


@pytest.mark.parametrize("tags", [{}, {"exempt-reason": "contract"}, {"exempted": "true"}])
def test_without_the_tag_nobody_is_exempt(tags: Tags) -> None:
    assert exemption_of(tags, "exempt", TODAY) is None


def test_the_key_as_asked_for_comes_before_one_of_another_case() -> None:
    assert tag_value({"TEAM": "a", "team": "b"}, "team") == "b"
    assert tag_value({"TEAM": "a"}, "team") == "a"


def key_of(user_name: str, value: str, *, exempt: bool = False) -> AccessKey:
    key: Any = SimpleNamespace(
        user_name=user_name, exemption=exemption_of({"exempt": value}, "exempt", TODAY), exempt=exempt
    )
    return cast("AccessKey", key)


def test_users_whose_exemption_is_over_are_named_once_each() -> None:
    keys = [
        key_of("bob", "2026-11-21"),
        key_of("alice", "2026-01-31"),
        key_of("alice", "2026-01-31"),
        # Another rule still exempts it.
        key_of("carol", "2026-01-31", exempt=True),
        key_of("dave", "2027-01-31", exempt=True),
        key_of("erin", "true", exempt=True),
    ]
    assert exemption_warnings(keys) == ["the exemption is over of alice (2026-01-31), bob (2026-11-21)"]


def test_an_end_that_is_no_date_is_quoted() -> None:
    assert exemption_warnings([key_of("alice", "31.03.2027", exempt=True)]) == [
        "the end of the exemption is no date such as 2027-03-31, and so it has no end, of alice (31.03.2027)"
    ]


def test_no_more_than_ten_users_are_named_and_the_others_counted() -> None:
    keys = [key_of(f"user{number:02}", "2026-11-21") for number in range(12)]
    assert exemption_warnings(keys[:10]) == [
        "the exemption is over of " + ", ".join(f"user{number:02} (2026-11-21)" for number in range(10))
    ]
    assert exemption_warnings(keys[:11])[0].endswith("user09 (2026-11-21) and 1 more user")
    assert exemption_warnings(keys)[0].endswith("user09 (2026-11-21) and 2 more users")


@pytest.mark.parametrize("keys", [[], [key_of("alice", "true")], [cast("AccessKey", SimpleNamespace(exemption=None))]])
def test_nothing_is_said_of_what_is_in_order(keys: list[AccessKey]) -> None:
    assert exemption_warnings(keys) == []
