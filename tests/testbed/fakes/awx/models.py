# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The fields of each kind of object, with AWX's own defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_REQUIRED = object()


@dataclass(frozen=True)
class Model:
    type: str
    fields: dict[str, Any]
    """What can be set, and what is there where nothing was; the kind of value is the default's."""
    references: dict[str, str] = field(default_factory=dict)
    """Fields with the id of another object, and the list that it is in."""
    unique: tuple[str, ...] = ("name",)
    parent: str = ""
    """The reference by which an object belongs to a list below another one."""

    @property
    def required(self) -> set[str]:
        return {name for name, default in self.fields.items() if default is _REQUIRED}


def _named(**fields: Any) -> dict[str, Any]:
    return {"name": _REQUIRED, "description": "", **fields}


def _prompts(*names: str) -> dict[str, bool]:
    return {f"ask_{name}_on_launch": False for name in names}


MODELS: dict[str, Model] = {
    "organizations": Model("organization", _named(max_hosts=0)),
    "credential_types": Model(
        "credential_type", _named(kind=_REQUIRED, inputs={}, injectors={}), unique=("name", "kind")
    ),
    "credentials": Model(
        "credential",
        _named(organization=None, credential_type=_REQUIRED, inputs={}),
        {"organization": "organizations", "credential_type": "credential_types"},
        ("organization", "name", "credential_type"),
    ),
    "execution_environments": Model(
        "execution_environment",
        _named(organization=None, image=_REQUIRED, credential=None, pull=""),
        {"organization": "organizations", "credential": "credentials"},
    ),
    "projects": Model(
        "project",
        _named(
            organization=None,
            scm_type="",
            scm_url="",
            scm_branch="",
            scm_refspec="",
            scm_clean=False,
            scm_track_submodules=False,
            scm_delete_on_update=False,
            scm_update_on_launch=False,
            scm_update_cache_timeout=0,
            allow_override=False,
            credential=None,
            default_environment=None,
            timeout=0,
        ),
        {"organization": "organizations", "credential": "credentials", "default_environment": "execution_environments"},
        ("organization", "name"),
    ),
    "inventories": Model(
        "inventory",
        _named(organization=_REQUIRED, kind="", host_filter=None, variables="", prevent_instance_group_fallback=False),
        {"organization": "organizations"},
        ("organization", "name"),
    ),
    "hosts": Model(
        "host",
        _named(inventory=_REQUIRED, enabled=True, instance_id="", variables=""),
        {"inventory": "inventories"},
        ("inventory", "name"),
        parent="inventory",
    ),
    "job_templates": Model(
        "job_template",
        _named(
            job_type="run",
            inventory=None,
            project=None,
            playbook="",
            scm_branch="",
            forks=0,
            limit="",
            verbosity=0,
            extra_vars="",
            job_tags="",
            skip_tags="",
            force_handlers=False,
            timeout=0,
            use_fact_cache=False,
            execution_environment=None,
            survey_enabled=False,
            become_enabled=False,
            diff_mode=False,
            allow_simultaneous=False,
            job_slice_count=1,
            prevent_instance_group_fallback=False,
            **_prompts("credential", "diff_mode", "inventory", "job_slice_count", "limit", "tags", "variables"),
        ),
        {
            "organization": "organizations",
            "project": "projects",
            "inventory": "inventories",
            "execution_environment": "execution_environments",
        },
        ("organization", "name"),
    ),
    "schedules": Model(
        "schedule",
        _named(
            rrule=_REQUIRED,
            unified_job_template=_REQUIRED,
            enabled=True,
            extra_data={},
            inventory=None,
            execution_environment=None,
        ),
        {
            "unified_job_template": "job_templates",
            "inventory": "inventories",
            "execution_environment": "execution_environments",
        },
        ("unified_job_template", "name"),
    ),
}
