# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The kinds of AWX's objects: where they are, and which of their fields refer to others."""

from __future__ import annotations

import typing as t


class Kind(t.NamedTuple):
    path: str
    """Of its list."""
    references: dict[str, str]
    """Fields in which AWX has the id of another object, and the kind of that object."""
    identity_fields: tuple[str, ...] = ()
    """References that together with the name identify an object."""
    derived: tuple[str, ...] = ()
    """References that AWX takes from another object and that cannot be set."""
    texts: tuple[str, ...] = ()
    """Fields in which AWX keeps variables as text."""
    lists: tuple[str, ...] = ()
    """What AWX keeps in lists beside the object, and a definition has as one of its fields."""


# fmt: off
KINDS: dict[str, Kind] = {
    "organization": Kind("organizations", {"default_environment": "execution_environment"}),
    "credential_type": Kind("credential_types", {}),
    "execution_environment": Kind(
        "execution_environments", {"organization": "organization", "credential": "credential"}
    ),
    "credential": Kind(
        "credentials",
        {"organization": "organization", "credential_type": "credential_type"},
        identity_fields=("organization", "credential_type"),
    ),
    "project": Kind(
        "projects",
        {
            "organization": "organization", "credential": "credential",
            "default_environment": "execution_environment", "signature_validation_credential": "credential",
        },
        identity_fields=("organization",),
    ),
    "inventory": Kind(
        "inventories", {"organization": "organization"}, identity_fields=("organization",), texts=("variables",),
        lists=("hosts",),
    ),
    "job_template": Kind(
        "job_templates",
        {
            "organization": "organization", "project": "project", "inventory": "inventory",
            "execution_environment": "execution_environment", "webhook_credential": "credential",
        },
        identity_fields=("organization",), derived=("organization",), texts=("extra_vars",),
        lists=("credentials",),
    ),
    "schedule": Kind(
        "schedules",
        {
            "unified_job_template": "job_template", "inventory": "inventory",
            "execution_environment": "execution_environment",
        },
        identity_fields=("unified_job_template",),
    ),
}
# fmt: on
