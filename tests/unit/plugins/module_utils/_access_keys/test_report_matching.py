# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import (
    CredentialReport,
    KeySlot,
)
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import (
    AgeLimits,
    KeyOrigin,
    LastUse,
    ListedKey,
    ReportedKey,
    Status,
)
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.report_matching import match_report, root_keys

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ARN = "arn:aws:iam::111122223333:user/alice"


def day(number: int) -> datetime:
    """The moment a number of days ago."""
    return NOW - timedelta(days=number)


def key(name: str, created: int, status: Status = "Active") -> ListedKey:
    return ListedKey("alice", ARN, "/", name, status, day(created))


def slot(number: int, rotated: int | None, *, active: bool = True, used: int | None = None) -> KeySlot:
    return KeySlot(
        number=number,
        active=active,
        rotated_date=None if rotated is None else day(rotated),
        last_used_date=None if used is None else day(used),
        last_used_region="us-east-1",
        last_used_service="s3",
    )


def facts(keys: list[ListedKey], *slots: KeySlot) -> dict[str, dict[str, Any]]:
    reported = match_report(keys, CredentialReport(day(0), {ARN: list(slots)}), NOW)
    return {name: _known(of_key) for name, of_key in reported.items()}


def _known(reported: ReportedKey) -> dict[str, Any]:
    days = reported.last_use.days if reported.last_use else None
    return {
        name: value
        for name, value in (
            ("reactivated", reported.reactivated),
            ("last_used_days", days),
            ("inactive_days", reported.inactive_days),
        )
        if value is not None
    }


def test_a_key_is_known_by_its_creation_date_whatever_its_slot() -> None:
    assert facts([key("a", 300), key("b", 10)], slot(1, 10, used=1), slot(2, 300, used=9)) == {
        "a": {"reactivated": False, "last_used_days": 9},
        "b": {"reactivated": False, "last_used_days": 1},
    }


def test_a_later_rotation_is_a_reactivation() -> None:
    assert facts([key("a", 300)], slot(1, 5, used=9)) == {"a": {"reactivated": True, "last_used_days": 9}}


def test_an_inactive_key_has_been_so_since_its_last_change() -> None:
    inactive = key("a", 300, "Inactive")
    assert facts([inactive], slot(1, 41, active=False)) == {"a": {"reactivated": True, "inactive_days": 41}}
    assert facts([inactive], slot(1, 300, active=False)) == {"a": {"reactivated": False}}, "when is not known"
    assert facts([inactive], slot(1, 41)) == {"a": {"reactivated": True}}, "it was made inactive since the report"
    assert facts([key("a", 300)], slot(1, 41, active=False)) == {"a": {"reactivated": True}}, "it is active again"


def test_the_other_key_tells_which_one_was_reactivated() -> None:
    assert facts([key("a", 300), key("b", 10)], slot(1, 5, used=2), slot(2, 10, used=3)) == {
        "a": {"reactivated": True, "last_used_days": 2},
        "b": {"reactivated": False, "last_used_days": 3},
    }


def test_two_reactivated_keys_are_told_apart_by_status() -> None:
    keys = [key("a", 300), key("b", 200, "Inactive")]
    assert facts(keys, slot(1, 5, active=False, used=8), slot(2, 6, used=7)) == {
        "a": {"reactivated": True, "last_used_days": 7},
        "b": {"reactivated": True, "last_used_days": 8, "inactive_days": 5},
    }


def test_what_the_report_leaves_open_is_left_out() -> None:
    keys = [key("a", 300), key("b", 200)]
    assert facts(keys, slot(1, 5, used=8), slot(2, 6, used=7)) == {
        "a": {"reactivated": True},
        "b": {"reactivated": True},
    }


def test_a_slot_changed_before_a_key_was_made_is_not_its_slot() -> None:
    keys = [key("a", 300), key("b", 20)]
    assert facts(keys, slot(1, 30, used=8), slot(2, 10, used=7)) == {
        "a": {"reactivated": True, "last_used_days": 8},
        "b": {"reactivated": True, "last_used_days": 7},
    }


@pytest.mark.parametrize("slots", [(), (slot(1, 300),), (slot(1, None),)])
def test_a_key_that_the_report_does_not_hold(slots: tuple[KeySlot, ...]) -> None:
    assert facts([key("new", 0)], *slots) == {"new": {}}


def test_a_key_replaced_since_the_report() -> None:
    keys = [key("kept", 300), key("new", 0)]
    assert facts(keys, slot(1, 300, used=4), slot(2, 100, used=5)) == {
        "kept": {"reactivated": False, "last_used_days": 4},
        "new": {},
    }


def test_an_unused_key_is_told_from_an_unknown_one() -> None:
    unused, unknown = slot(1, 3), slot(1, 3)._replace(last_used_known=False)
    for reported, last_use in ((unused, LastUse()), (unknown, None)):
        found = match_report([key("a", 3)], CredentialReport(day(0), {ARN: [reported]}), NOW)
        assert found["a"] == ReportedKey(reactivated=False, last_use=last_use)


ROOT = "arn:aws:iam::111122223333:root"
ORIGIN = KeyOrigin("111122223333", "aws", "one", "us-east-1")


def test_root_keys_keep_their_slot() -> None:
    report = CredentialReport(day(0), {ROOT: [slot(2, 200, active=False)]}, root_arn=ROOT)
    [found] = root_keys(report, NOW, AgeLimits(150, 180), ORIGIN)
    result = found.as_result()
    assert (result["slot"], result["status"], result["age_days"], result["severity"]) == (2, "Inactive", 200, "expired")
    assert result["root"] is True
    assert "access_key_id" not in result


def test_a_root_key_without_a_date_has_no_age() -> None:
    report = CredentialReport(day(0), {ROOT: [slot(1, None)]}, root_arn=ROOT)
    [found] = root_keys(report, NOW, AgeLimits(150, 180), ORIGIN)
    assert "age_days" not in found.as_result()
