# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import (
    AgeLimits,
    KeyCounts,
    is_exempt,
)


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
