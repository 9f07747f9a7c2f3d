# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""IAM's policy language, as much of it as least-privilege policies for users, groups and keys need.

What is not understood is an error, never a silent yes or no.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

Context = Mapping[str, str | list[str]]
"""What a request tells of itself. Only keys that hold several values are lists."""

_FIELDS = {"Sid", "Effect", "Action", "Resource", "Condition"}
_EXACT = ("StringEquals", "ArnEquals", "ArnLike", "StringLike")


def allows(documents: Iterable[str], action: str, resource: str, context: Context) -> bool | None:
    """True or False as a statement says, a denial before any permission; None where none says anything."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _statements(document)
        if _applies(statement, action, resource, context)
    }
    return "Deny" not in effects if effects else None


@cache
def _statements(document: str) -> list[dict[str, Any]]:
    statements = _many(json.loads(document)["Statement"])
    for statement in statements:
        unknown = statement.keys() - _FIELDS
        if unknown:
            raise NotImplementedError(f"policy statements with {', '.join(sorted(unknown))}")
    return statements


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        any(_matches(pattern.lower(), action.lower()) for pattern in _many(statement["Action"]))
        and any(_matches(_filled(pattern, context), resource) for pattern in _many(statement["Resource"]))
        and all(
            _holds(operator, key, _many(values), context)
            for operator, tests in statement.get("Condition", {}).items()
            for key, values in tests.items()
        )
    )


def _holds(operator: str, key: str, values: list[str], context: Context) -> bool:
    value = next((value for name, value in context.items() if name.lower() == key.lower()), None)
    if operator == "Null":
        return (value is None) == (values == ["true"])
    if operator.startswith("ForAllValues:"):
        several = _many(value) if value is not None else []
        return all(_matches_value(operator.partition(":")[2], one, values, context) for one in several)
    if isinstance(value, list):
        raise NotImplementedError(f"policy condition {operator} for {key}, which has several values")
    if value is None:
        return operator.endswith("IfExists")
    return _matches_value(operator.removesuffix("IfExists"), value, values, context)


def _matches_value(operator: str, value: str, values: list[str], context: Context) -> bool:
    if operator not in _EXACT:
        raise NotImplementedError(f"policy condition {operator}")
    if operator == "StringEquals":
        return value in [_filled(wanted, context) for wanted in values]
    return any(_matches(_filled(pattern, context), value) for pattern in values)


def _filled(pattern: str, context: Context) -> str:
    """With policy variables replaced; one without a value matches nothing."""
    return re.sub(r"\$\{([^}]+)\}", lambda match: str(context.get(match[1], "\0")), pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
