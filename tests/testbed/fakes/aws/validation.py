# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The constraints that the service model puts on parameters, checked and worded as AWS does."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, OperationModel, Shape, StringShape, StructureShape

from testbed.fakes.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def validate(operation: OperationModel, params: Mapping[str, Any]) -> None:
    """Raise ValidationError with everything that is wrong."""
    if operation.input_shape is None:
        return
    faults = list(_structure_faults(operation.input_shape, params, ""))
    if faults:
        plural = "s" if len(faults) > 1 else ""
        raise AwsError("ValidationError", f"{len(faults)} validation error{plural} detected: {'; '.join(faults)}")


def _structure_faults(shape: StructureShape, params: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, member in shape.members.items():
        where = prefix + name[0].lower() + name[1:]
        if name in params:
            yield from _faults(member, params[name], where)
        elif name in shape.required_members:
            yield f"Value null at '{where}' failed to satisfy constraint: Member must not be null"


def _faults(shape: Shape, value: Any, where: str) -> Iterator[str]:
    for constraint in _broken_constraints(shape, value):
        yield f"Value '{value}' at '{where}' failed to satisfy constraint: {constraint}"
    if isinstance(shape, StructureShape):
        yield from _structure_faults(shape, value, where + ".")
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value, start=1):
            yield from _faults(shape.member, item, f"{where}.{number}.member")


def _broken_constraints(shape: Shape, value: Any) -> Iterator[str]:
    rules = shape.metadata
    number = isinstance(value, int)
    size = value if number else len(value)
    kind = "value" if number else "length"
    if "min" in rules and size < rules["min"]:
        yield f"Member must have {kind} greater than or equal to {rules['min']}"
    if "max" in rules and size > rules["max"]:
        yield f"Member must have {kind} less than or equal to {rules['max']}"
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if "pattern" in rules:
        pattern = _compiled(rules["pattern"])
        if pattern is not None and not pattern.fullmatch(value):
            yield f"Member must satisfy regular expression pattern: {rules['pattern']}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The model's patterns are Java's; those with Unicode classes (only tags have them) do not compile in Python."""
    try:
        return re.compile(pattern, re.ASCII)
    except re.error:
        return None
