# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.advice import advice, standing
from testbed.scenarios.results import access_key


@pytest.mark.parametrize(
    ("age", "fields", "where", "step", "reason"),
    [
        (12, {}, "ok", "", ""),
        (176, {}, "expiring", "rotate", "reaches its limit in 4 days"),
        (180, {}, "expired", "rotate", "180 days old, at its limit"),
        (181, {}, "expired", "rotate", "181 days old, 1 day over its limit"),
        (12, {"reactivated": True}, "ok", "look", "changed after it was created"),
        (200, {"last_used_date": "x", "last_used_days": 90}, "expired", "deactivate", "not used for 90 days"),
        (200, {"last_used_date": "x", "last_used_days": 89}, "expired", "rotate", "20 days over"),
        (100, {"last_used_date": None}, "ok", "deactivate", "never used in the 100 days since"),
        (30, {"last_used_date": None}, "ok", "", ""),
        (200, {"status": "Inactive"}, "inactive", "delete", "It is inactive."),
        (200, {"status": "Inactive", "last_used_date": "x", "last_used_days": 1}, "inactive", "delete", "for 1 day."),
        (200, {"status": "Inactive", "inactive_days": 41}, "inactive", "delete", "It has been inactive for 41 days."),
        (
            200,
            {"status": "Inactive", "inactive_days": 1, "last_used_date": None},
            "inactive",
            "delete",
            "1 day and was",
        ),
        (200, {"status": "Expired"}, "inactive", "delete", "inactive"),
        (400, {"exempt": True}, "exempt", "", ""),
        (400, {"exempt": True, "root": True}, "exempt", "", ""),
        (1, {"root": True}, "ok", "delete", "root user"),
        (200, {"last_used_date": "x", "last_used_days": "****"}, "expired", "rotate", "20 days over"),
        (200, {"severity": "?"}, "unknown", "", ""),
    ],
)
def test_each_key_has_the_next_step_that_helps(
    age: int, fields: dict[str, Any], where: str, step: str, reason: str
) -> None:
    key = access_key("alice", age, **fields)
    assert standing(key) == where
    assert advice(key).step == step
    assert reason in advice(key).reason


def test_a_key_whose_age_is_not_known_is_neither_due_nor_well() -> None:
    key = access_key("alice", 10)
    for name in ("age_days", "days_left", "severity"):
        del key[name]
    assert standing(key) == "unknown"
    assert advice(key).step == ""
