# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The vendor's models, as the judge of what the API takes."""

from __future__ import annotations

import re
from typing import Any

import wavefront_api_client as vendor  # type: ignore[import-untyped]

_CLIENT = vendor.ApiClient()
_LIST = re.compile(r"list\[(\w+)\]")
_DICT = re.compile(r"dict\(str, (\w+)\)")
_PLAIN: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "bool": bool, "float": (int, float)}


class InvalidError(ValueError):
    """The vendor's models have no such field or value, or demand one that is missing."""


def validate(model: str, content: Any) -> None:
    """The fields by their names and kinds, their values by the model itself."""
    _check(model, content, model)
    try:
        _CLIENT._ApiClient__deserialize(content, model)
    except ValueError as error:
        raise InvalidError(f"{model}: {error}") from error


def _check(kind: str, value: Any, where: str) -> None:
    if value is None:
        return
    listed, mapped = _LIST.fullmatch(kind), _DICT.fullmatch(kind)
    if listed:
        _demand(isinstance(value, list), where, kind)
        for index, item in enumerate(value):
            _check(listed[1], item, f"{where}[{index}]")
    elif mapped:
        _demand(isinstance(value, dict), where, kind)
        for name, item in value.items():
            _check(mapped[1], item, f"{where}.{name}")
    elif kind in _PLAIN:
        _demand(isinstance(value, _PLAIN[kind]) and (kind == "bool" or not isinstance(value, bool)), where, kind)
    elif kind != "JsonNode":
        _check_fields(getattr(vendor, kind), value, where)


def _check_fields(model: Any, value: Any, where: str) -> None:
    _demand(isinstance(value, dict), where, model.__name__)
    kinds = {model.attribute_map[name]: kind for name, kind in model.swagger_types.items()}
    for name, item in value.items():
        if name not in kinds:
            raise InvalidError(f"{where} has no field {name}")
        _check(kinds[name], item, f"{where}.{name}")


def _demand(fits: bool, where: str, kind: str) -> None:  # noqa: FBT001
    if not fits:
        raise InvalidError(f"{where} must be {kind}")
