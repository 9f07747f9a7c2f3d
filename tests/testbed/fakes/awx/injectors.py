# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What credential types may say, and what AWX makes of them for a job."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExplodingNamespace(SimpleNamespace):
    """The names of files that a template may use."""

    __module__ = "awx.main.fields"
    __qualname__ = "ExplodingNamespace"


_NAME = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*")
_FILE = re.compile(r"template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?")
# fmt: off
_FIELD_KEYS = {
    "type", "format", "choices", "id", "label", "help_text", "multiline", "secret", "ask_at_runtime", "default",
}
_BLOCKED = {
    "VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID",
    "AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION",
    "CACHE", "JOB_CALLBACK_DEBUG", "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION", "SUPERVISOR_CONFIG_PATH",
}
# fmt: on


def validate_inputs(inputs: Mapping[str, Any]) -> None:
    _refuse_others(inputs, {"fields", "required"}, "inputs", [])
    ids: set[str] = set()
    for number, field in enumerate(inputs.get("fields", [])):
        _validate_field(field, number)
        if field["id"] in ids:
            raise InvalidError(inputs=f"field IDs must be unique ({field['id']})")
        ids.add(field["id"])


def _validate_field(field: dict[str, Any], number: int) -> None:
    for key in ("id", "label"):
        if key not in field:
            raise InvalidError(inputs=f"'{key}' is a required property")
    _refuse_others(field, _FIELD_KEYS, "inputs", ["fields", number])
    if not _NAME.fullmatch(field["id"]):
        raise InvalidError(inputs=f"{field['id']} is an invalid variable name")
    if field["id"] == "tower":
        raise InvalidError(inputs='"tower" is a reserved field name')
    if field.get("ask_at_runtime"):
        raise InvalidError(inputs="'ask_at_runtime' is not supported for custom credentials.")
    _validate_kind(field, number)


def _validate_kind(field: dict[str, Any], number: int) -> None:
    field.setdefault("type", "string")
    for key, known in (("type", ["string", "boolean"]), ("format", ["ssh_private_key", "url"])):
        if key in field and field[key] not in known:
            raise InvalidError(inputs=f"{field[key]!r} is not one of {known}")
    for place, choice in enumerate(field.get("choices", [])):
        _require_text(choice, "inputs", ["fields", number, "choices", place])
    for key in ("choices", "multiline", "format", "secret"):
        if key in field and field["type"] != "string":
            raise InvalidError(inputs=f"{key} not allowed for {field['type']} type ({field['id']})")


def validate_injectors(injectors: Mapping[str, Mapping[str, Any]], fields: list[dict[str, Any]]) -> None:
    _refuse_others(injectors, {"file", "env", "extra_vars"}, "injectors", [])
    files = list(injectors.get("file", {}))
    for kind, pattern in (("file", _FILE), ("env", _NAME)):
        if bad := [name for name in injectors.get(kind, {}) if not pattern.fullmatch(name)]:
            shown = f"^{pattern.pattern}$"
            _refuse_schema(f"{bad[0]!r} does not match any of the regexes: {shown!r}", "injectors", [kind])
    if "template" in files and len(files) > 1:
        raise InvalidError(injectors="Must use multi-file syntax when injecting multiple files")
    for name, template in injectors.get("env", {}).items():
        _validate_variable(name, template)
    names: dict[str, Any] = {field["id"]: "EXAMPLE" for field in fields}
    names["tower"] = ExplodingNamespace(filename=_filenames(dict.fromkeys(files, "EXAMPLE_FILENAME")))
    for where, injector in injectors.items():
        for name, template in injector.items():
            for text in _texts(template):
                _validate_template(where, name, text, names)


def _texts(template: Any) -> list[str]:
    """Extra variables may be nested."""
    if isinstance(template, str):
        return [template]
    inner = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return [text for each in inner for text in _texts(each)]


def _validate_variable(name: str, template: Any) -> None:
    if name.startswith("ANSIBLE_"):
        raise InvalidError(
            injectors=f"Environment variable {name} may affect Ansible configuration so its use is not allowed in "
            "credentials."
        )
    if name in _BLOCKED:
        raise InvalidError(injectors=f"Environment variable {name} is not allowed to be used in credentials.")
    _require_text(template, "injectors", ["env", name])
    if not template.isascii():
        raise InvalidError(injectors=f"{template!r} does not match '^[\\x00-\\x7f]*$'")


def _refuse_others(content: Mapping[str, Any], known: set[str], where: str, path: list[Any]) -> None:
    if unknown := [name for name in content if name not in known]:
        names = ", ".join(repr(name) for name in unknown)
        verb = "was" if len(unknown) == 1 else "were"
        _refuse_schema(f"Additional properties are not allowed ({names} {verb} unexpected)", where, path)


def _refuse_schema(problem: str, where: str, path: list[Any]) -> None:
    raise InvalidError(**{where: f"Schema validation error in relative path {path} ({problem})"})


def _require_text(value: Any, where: str, path: list[Any]) -> None:
    if not isinstance(value, str):
        kind = type(value).__name__
        raise InvalidError(**{where: f"{kind} provided in relative path {path}, expected string"})


def _validate_template(where: str, name: str, template: str, names: Mapping[str, Any]) -> None:
    try:
        ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(names)
    except UndefinedError as error:
        raise InvalidError(injectors=f"{name} uses an undefined field ({error})") from error
    except SecurityError as error:
        raise InvalidError(injectors=f"Encountered unsafe code execution: {error}") from error
    except TemplateSyntaxError as error:
        raise InvalidError(
            injectors=f"Syntax error rendering template for {name} inside of {where} ({error})"
        ) from error


def inject(credential_type: Mapping[str, Any], inputs: Mapping[str, Any], directory: Path) -> dict[str, str]:
    """Write the files of a credential to a directory, and return the environment that a job has by it.

    A field that was left blank is not known to templates, as in AWX.
    """
    names: dict[str, Any] = {name: value for name, value in inputs.items() if value not in {None, ""}}
    injectors, paths = credential_type["injectors"], {}
    environment = ImmutableSandboxedEnvironment()
    for number, (name, template) in enumerate(injectors.get("file", {}).items()):
        path = directory / f"tmp{number}{name.replace('.', '_')}"
        path.touch(0o660)
        path.write_text(environment.from_string(template).render(names))
        paths[name] = str(path)
    names["tower"] = SimpleNamespace(filename=_filenames(paths))
    return {name: environment.from_string(template).render(names) for name, template in injectors["env"].items()}


def _filenames(paths: Mapping[str, str]) -> Any:
    if "template" in paths:
        return paths["template"]
    return ExplodingNamespace(**{name.partition(".")[2]: path for name, path in paths.items()})
