# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What AWX's serializers make of the values of fields."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from .errors import InvalidError

if TYPE_CHECKING:
    from .models import Field

_TRUE = {"t", "y", "yes", "true", "on", "1"}
_FALSE = {"f", "n", "no", "false", "off", "0"}


def taken(name: str, value: Any, about: Field) -> Any:
    """A value as AWX keeps it. Raises InvalidError."""
    if value is None:
        return _nothing(name, about)
    take = {"boolean": _boolean, "integer": _integer, "choice": _choice, "object": _object, "id": _id}
    return take.get(about.type, _text)(name, value, about)


def _nothing(name: str, about: Field) -> Any:
    if about.type == "id" or (about.default is None and not about.required):
        return None
    if about.type in {"string", "json", "choice"} and not about.required:
        return ""
    raise InvalidError(**{name: "This field may not be null."})


def _boolean(name: str, value: Any, _about: Field) -> bool:
    text = str(value).lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise InvalidError(**{name: "Must be a valid boolean."})


def _integer(name: str, value: Any, about: Field) -> int:
    try:
        number = int(re.sub(r"\.0*\s*$", "", str(value)))
    except ValueError:
        raise InvalidError(**{name: "A valid integer is required."}) from None
    if about.least is not None and number < about.least:
        raise InvalidError(**{name: f"Ensure this value is greater than or equal to {about.least}."})
    if about.most is not None and number > about.most:
        raise InvalidError(**{name: f"Ensure this value is less than or equal to {about.most}."})
    return number


def _choice(name: str, value: Any, about: Field) -> Any:
    by_text = {str(choice): choice for choice in about.choices}
    if str(value) not in by_text:
        # Types of credentials are judged by their model.
        known = " or ".join(f"'{choice}'" for choice in sorted(by_text))
        message = (
            f"Must be {known}, not {value}" if set(by_text) == {"cloud", "net"} else f'"{value}" is not a valid choice.'
        )
        raise InvalidError(**{name: message})
    return by_text[str(value)]


def _object(name: str, value: Any, _about: Field) -> Any:
    if not isinstance(value, dict):
        raise InvalidError(**{name: f"{type(value).__name__} provided, expected dict"})
    return value


def _id(name: str, value: Any, _about: Field) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        message = f"Incorrect type. Expected pk value, received {type(value).__name__}."
        raise InvalidError(**{name: message}) from None


def _text(name: str, value: Any, about: Field) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidError(**{name: "Not a valid string."})
    text = str(value).strip()
    if about.required and not text:
        raise InvalidError(**{name: "This field may not be blank."})
    if about.most is not None and len(text) > about.most:
        raise InvalidError(**{name: f"Ensure this field has no more than {about.most} characters."})
    if about.type == "json":
        _check_variables(name, text)
    return text


def _check_variables(name: str, text: str) -> None:
    if not text:
        return
    problems = []
    for language, load in (("JSON", json.loads), ("YAML", yaml.safe_load)):
        try:
            found = load(text)
        except (ValueError, yaml.YAMLError) as error:
            problems.append((language, str(error)))
        else:
            if isinstance(found, dict):
                return
            problems.append((language, f"Input type `{type(found).__name__}` is not a dictionary"))
    (_json_name, by_json), (_yaml_name, by_yaml) = problems
    raise InvalidError(**{name: f"Cannot parse as JSON (error: {by_json}) or YAML (error: {by_yaml})."})
