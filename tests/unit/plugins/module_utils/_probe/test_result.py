# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult, failure


def test_steps_that_failed_for_one_reason_share_it() -> None:
    results = [
        StepResult("CreateUser", "failed", error="down"),
        StepResult("CreateGroup", "failed", error="down"),
        StepResult("AddUserToGroup", error="skipped because CreateUser failed"),
        StepResult("AttachPolicy", "misconfigured", error="no right"),
        StepResult("DeleteUser", "timeout", error="no answer"),
    ]
    assert failure(results) == (
        "CreateUser and CreateGroup failed: down; AttachPolicy cannot work: no right; DeleteUser timed out: no answer"
    )


def test_a_good_run_says_nothing() -> None:
    assert failure([StepResult("CreateUser", "ok"), StepResult("DeleteUser")]) == ""
