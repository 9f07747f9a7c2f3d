# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Options that a module takes from the environment of its process where it is not given them."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.errors import AnsibleFallbackNotFound

Spec = dict[str, t.Any]


def from_environment(*names: str) -> dict[str, t.Any]:
    """For an argument's specification: the first of these variables that is not empty."""
    return {"fallback": (_first, list(names))}


def label(spec: Spec, option: str) -> str:
    """An option as messages name it, with the variable that it may come from."""
    names = _variables(spec, option)
    return f"{option} ({names[0]})" if names else option


def given_by_task(spec: Spec, options: t.Mapping[str, t.Any], names: t.Iterable[str]) -> list[str]:
    """Those of some options that the module was given itself, and not by the environment."""
    return [name for name in names if options[name] and options[name] not in _values(spec, name)]


def _first(*names: str) -> str:
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def _variables(spec: Spec, option: str) -> list[str]:
    return list(spec[option]["fallback"][1]) if "fallback" in spec[option] else []


def _values(spec: Spec, option: str) -> set[str]:
    values = [os.environ[name] for name in _variables(spec, option) if os.environ.get(name)]
    return {*values[:1], *(os.path.expanduser(os.path.expandvars(value)) for value in values[:1])}  # noqa: PTH111
