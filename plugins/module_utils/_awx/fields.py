# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The fields of AWX's objects: what may stand in a definition, and in which form AWX keeps it."""

from __future__ import annotations

import typing as t

from .api import AwxError, Object

# fmt: off
_NUMBERS: dict[str, int | None] = {
    "forks": 0, "job_slice_count": 0, "max_hosts": 0, "scm_update_cache_timeout": 0, "timeout": None, "verbosity": 0,
}
"""Whole numbers, and the least that AWX takes."""

_LARGEST = 2**31 - 1
_MOST_VERBOSE = 5

_BOOLEANS = frozenset({
    "allow_override", "allow_simultaneous", "become_enabled", "diff_mode", "enabled", "force_handlers",
    "prevent_instance_group_fallback", "scm_clean", "scm_delete_on_update", "scm_track_submodules",
    "scm_update_on_launch", "survey_enabled", "use_fact_cache",
})

_OBJECTS = frozenset({"extra_data", "extra_vars", "hosts", "injectors", "inputs", "variables"})

_SET_BY_AWX = frozenset({
    "cloud", "created", "custom_virtualenv", "dtend", "dtstart", "has_active_failures", "has_inventory_sources",
    "hosts_with_active_failures", "id", "inventory_sources_with_failures", "kubernetes", "last_job_failed",
    "last_job_run", "last_update_failed", "last_updated", "managed", "modified", "namespace", "next_job_run",
    "next_run", "pending_deletion", "related", "scm_revision", "status", "summary_fields", "timezone", "total_groups",
    "total_hosts", "total_inventory_sources", "type", "until", "url",
})
"""AWX shows these and takes no value for them."""
# fmt: on

_TRUE = frozenset({"t", "y", "yes", "true", "on", "1"})
_FALSE = frozenset({"f", "n", "no", "false", "off", "0"})


def kind_of(field: str) -> str:
    """The form in which AWX keeps a field that refers to no other object."""
    if field in _NUMBERS:
        return "number"
    if field in _BOOLEANS or (field.startswith("ask_") and field.endswith("_on_launch")):
        return "boolean"
    return "object" if field in _OBJECTS else "text"


def is_set_by_awx(field: str) -> bool:
    return field in _SET_BY_AWX


def normalised(field: str, value: t.Any) -> t.Any:
    """A value of a definition as AWX keeps it. Raises AwxError where it cannot be one."""
    if is_set_by_awx(field):
        raise AwxError(f"AWX sets {field} itself: remove it from the definition", setting=f"definition.{field}")
    form: t.Callable[[str, t.Any], t.Any] = _FORMS[kind_of(field)]
    return form(field, value)


def _number(field: str, value: t.Any) -> int:
    text = str(value).strip()
    try:
        number = int(text.removesuffix(".0"))
    except ValueError:
        raise _wrong(field, value, "a whole number") from None
    least, most = _NUMBERS[field], _MOST_VERBOSE if field == "verbosity" else _LARGEST
    if isinstance(value, bool) or not (-1 if least is None else least) <= number <= most:
        raise _wrong(field, value, f"a whole number from {-1 if least is None else least} to {most}")
    return number


def _boolean(field: str, value: t.Any) -> bool:
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise _wrong(field, value, "true or false")
    return text in _TRUE


def _object(field: str, value: t.Any) -> Object:
    if not isinstance(value, dict):
        raise _wrong(field, value, "a dictionary")
    return value


def _text(field: str, value: t.Any) -> str:
    if isinstance(value, (dict, list, bool)):
        raise _wrong(field, value, "text")
    return str(value).strip()


_FORMS: dict[str, t.Callable[[str, t.Any], t.Any]] = {
    "number": _number,
    "boolean": _boolean,
    "object": _object,
    "text": _text,
}


def names_of(field: str, value: t.Any) -> list[str]:
    """The names in a list of names."""
    if not isinstance(value, list) or not all(isinstance(name, (str, int, float)) for name in value):
        raise _wrong(field, value, "a list of names")
    return [str(name).strip() for name in value]


def _wrong(field: str, value: t.Any, wanted: str) -> AwxError:
    shown = f"a {_KINDS.get(type(value), 'value of another kind')}" if isinstance(value, (dict, list)) else repr(value)
    return AwxError(f"{field} in the definition must be {wanted}, not {shown}", setting=f"definition.{field}")


_KINDS: dict[type, str] = {dict: "dictionary", list: "list"}
