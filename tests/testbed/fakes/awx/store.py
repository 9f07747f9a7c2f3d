# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What AWX keeps, and the rules by which it takes changes."""

from __future__ import annotations

import copy
import itertools
import re
from typing import TYPE_CHECKING, Any

from .errors import CrashError, ForbiddenError, InvalidError, MissingError, RefusalError
from .injectors import validate_injectors, validate_inputs
from .models import MODELS
from .rrules import checked_rrule
from .values import taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .models import Model

Object = dict[str, Any]

ENCRYPTED = "$encrypted$"
_TRIGGER_UPDATE = ("scm_type", "scm_url", "scm_branch", "scm_refspec")
_IMAGE = re.compile(r"[\w.-]+(:\d+)?(/[\w.-]+)*([:@][\w.:-]+)?")
_LARGEST_PORT = 65535


class Store:
    """Objects by the name of their list and their id, in the order in which they were made."""

    def __init__(self, repositories: Mapping[str, list[str]]) -> None:
        self.kept: dict[str, dict[int, Object]] = {path: {} for path in MODELS}
        self.credentials_of: dict[int, list[int]] = {}
        """The credentials of each job template."""
        self.repositories = dict(repositories)
        self.stuck = False
        """Whether updates of projects never end."""
        self.sync_failure = ("Update project using git", "Failed to download remote objects and refs")
        """The task by which an update fails, and its message."""
        self.unfetchable: set[str] = set()
        """Repositories of which an update fails though they are there, as where their collections are not."""
        self.looks_until_deleted = 1
        """How often an inventory that is being deleted is still seen."""
        self.updates: dict[int, Object] = {}
        """The last update of each project, by its own id."""
        self._deleting: dict[int, int] = {}
        self._numbers = itertools.count(1)

    def get(self, path: str, object_id: int) -> Object:
        try:
            return self.kept[path][object_id]
        except KeyError:
            raise MissingError(f"No {MODELS[path].class_name} matches the given query.") from None

    def add(self, path: str, content: Object) -> Object:
        model = MODELS[path]
        if missing := sorted(model.required - content.keys()):
            raise RefusalError(400, {name: ["This field is required."] for name in missing})
        made = self._checked(path, copy.deepcopy({**model.read_only, **model.defaults}), content)
        made["id"] = next(self._numbers)
        self.kept[path][made["id"]] = made
        if path == "projects" and made["scm_type"]:
            made["local_path"] = f"_{made['id']}__{re.sub(r'[^a-z0-9]', '_', made['name'].lower())}"
            self.fetch(made)
        return made

    def change(self, path: str, object_id: int, content: Object) -> Object:
        before = self.get(path, object_id)
        after = self.kept[path][object_id] = self._checked(path, before, content)
        if path == "projects" and any(before[name] != after[name] for name in _TRIGGER_UPDATE):
            self.fetch(after)
        return after

    def remove(self, path: str, object_id: int) -> bool:
        """Whether it is gone at once."""
        found = self.get(path, object_id)
        if path == "credential_types" and self._credentials_of_type(found):
            raise ForbiddenError("Credential types that are in use cannot be deleted")
        if path == "inventories" and not found["pending_deletion"]:
            found["pending_deletion"] = True
            self._deleting[object_id] = self.looks_until_deleted
            return False
        self._forget(path, object_id)
        return True

    def attach(self, template_id: int, credential_id: int) -> None:
        if credential_id not in self.kept["credentials"]:
            raise RefusalError(400, {"detail": "Credential matching query does not exist."})
        credential = self.get("credentials", credential_id)
        attached = self.credentials_of.setdefault(template_id, [])
        kind = credential["credential_type"]
        if any(self.get("credentials", each)["credential_type"] == kind for each in attached):
            name = self.get("credential_types", kind)["name"]
            raise RefusalError(400, {"error": f"Cannot assign multiple {name} credentials."})
        attached.append(credential_id)

    def fetch(self, project: Object) -> int:
        """An update of the project begins; looking at it lets it go on."""
        project["status"] = "pending"
        number = next(self._numbers)
        self.updates[number] = {"id": number, "project": project["id"], "name": project["name"], "status": "pending"}
        return number

    def look(self, path: str, object_id: int) -> Object:
        found = self.get(path, object_id)
        if path == "projects" and not self.stuck and found["scm_type"]:
            there = project_playbooks(found, self.repositories)
            end = "failed" if there is None or found["scm_url"] in self.unfetchable else "successful"
            found["status"] = {"pending": "running", "running": end}.get(found["status"], found["status"])
            for update in self.updates.values():
                if update["project"] == object_id:
                    update["status"] = found["status"]
        return found

    def let_time_pass(self) -> None:
        """What is being deleted goes, once it was seen often enough."""
        for object_id in [each for each, looks in self._deleting.items() if looks <= 0]:
            del self._deleting[object_id]
            self._forget("inventories", object_id)

    def saw(self, path: str, object_id: int) -> None:
        if path == "inventories" and object_id in self._deleting:
            self._deleting[object_id] -= 1

    def _forget(self, path: str, object_id: int) -> None:
        del self.kept[path][object_id]
        for attached in self.credentials_of.values() if path == "credentials" else ():
            attached[:] = [each for each in attached if each != object_id]
        for other_path, model, reference in self._referring(path):
            for other in [each for each in self.kept[other_path].values() if each.get(reference) == object_id]:
                if reference in model.owners:
                    self._forget(other_path, other["id"])
                    continue
                other[reference] = None
                if reference == "project":
                    other["playbook"] = ""

    def _referring(self, path: str) -> Iterator[tuple[str, Model, str]]:
        for other_path, model in MODELS.items():
            for reference, target in model.references.items():
                if target == path:
                    yield other_path, model, reference

    def _checked(self, path: str, before: Object, content: Object) -> Object:
        model = MODELS[path]
        # A field that is not the model's, or not to be set, is passed over without a word.
        given = {
            name: taken(name, value, model.fields[name]) for name, value in content.items() if name in model.fields
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
                if model.unique_message:
                    raise InvalidError(__all__=model.unique_message)
                words = model.words.capitalize()
                raise InvalidError(
                    **{model.unique[0]: f"{words} with this {model.unique[0].capitalize()} already exists."}
                )
        return after

    def _check_credential_type(self, before: Object, after: Object) -> None:
        if before.get("managed"):
            raise ForbiddenError("Modifications not allowed for managed credential types")
        validate_inputs(after["inputs"])
        validate_injectors(after["injectors"], after["inputs"].get("fields", []))
        if "id" in before and before["inputs"] != after["inputs"] and self._credentials_of_type(before):
            raise ForbiddenError("Modifications to inputs are not allowed for credential types that are in use")

    def _check_credential(self, before: Object, after: Object) -> None:
        if "id" not in before and after["organization"] is None:
            raise RefusalError(400, {"detail": ["Missing 'user', 'team', or 'organization'."]})
        about = self.get("credential_types", after["credential_type"])
        fields = {field["id"]: field for field in about["inputs"].get("fields", [])}
        if unknown := sorted(after["inputs"].keys() - fields.keys()):
            names = ", ".join(f"'{name}'" for name in unknown)
            verb = "was" if len(unknown) == 1 else "were"
            raise InvalidError(inputs=f"Additional properties are not allowed ({names} {verb} unexpected)")
        kept, inputs = before.get("inputs", {}), {}
        for name, given in after["inputs"].items():
            value = "" if given is None else given
            kind = fields[name].get("type", "string")
            if not isinstance(value, bool if kind == "boolean" else str):
                raise InvalidError(inputs={name: [f"{value!r} is not of type '{kind}'"]})
            if value == ENCRYPTED and name not in kept:
                raise CrashError
            if value or not fields[name].get("secret"):
                inputs[name] = kept[name] if value == ENCRYPTED else value
        after["inputs"] = inputs

    def _check_execution_environment(self, before: Object, after: Object) -> None:
        if not _IMAGE.fullmatch(after["image"]):
            raise InvalidError(image=f"The container image name {after['image']} is not valid")
        if after["credential"] is not None:
            raise InvalidError(
                credential="Only Container Registry credentials can be associated with an Execution Environment"
            )
        if "id" in before and after["organization"] not in {None, before["organization"]}:
            raise InvalidError(organization="Cannot change the organization of an execution environment")

    def _check_project(self, before: Object, after: Object) -> None:
        if after["scm_type"] and not after["scm_url"]:
            raise InvalidError(scm_url="SCM URL is required.")
        if after["credential"] is not None:
            raise InvalidError(credential="Credential kind must be 'scm'.")
        if "id" not in before:
            after["status"] = "missing"

    def _check_host(self, _before: Object, after: Object) -> None:
        if after["name"].count(":") == 1:
            after["name"], _colon, port = after["name"].partition(":")
            if not port.isdecimal() or not 1 <= int(port) <= _LARGEST_PORT:
                raise InvalidError(name=f"Invalid port specification: {port}")
            after["variables"] = after["variables"] or f'{{"ansible_ssh_port": {port}}}'

    def _check_job_template(self, _before: Object, after: Object) -> None:
        if after["project"] is None:
            raise InvalidError(project="Job Templates must have a project assigned.")
        project = self.get("projects", after["project"])
        if not after["playbook"]:
            raise InvalidError(playbook="Must select playbook for project.")
        there = project_playbooks(project, self.repositories) if project["status"] == "successful" else None
        if not project["allow_override"] and after["playbook"] not in (there or []):
            raise InvalidError(playbook="Playbook not found for project.")
        if after["inventory"] is None and not after["ask_inventory_on_launch"]:
            raise InvalidError(inventory="You must either set a default value or ask to prompt on launch.")
        after["organization"] = project["organization"]

    def _check_schedule(self, _before: Object, after: Object) -> None:
        after["rrule"] = checked_rrule(after["rrule"])
        template = self.get("job_templates", after["unified_job_template"])
        if after["extra_data"] and not template["ask_variables_on_launch"]:
            names = ", ".join(sorted(after["extra_data"]))
            raise InvalidError(
                extra_data=f"Variables {names} are not allowed on launch. Check the Prompt on Launch setting on the "
                "Job Template to include Extra Variables."
            )

    def _credentials_of_type(self, credential_type: Object) -> list[Object]:
        kept = self.kept["credentials"].values()
        return [each for each in kept if each["credential_type"] == credential_type["id"]]


def project_playbooks(project: Object, repositories: Mapping[str, list[str]]) -> list[str] | None:
    """None where the repository cannot be reached."""
    return repositories.get(project["scm_url"])
