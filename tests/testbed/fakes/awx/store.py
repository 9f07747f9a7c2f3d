# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What AWX keeps, and the rules by which it takes changes."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any

import yaml

from .errors import ForbiddenError, InvalidError, MissingError, RefusalError
from .injectors import validate_injectors, validate_inputs
from .models import MODELS
from .rrules import validate_rrule

if TYPE_CHECKING:
    from collections.abc import Mapping

Object = dict[str, Any]

ENCRYPTED = "$encrypted$"
_TRIGGER_UPDATE = ("scm_type", "scm_url", "scm_branch", "scm_refspec")


class Store:
    """Objects by the name of their list and their id, in the order in which they were made."""

    def __init__(self, repositories: Mapping[str, list[str]]) -> None:
        self.kept: dict[str, dict[int, Object]] = {path: {} for path in MODELS}
        self.credentials_of: dict[int, list[int]] = {}
        """The credentials of each job template."""
        self.repositories = dict(repositories)
        self.stuck = False
        """Whether updates of projects never end."""
        self._numbers = itertools.count(1)

    def get(self, path: str, object_id: int) -> Object:
        try:
            return self.kept[path][object_id]
        except KeyError:
            raise MissingError from None

    def add(self, path: str, content: Object) -> Object:
        model = MODELS[path]
        if missing := sorted(model.required - content.keys()):
            raise RefusalError(400, {name: ["This field is required."] for name in missing})
        defaults = {name: default for name, default in model.fields.items() if name not in model.required}
        made = self._checked(path, copy.deepcopy(defaults), content)
        made["id"] = next(self._numbers)
        self.kept[path][made["id"]] = made
        return made

    def change(self, path: str, object_id: int, content: Object) -> Object:
        self.kept[path][object_id] = self._checked(path, self.get(path, object_id), content)
        return self.kept[path][object_id]

    def remove(self, path: str, object_id: int) -> None:
        found = self.get(path, object_id)
        if path == "credential_types" and self._credentials_of_type(found):
            raise ForbiddenError("Credential types that are in use cannot be deleted")
        del self.kept[path][object_id]

    def attach(self, template_id: int, credential_id: int) -> None:
        credential = self.get("credentials", credential_id)
        attached = self.credentials_of.setdefault(template_id, [])
        kind = credential["credential_type"]
        if any(self.get("credentials", each)["credential_type"] == kind for each in attached):
            name = self.get("credential_types", kind)["name"]
            raise RefusalError(400, {"error": f"Cannot assign multiple {name} credentials."})
        attached.append(credential_id)

    def fetch(self, project: Object) -> None:
        """An update of the project begins; looking at it lets it go on."""
        project["status"] = "pending"

    def look(self, path: str, object_id: int) -> Object:
        found = self.get(path, object_id)
        if path == "projects" and not self.stuck:
            there = project_playbooks(found, self.repositories)
            end = "failed" if there is None else "successful"
            found["status"] = {"pending": "running", "running": end}.get(found["status"], found["status"])
        return found

    def _checked(self, path: str, before: Object, content: Object) -> Object:
        model = MODELS[path]
        # A field that is not the model's, or not to be set, is passed over without a word.
        given = {
            name: _typed(name, value, model.fields[name]) for name, value in content.items() if name in model.fields
        }
        after = {**before, **given}
        for name, target in model.references.items():
            if given.get(name) is not None and given[name] not in self.kept[target]:
                raise InvalidError(**{name: f'Invalid pk "{given[name]}" - object does not exist.'})
        check = getattr(self, f"_check_{model.type}", None)
        if check:
            check(before, after)
        for other in self.kept[path].values():
            if other["id"] != before.get("id") and all(other[name] == after[name] for name in model.unique):
                names = ", ".join(model.unique)
                raise InvalidError(__all__=f"{model.type} with this ({names}) combination already exists.")
        return after

    def _check_credential_type(self, before: Object, after: Object) -> None:
        if before.get("managed"):
            raise ForbiddenError("Modifications not allowed for managed credential types")
        if after["kind"] not in {"cloud", "net"}:
            raise InvalidError(kind=f"Must be 'cloud' or 'net', not {after['kind']}")
        validate_inputs(after["inputs"])
        validate_injectors(after["injectors"], after["inputs"].get("fields", []))
        if "id" in before and before["inputs"] != after["inputs"] and self._credentials_of_type(before):
            raise ForbiddenError("Modifications to inputs are not allowed for credential types that are in use")
        after["managed"] = False

    def _check_credential(self, before: Object, after: Object) -> None:
        if "id" not in before and after["organization"] is None:
            raise RefusalError(400, {"detail": ["Missing 'user', 'team', or 'organization'."]})
        about = self.get("credential_types", after["credential_type"])
        fields = {field["id"] for field in about["inputs"].get("fields", [])}
        if unknown := sorted(after["inputs"].keys() - fields):
            raise InvalidError(inputs={unknown[0]: ["Additional properties are not allowed"]})
        kept = before.get("inputs", {})
        # AWX fails without an answer to read where there is no secret to be kept.
        after["inputs"] = {
            name: kept[name] if value == ENCRYPTED else value for name, value in after["inputs"].items() if value != ""
        }
        for name in about["inputs"].get("required", []):
            if not after["inputs"].get(name):
                raise InvalidError(inputs={name: [f"required for {about['name']}"]})

    def _check_project(self, before: Object, after: Object) -> None:
        if after["scm_type"] and not after["scm_url"]:
            raise InvalidError(scm_url="SCM URL is required.")
        if any(before.get(name) != after[name] for name in _TRIGGER_UPDATE) or "id" not in before:
            self.fetch(after)

    def _check_inventory(self, _before: Object, after: Object) -> None:
        _validate_variables("variables", after)

    def _check_host(self, _before: Object, after: Object) -> None:
        _validate_variables("variables", after)

    def _check_job_template(self, _before: Object, after: Object) -> None:
        _validate_variables("extra_vars", after)
        if after["project"] is None:
            raise InvalidError(project="This field is required.")
        project = self.get("projects", after["project"])
        there = project_playbooks(project, self.repositories) if project["status"] == "successful" else None
        if not project["allow_override"] and after["playbook"] not in (there or []):
            raise InvalidError(playbook="Playbook not found for project.")
        if after["inventory"] is None and not after["ask_inventory_on_launch"]:
            raise InvalidError(inventory="You must either set a default value or ask to prompt on launch.")
        if after["job_slice_count"] < 0:
            raise InvalidError(job_slice_count="Ensure this value is greater than or equal to 0.")
        after["organization"] = project["organization"]

    def _check_schedule(self, _before: Object, after: Object) -> None:
        validate_rrule(after["rrule"])

    def _credentials_of_type(self, credential_type: Object) -> list[Object]:
        kept = self.kept["credentials"].values()
        return [each for each in kept if each["credential_type"] == credential_type["id"]]


def project_playbooks(project: Object, repositories: Mapping[str, list[str]]) -> list[str] | None:
    """None where the repository cannot be reached."""
    return repositories.get(project["scm_url"])


def _typed(name: str, value: Any, default: Any) -> Any:
    """As the serializers take it: numbers and truth also as text."""
    if isinstance(default, bool):
        if value not in {True, False, "true", "false", "True", "False"}:
            raise InvalidError(**{name: "Must be a valid boolean."})
        return value in {True, "true", "True"}
    if isinstance(default, int):
        try:
            return int(value)
        except (TypeError, ValueError):
            raise InvalidError(**{name: "A valid integer is required."}) from None
    if isinstance(default, str) and not isinstance(value, str):
        raise InvalidError(**{name: "Not a valid string."})
    if isinstance(default, dict) and not isinstance(value, dict):
        raise InvalidError(**{name: f'Expected a dictionary of items but got type "{type(value).__name__}".'})
    return value


def _validate_variables(name: str, content: Object) -> None:
    try:
        fits = isinstance(yaml.safe_load(content[name] or "{}"), dict)
    except yaml.YAMLError:
        fits = False
    if not fits:
        raise InvalidError(**{name: "Cannot parse as JSON or YAML."})
