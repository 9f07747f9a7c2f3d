# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What AWX tells a job about itself, as tags for points.

Only names are taken, of which an AWX has as many as people gave: a tag with an id of a job would start a series with
each run.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping

# Each fact by the variables that may hold it. A slice, as any job of a workflow, has the schedule of its parent.
_VARIABLES = {
    "job_template": ("job_template_name",),
    "schedule": ("schedule_name", "parent_job_schedule_name"),
}
_PREFIXES = ("awx_", "tower_")

JOB_TAGS = tuple(_VARIABLES)


def job_tags(wanted: Iterable[str], extra_vars: Mapping[str, t.Any]) -> dict[str, str]:
    """The wanted facts that are known of the job, which are none outside AWX."""
    return {name: value for name in wanted if (value := _value(_VARIABLES[name], extra_vars))}


def _value(names: Iterable[str], extra_vars: Mapping[str, t.Any]) -> str:
    found = (extra_vars.get(f"{prefix}{name}") for name in names for prefix in _PREFIXES)
    return next((str(value) for value in found if value), "")
