# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The inputs of a credential, of which AWX never shows those that are secret."""

from __future__ import annotations

import dataclasses
import typing as t

from .api import AwxError, Object

ENCRYPTED = "$encrypted$"
"""By this, AWX shows that it keeps a secret, and is told to go on keeping it."""

HIDDEN = "(hidden)"
_HIDDEN_ANEW = "(hidden, given again)"


@dataclasses.dataclass(frozen=True)
class SecretInputs:
    given: t.Mapping[str, str]
    again: bool
    """Whether to give also those that AWX keeps already."""

    def kept(self, found: Object | None) -> set[str]:
        return {name for name, value in (found or {}).items() if value == ENCRYPTED}

    def to_send(self, found: Object) -> dict[str, str]:
        """A blank one takes away what AWX keeps."""
        return {
            name: value
            for name, value in self.given.items()
            if (self.again or found.get(name) != ENCRYPTED if value else found.get(name))
        }

    def shown(self, found: Object) -> Object:
        sent = self.to_send(found)
        given = [name for name, value in self.given.items() if value]
        return {name: _HIDDEN_ANEW if name in sent and found.get(name) else HIDDEN for name in given}


def secret_inputs(given: t.Mapping[str, t.Any], *, again: bool) -> SecretInputs:
    """Raises AwxError."""
    for name, value in given.items():
        if not isinstance(value, (str, int, float, type(None))) or isinstance(value, bool):
            raise AwxError(f"secret_inputs.{name} must be text", setting="secret_inputs")
    return SecretInputs({name: "" if value is None else str(value) for name, value in given.items()}, again)


def checked_inputs(
    inputs: t.Mapping[str, t.Any], secrets: SecretInputs, found: Object | None, about: Object | None
) -> Object:
    """The inputs of a definition as AWX keeps them, by the type of the credential. Raises AwxError."""
    fields = {field["id"]: field for field in ((about or {}).get("inputs") or {}).get("fields") or []}
    kept = (found or {}).get("inputs") or {}
    secret = {name for name, field in fields.items() if field.get("secret")} | secrets.kept(kept)
    if shown := sorted(secret & inputs.keys()):
        raise AwxError(
            f"{', '.join(shown)} in the definition is a secret: move it from inputs to secret_inputs",
            setting="secret_inputs",
        )
    checked = {name: _input(name, value, fields.get(name, {})) for name, value in inputs.items()}
    filled = {**kept, **checked, **{name: value or kept.get(name, "") for name, value in secrets.given.items()}}
    required = ((about or {}).get("inputs") or {}).get("required") or []
    if lacking := [name for name in required if filled.get(name, "") == ""]:
        raise AwxError(
            f"the credential type {(about or {}).get('name')} requires {', '.join(lacking)}: give it in inputs in the "
            "definition, or in secret_inputs",
            setting="definition.inputs",
        )
    return checked


def with_types(inputs: Object) -> Object:
    """The inputs of a credential type as AWX keeps them, which adds the type of a field that has none."""
    fields = inputs.get("fields")
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        return inputs
    return {**inputs, "fields": [{"type": "string", **field} for field in fields]}


def without_blank(inputs: Object) -> Object:
    """A blank input is the same as none."""
    return {name: value for name, value in inputs.items() if value != ""}


def _input(name: str, value: t.Any, field: Object) -> t.Any:
    if isinstance(value, (dict, list)):
        raise AwxError(f"inputs.{name} in the definition must be text", setting="definition.inputs")
    if field.get("type") == "boolean" or isinstance(value, bool):
        return value if isinstance(value, bool) else str(value).strip().lower() in ("true", "yes", "on", "1")
    return "" if value is None else str(value)
