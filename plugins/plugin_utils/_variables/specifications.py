# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Which variables the playbooks and roles of this collection take, read from their argument specifications."""

from __future__ import annotations

import typing as t
from functools import cache
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

from .._organization.variables import HOST_VARIABLES

# Where links stand in for parts of the collection, the specifications are those of the code that runs.
_COLLECTION = Path(__file__).resolve().parents[3]

Options = t.Mapping[str, t.Mapping[str, t.Any]]


def of_playbook(name: str) -> Options:
    """The variables of a playbook. Raises KeyError for one without a specification."""
    return _options(_COLLECTION / "playbooks", name)


def of_role(name: str) -> Options:
    """The variables of a role. Raises KeyError for one without a specification."""
    return _options(_COLLECTION / "roles" / name, "main")


@cache
def known_names() -> frozenset[str]:
    """The variables of all playbooks and roles, and those that the inventory gives to hosts."""
    files = [*_COLLECTION.glob("roles/*/meta/argument_specs.yml"), _COLLECTION / "playbooks/meta/argument_specs.yml"]
    entries = (entry for path in files for entry in _entries(path).values())
    return frozenset(name for entry in entries for name in entry.get("options", {})) | frozenset(HOST_VARIABLES)


def _options(directory: Path, entry: str) -> Options:
    options: Options = _entries(directory / "meta" / "argument_specs.yml")[entry].get("options", {})
    return options


@cache
def _entries(path: Path) -> dict[str, dict[str, t.Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    entries: dict[str, dict[str, t.Any]] = yaml_load(text)["argument_specs"]
    return entries
