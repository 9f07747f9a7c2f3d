# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The kinds of objects that AWX keeps: their fields by AWX's own OPTIONS, and what OPTIONS does not tell."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

RECORDED = Path(__file__).with_name("recorded")
"""What AWX 24.6.1 answered."""


class Field(NamedTuple):
    type: str
    """As in the answer to OPTIONS; json is that of a text with variables, object that of anything else in JSON."""
    required: bool
    default: Any
    choices: tuple[Any, ...]
    least: int | None
    most: int | None
    """Of a number, or the length of a text."""


@dataclass(frozen=True)
class Model:
    class_name: str
    """As AWX's messages have it."""
    references: dict[str, str] = field(default_factory=dict)
    """Fields with the id of another object, and the list that it is in."""
    unique: tuple[str, ...] = ("name",)
    unique_message: str = ""
    owners: tuple[str, ...] = ()
    """The references that an object does not outlive."""
    read_only: dict[str, Any] = field(default_factory=dict)
    """What AWX shows and does not take, as far as it stays the same."""
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in self.class_name).strip()

    @property
    def type(self) -> str:
        return self.words.replace(" ", "_")

    @property
    def required(self) -> set[str]:
        return {name for name, about in self.fields.items() if about.required}

    @property
    def defaults(self) -> dict[str, Any]:
        return {name: about.default for name, about in self.fields.items() if not about.required}


def _known(path: str, model: Model) -> Model:
    taken = {name: _field(about) for name, about in _options()[path]["POST"].items() if name not in {"user", "team"}}
    return Model(**{**vars(model), "fields": taken})


def _field(about: dict[str, Any]) -> Field:
    kind, default = about["type"], about.get("default")
    if kind == "json" and isinstance(default, dict):
        kind = "object"
    if kind in {"string", "choice"} and "default" not in about and not about["required"]:
        default = ""
    choices = tuple(choice[0] for choice in about.get("choices", ()))
    return Field(
        kind,
        about["required"],
        default,
        choices,
        about.get("min_value"),
        about.get("max_value", about.get("max_length")),
    )


@functools.cache
def _options() -> dict[str, Any]:
    options: dict[str, Any] = json.loads((RECORDED / "options.json").read_text("utf-8"))
    return options


_ORGANIZATION = {"organization": "organizations"}
_ENVIRONMENT = {"execution_environment": "execution_environments"}

MODELS: dict[str, Model] = {
    path: _known(path, model)
    for path, model in {
        "organizations": Model(
            "Organization",
            {"default_environment": "execution_environments"},
            read_only={"custom_virtualenv": None},
        ),
        "credential_types": Model(
            "CredentialType",
            unique=("name", "kind"),
            unique_message="Credential type with this Name and Kind already exists.",
            read_only={"managed": False, "namespace": None},
        ),
        "credentials": Model(
            "Credential",
            {**_ORGANIZATION, "credential_type": "credential_types"},
            ("organization", "name", "credential_type"),
            "Credential with this Organization, Name and Credential type already exists.",
            read_only={"managed": False, "kind": None, "cloud": True, "kubernetes": False},
        ),
        "execution_environments": Model(
            "ExecutionEnvironment", {**_ORGANIZATION, "credential": "credentials"}, read_only={"managed": False}
        ),
        "projects": Model(
            "Project",
            {
                **_ORGANIZATION,
                "credential": "credentials",
                "signature_validation_credential": "credentials",
                "default_environment": "execution_environments",
            },
            ("organization", "name"),
            "Project with this (name, organization) combination already exists.",
            read_only={
                "custom_virtualenv": None,
                "last_job_failed": False,
                "last_job_run": None,
                "last_update_failed": False,
                "last_updated": None,
                "next_job_run": None,
                "scm_revision": "",
            },
        ),
        "inventories": Model(
            "Inventory",
            _ORGANIZATION,
            ("organization", "name"),
            "Inventory with this Name and Organization already exists.",
            owners=("organization",),
            read_only={
                "has_active_failures": False,
                "has_inventory_sources": False,
                "hosts_with_active_failures": 0,
                "inventory_sources_with_failures": 0,
                "total_groups": 0,
                "total_hosts": 0,
                "total_inventory_sources": 0,
                "pending_deletion": False,
            },
        ),
        "hosts": Model(
            "Host",
            {"inventory": "inventories"},
            ("inventory", "name"),
            "Host with this Name and Inventory already exists.",
            owners=("inventory",),
            read_only={
                "ansible_facts_modified": None,
                "has_active_failures": False,
                "has_inventory_sources": False,
                "last_job": None,
                "last_job_host_summary": None,
            },
        ),
        "job_templates": Model(
            "JobTemplate",
            {
                **_ORGANIZATION,
                **_ENVIRONMENT,
                "project": "projects",
                "inventory": "inventories",
                "webhook_credential": "credentials",
            },
            ("organization", "name"),
            "JobTemplate with this (name, organization) combination already exists.",
            read_only={
                "organization": None,
                "custom_virtualenv": None,
                "last_job_failed": False,
                "last_job_run": None,
                "next_job_run": None,
                "status": "never updated",
            },
        ),
        "schedules": Model(
            "Schedule",
            {**_ENVIRONMENT, "unified_job_template": "job_templates", "inventory": "inventories"},
            ("unified_job_template", "name"),
            "Schedule with this Unified job template and Name already exists.",
            owners=("unified_job_template",),
            read_only={"dtstart": None, "dtend": None, "next_run": None, "timezone": "UTC", "until": ""},
        ),
    }.items()
}
