# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From the object of AWX that there is to the one that is asked for; either may be nothing."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .api import Api, AwxError, Object
from .kinds import Kind
from .related import ObjectList
from .values import same, variables_of

ENCRYPTED = "$encrypted$"
"""By this, AWX shows that it keeps a secret, and is told to go on keeping it."""

_HIDDEN = "(hidden)"
_HIDDEN_ANEW = "(hidden, given again)"


@dataclasses.dataclass(frozen=True)
class Secrets:
    """Inputs of a credential, which AWX takes and never shows."""

    given: t.Mapping[str, str]
    again: bool
    """Whether to give also those that AWX keeps already."""

    def to_send(self, found: Object) -> dict[str, str]:
        """A blank one takes away what AWX keeps."""
        return {
            name: value
            for name, value in self.given.items()
            if (self.again or found.get(name) != ENCRYPTED if value else found.get(name))
        }


@dataclasses.dataclass(frozen=True)
class Change:
    kind: Kind
    found: Object | None
    asked: Object | None
    """With names where AWX has ids."""
    ids: t.Mapping[str, int | None]
    """Of the objects that C(asked) refers to."""
    lists: t.Mapping[str, ObjectList]
    secrets: Secrets

    @property
    def before(self) -> Object:
        """What there is, as far as it matters to what is asked for."""
        if self.found is None:
            return {}
        if self.asked is None:
            return {name: self.found[name] for name in ("id", "name")}
        return {field: self._mirrored(field) for field in self.after}

    @property
    def after(self) -> Object:
        after = dict(self.asked or {})
        if "inputs" in after and self.kind.path == "credentials":
            held = self._found_inputs
            sent = self.secrets.to_send(held)
            given = [name for name, value in self.secrets.given.items() if value]
            shown = {name: _HIDDEN_ANEW if name in sent and held.get(name) else _HIDDEN for name in given}
            after["inputs"] = _not_blank({**after["inputs"], **shown})
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
        content = {field: self._wire(field) for field in self.asked if before.get(field) != after[field]}
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
    def _found_inputs(self) -> Object:
        return (self.found or {}).get("inputs") or {}

    def _mirrored(self, field: str) -> t.Any:
        """A field as AWX has it, in the words of what is asked for."""
        if field in self.lists:
            return self.lists[field].before
        found, asked = (self.found or {}).get(field), (self.asked or {})[field]
        if field in self.kind.references:
            summary = ((self.found or {}).get("summary_fields") or {}).get(field) or {}
            agreed = found == self.ids[field] and (found is not None or not asked)
            return asked if agreed else summary.get("name", found)
        if field in self.kind.texts:
            return variables_of(found)
        if field == "inputs" and self.kind.path == "credentials":
            shown = {name: _HIDDEN if value == ENCRYPTED else value for name, value in self._found_inputs.items()}
            return _not_blank({name: shown[name] for name in shown if name in asked or name in self.secrets.given})
        return asked if same(found, asked) else found

    def _wire(self, field: str) -> t.Any:
        """A field as AWX takes it."""
        value = (self.asked or {})[field]
        if field in self.kind.references:
            return self.ids[field]
        if field in self.kind.texts:
            return json.dumps(value)
        if field == "inputs" and self.kind.path == "credentials":
            return {**self._found_inputs, **value, **self.secrets.to_send(self._found_inputs)}
        return value


def _not_blank(inputs: Object) -> Object:
    """AWX keeps no input that is blank."""
    return {name: value for name, value in inputs.items() if value != ""}


def _refuse_unknown(content: Object, made: Object) -> None:
    """AWX passes over a field that it does not know, as if it had taken it."""
    if unknown := sorted(content.keys() - made.keys()):
        raise AwxError(f"AWX knows no such field: {', '.join(unknown)}; check the definition, or AWX's version")


def refuse_open_secrets(inputs: Object, found: Object | None, credential_type: Object | None) -> None:
    """A secret among the inputs that are shown would be in outputs and differences."""
    fields = ((credential_type or {}).get("inputs") or {}).get("fields") or []
    secret = {field["id"] for field in fields if field.get("secret")}
    secret |= {name for name, value in ((found or {}).get("inputs") or {}).items() if value == ENCRYPTED}
    if shown := sorted(secret & inputs.keys()):
        raise AwxError(f"give {', '.join(shown)} by secret_inputs, not by inputs in the definition: it is a secret")
