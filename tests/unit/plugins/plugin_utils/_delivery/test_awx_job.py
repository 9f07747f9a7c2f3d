# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.awx_job import JOB_TAGS, job_tags

# What AWX passes to a job that a schedule launched, as far as it matters here.
SCHEDULED = {
    "awx_job_id": 42,
    "awx_job_template_id": 7,
    "awx_job_template_name": "Collect",
    "awx_schedule_id": 3,
    "awx_schedule_name": "hourly",
}
SLICE_OF_A_SCHEDULED_JOB = {
    "awx_job_template_name": "Collect",
    "awx_workflow_job_id": 41,
    "awx_workflow_job_name": "Collect",
    "awx_parent_job_schedule_id": 3,
    "awx_parent_job_schedule_name": "hourly",
}
BOTH = {"job_template": "Collect", "schedule": "hourly"}


@pytest.mark.parametrize(
    ("extra_vars", "tags"),
    [
        (SCHEDULED, BOTH),
        (SLICE_OF_A_SCHEDULED_JOB, BOTH),
        ({name.replace("awx_", "tower_"): value for name, value in SCHEDULED.items()}, BOTH),
        ({"awx_job_template_name": "Collect", "awx_user_name": "alice"}, {"job_template": "Collect"}),
        ({"awx_job_template_name": "", "awx_schedule_name": None}, {}),
        ({}, {}),
    ],
    ids=["scheduled", "slice", "tower", "launched", "blank", "not on AWX"],
)
def test_names_become_tags_where_there_are_any(extra_vars: dict[str, Any], tags: dict[str, str]) -> None:
    assert job_tags(JOB_TAGS, extra_vars) == tags


def test_only_what_is_asked_for_is_told() -> None:
    assert job_tags(["schedule"], SCHEDULED) == {"schedule": "hourly"}
    assert job_tags([], SCHEDULED) == {}
