# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The difference between an object of AWX and its definition, and how to make it go away; either may be missing."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .api import Api, AwxError, Object
from .credentials import HIDDEN, SecretInputs, without_blank
from .kinds import Kind
from .related import RelatedList
from .values import same, variables_of


@dataclasses.dataclass(frozen=True)
class Change:
    kind: Kind
    found: Object | None
    asked: Object | None
    """With names where AWX has ids."""
    ids: t.Mapping[str, int | None]
    """Of the objects that C(asked) refers to."""
    lists: t.Mapping[str, RelatedList]
    secrets: SecretInputs

    @property
    def before(self) -> Object:
        """What there is, as far as the definition says something about it."""
        if self.found is None:
            return {}
        if self.asked is None:
            return {name: self.found[name] for name in ("id", "name")}
        return {field: self._mirrored(field) for field in self.after}

    @property
    def after(self) -> Object:
        after = dict(self.asked or {})
        if self._has_secrets and "inputs" in after:
            after["inputs"] = without_blank({**after["inputs"], **self.secrets.shown(self._found_inputs)})
        return {**after, **{name: each.after for name, each in self.lists.items()}}

    @property
    def needed(self) -> bool:
        return self.before != self.after

    @property
    def id(self) -> int | None:
        """Of the object that there is."""
        return None if self.found is None else int(self.found["id"])

    def apply(self, api: Api) -> int | None:
        """Makes the change, and returns the id of the object that there is then."""
        if self.asked is None:
            api.remove(f"{self.kind.path}/{self.id}")
            return None
        before, after = self.before, self.after
        content = {field: self._sent(field) for field in self.asked if before.get(field) != after[field]}
        object_id = self.id
        if object_id is None:
            made = api.create(self.kind.path, content)
            _refuse_unknown(content, made)
            object_id = int(made["id"])
        elif content:
            _refuse_unknown(content, api.change(f"{self.kind.path}/{object_id}", content))
        for each in self.lists.values():
            each.apply(api, f"{self.kind.path}/{object_id}")
        return object_id

    @property
    def _has_secrets(self) -> bool:
        return self.kind.path == "credentials"

    @property
    def _found_inputs(self) -> Object:
        return (self.found or {}).get("inputs") or {}

    def _mirrored(self, field: str) -> t.Any:
        """A field as AWX has it, in the words of the definition."""
        if field in self.lists:
            return self.lists[field].before
        found, asked = (self.found or {}).get(field), (self.asked or {})[field]
        if field in self.kind.references:
            return self._mirrored_reference(field, found, asked)
        if field in self.kind.texts:
            return variables_of(found)
        if field == "inputs" and self._has_secrets:
            inputs = self._found_inputs
            shown = {name: HIDDEN if name in self.secrets.kept(inputs) else value for name, value in inputs.items()}
            return without_blank({name: shown[name] for name in shown if name in asked or name in self.secrets.given})
        return asked if same(found, asked) else found

    def _mirrored_reference(self, field: str, found: int | None, asked: t.Any) -> t.Any:
        if found == self.ids[field] and (found is not None or not asked):
            return asked
        if found is None:
            return None
        summary = ((self.found or {}).get("summary_fields") or {}).get(field) or {}
        # Another organization may have an object of the same name.
        name = summary.get("name", found)
        return f"{name} (id {found})" if name == asked else name

    def _sent(self, field: str) -> t.Any:
        """A field as AWX takes it."""
        value = (self.asked or {})[field]
        if field in self.kind.references:
            return self.ids[field]
        if field in self.kind.texts:
            return json.dumps(value)
        if field == "inputs" and self._has_secrets:
            # AWX replaces all of them.
            inputs = {**self._found_inputs, **value, **self.secrets.to_send(self._found_inputs)}
            return without_blank(inputs)
        return value


def _refuse_unknown(content: Object, made: Object) -> None:
    """AWX ignores a field that it does not know, as if it had taken it."""
    if unknown := sorted(content.keys() - made.keys()):
        raise AwxError(f"AWX does not know {', '.join(unknown)}: check the definition, or AWX's version")
