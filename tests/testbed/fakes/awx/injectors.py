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
    if unknown := inputs.keys() - {"fields", "required"}:
        raise InvalidError(inputs=f"Additional properties are not allowed ({sorted(unknown)} were unexpected)")
    ids: set[str] = set()
    for field in inputs.get("fields", []):
        _validate_field(field)
        if field["id"] in ids:
            raise InvalidError(inputs=f"field IDs must be unique ({field['id']})")
        ids.add(field["id"])


def _validate_field(field: dict[str, Any]) -> None:
    for key in ("id", "label"):
        if key not in field:
            raise InvalidError(inputs=f"'{key}' is a required property")
    if unknown := field.keys() - _FIELD_KEYS:
        raise InvalidError(inputs=f"Additional properties are not allowed ({sorted(unknown)} were unexpected)")
    if not _NAME.fullmatch(field["id"]):
        raise InvalidError(inputs=f"{field['id']} is an invalid variable name")
    if field["id"] == "tower":
        raise InvalidError(inputs='"tower" is a reserved field name')
    if field.get("ask_at_runtime"):
        raise InvalidError(inputs="'ask_at_runtime' is not supported for custom credentials.")
    field.setdefault("type", "string")
    for key in ("choices", "multiline", "format", "secret"):
        if key in field and field["type"] != "string":
            raise InvalidError(inputs=f"{key} not allowed for {field['type']} type ({field['id']})")


def validate_injectors(injectors: Mapping[str, Mapping[str, str]], fields: list[dict[str, Any]]) -> None:
    if unknown := injectors.keys() - {"file", "env", "extra_vars"}:
        raise InvalidError(injectors=f"Additional properties are not allowed ({sorted(unknown)} were unexpected)")
    files = list(injectors.get("file", {}))
    if bad := [name for name in files if not _FILE.fullmatch(name)]:
        raise InvalidError(injectors=f"'{bad[0]}' does not match any of the regexes: '{_FILE.pattern}'")
    if "template" in files and len(files) > 1:
        raise InvalidError(injectors="Must use multi-file syntax when injecting multiple files")
    for name, template in injectors.get("env", {}).items():
        _validate_variable(name, template)
    names: dict[str, Any] = {field["id"]: "EXAMPLE" for field in fields}
    names["tower"] = SimpleNamespace(filename=_filenames(dict.fromkeys(files, "EXAMPLE_FILENAME")))
    for where, injector in injectors.items():
        for name, template in injector.items():
            _validate_template(where, name, template, names)


def _validate_variable(name: str, template: str) -> None:
    if name.startswith("ANSIBLE_"):
        raise InvalidError(
            injectors=f"Environment variable {name} may affect Ansible configuration so its use is not allowed in "
            "credentials."
        )
    if name in _BLOCKED:
        raise InvalidError(injectors=f"Environment variable {name} is not allowed to be used in credentials.")
    if not _NAME.fullmatch(name) or not template.isascii():
        raise InvalidError(injectors=f"'{name}' or its value is not a valid environment variable")


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


def inject(credential_type: Mapping[str, Any], inputs: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Write the files of a credential to a folder, and return the environment that a job has by it.

    A field that was left blank is not known to templates, as in AWX.
    """
    names: dict[str, Any] = {name: value for name, value in inputs.items() if value not in {None, ""}}
    injectors, paths = credential_type["injectors"], {}
    environment = ImmutableSandboxedEnvironment()
    for number, (name, template) in enumerate(injectors.get("file", {}).items()):
        path = folder / f"tmp{number}{name.replace('.', '_')}"
        path.touch(0o660)
        path.write_text(environment.from_string(template).render(names))
        paths[name] = str(path)
    names["tower"] = SimpleNamespace(filename=_filenames(paths))
    return {name: environment.from_string(template).render(names) for name, template in injectors["env"].items()}


def _filenames(paths: Mapping[str, str]) -> Any:
    if "template" in paths:
        return paths["template"]
    return SimpleNamespace(**{name.partition(".")[2]: path for name, path in paths.items()})
