# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import (
    AccessKey,
    AgeLimits,
    Exemption,
    KeyCounts,
    KeyOrigin,
    LastUse,
    ReportedKey,
    is_exempt,
    key_age,
)

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
ORIGIN = KeyOrigin("111122223333", "aws", "lab", "us-east-1")


def key(age_days: int | None = 10, **fields: Any) -> AccessKey:
    """An active key of alice's that is not exempt, with limits of 150 and 180 days unless C(limits) gives others."""
    limits = fields.pop("limits", AgeLimits(150, 180))
    age = None if age_days is None else key_age(NOW - dt.timedelta(days=age_days, hours=1), NOW, limits)
    usual = {
        "origin": ORIGIN,
        "user_name": "alice",
        "user_arn": "arn:aws:iam::111122223333:user/alice",
        "user_path": "/",
        "status": "Active",
        "exempt": False,
    }
    return AccessKey(**{**usual, "age": age, **fields})


@pytest.mark.parametrize(
    ("age", "severity"),
    [(0, "ok"), (149, "ok"), (150, "expiring"), (179, "expiring"), (180, "expired"), (999, "expired")],
)
def test_severity_starts_at_its_age(age: int, severity: str) -> None:
    assert AgeLimits(150, 180).severity(age) == severity


def test_equal_limits_leave_no_warning() -> None:
    assert [AgeLimits(180, 180).severity(age) for age in (179, 180)] == ["ok", "expired"]


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
    assert KeyCounts.of([]).as_result() == {
        "access_keys": 0,
        "active": 0,
        "expired": 0,
        "expiring": 0,
        "exempt": 0,
        "reactivated": 0,
        "root_keys": 0,
    }


@pytest.mark.parametrize(
    ("case", "due"),
    [
        (key(149), False),
        (key(150), True),
        (key(180), True),
        (key(None), False),
        (key(180, limits=None), False),
        (key(180, status="Inactive"), False),
        (key(180, status="Expired"), False),
        (key(180, exempt=True), False),
        (key(180, exempt=None), True),
        (key(10, slot=1), True),
        (key(10, status="Inactive", slot=2), True),
        (key(10, reported=ReportedKey(reactivated=True)), True),
        (key(10, reported=ReportedKey(reactivated=False)), False),
    ],
)
def test_what_somebody_has_to_see_to(case: AccessKey, due: bool) -> None:  # noqa: FBT001
    assert case.is_due is due


def test_keys_are_in_order_of_profile_user_age_and_id() -> None:
    in_order = [
        key(10, user_name="zoe", origin=ORIGIN._replace(profile="a")),
        key(None, user_name="a", slot=1),
        key(None, user_name="a", slot=2),
        key(20, access_key_id="AKIAZ"),
        key(10),
        key(10, access_key_id="AKIAA"),
        key(10, access_key_id="AKIAB"),
        key(5, access_key_id="AKIAA"),
        key(None, user_name="b"),
        key(None, user_name="b", slot=1),
    ]
    backwards = in_order[::-1]
    backwards.sort(key=lambda it: it.sort_key)
    assert backwards == in_order


def test_what_is_known_of_a_key_is_returned() -> None:
    last_use = LastUse(NOW, 0, "s3", "eu-west-1")
    whole = key(
        170,
        access_key_id="AKIAA",
        exempt=True,
        reported=ReportedKey(reactivated=False, last_use=last_use, inactive_days=0),
        rule_max_days=180,
        tags={"team": "blue"},
        exemption=Exemption(dt.date(2026, 11, 21), "contract", expired=True),
    )
    assert whole.as_result() == {
        "account_id": "111122223333",
        "partition": "aws",
        "profile": "lab",
        "region": "us-east-1",
        "user_name": "alice",
        "user_arn": "arn:aws:iam::111122223333:user/alice",
        "user_path": "/",
        "status": "Active",
        "root": False,
        "exempt": True,
        "access_key_id": "AKIAA",
        "create_date": "2026-06-05T11:00:00Z",
        "age_days": 170,
        "days_left": 10,
        "severity": "expiring",
        "max_age_days": 180,
        "tags": {"team": "blue"},
        "exempt_until": "2026-11-21",
        "exempt_expired": True,
        "exempt_reason": "contract",
        "reactivated": False,
        "inactive_days": 0,
        "last_used_date": "2026-11-22T12:00:00Z",
        "last_used_days": 0,
        "last_used_service": "s3",
        "last_used_region": "eu-west-1",
    }


def test_what_is_not_known_of_a_key_is_left_out() -> None:
    always = set(ORIGIN._asdict()) | {"user_name", "user_arn", "user_path", "status", "root", "exempt"}
    assert key(None).as_result().keys() == always
    assert key(10, limits=None).as_result().keys() == always | {"create_date", "age_days"}
    root = key(None, slot=1, reported=ReportedKey(last_use=LastUse())).as_result()
    assert root.keys() == always | {"slot", "last_used_date"}
    assert (root["root"], root["slot"], root["last_used_date"]) == (True, 1, None)
    used = key(None, reported=ReportedKey(last_use=LastUse(NOW, 3, None, ""))).as_result()
    assert used.keys() == always | {"last_used_date", "last_used_days"}
    endless = key(None, exemption=Exemption(None, None, expired=False)).as_result()
    assert endless.keys() == always


def test_an_exempt_key_counts_as_that_alone() -> None:
    keys = [
        key(180),
        key(200, status="Inactive"),
        key(160),
        key(160, exempt=None),
        key(10),
        key(180, limits=None),
        key(None, slot=1),
        key(10, reported=ReportedKey(reactivated=True)),
        key(900, exempt=True, slot=2, reported=ReportedKey(reactivated=True)),
    ]
    assert KeyCounts.of(keys).as_result() == {
        "access_keys": 9,
        "active": 7,
        "expired": 1,
        "expiring": 2,
        "exempt": 1,
        "reactivated": 1,
        "root_keys": 1,
        "oldest_age_days": 200,
    }
    assert KeyCounts.of([]) == KeyCounts()
