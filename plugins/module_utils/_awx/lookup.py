# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Finds objects of AWX by their names."""

from __future__ import annotations

import typing as t

from .api import Api, AwxError, Object
from .kinds import KINDS


class Scope:
    """An organization, in which names are looked up."""

    def __init__(self, api: Api, organization: str | None, *, planning: bool) -> None:
        self._api = api
        self._organization = organization
        self._planning = planning
        """Whether what does not exist may be made by an earlier task that only told what it would do."""

    def find(self, kind: str, name: str, definition: Object) -> Object | None:
        """The object of this name that the references of its definition tell from others of the same name."""
        references = {
            field: self.id_of(KINDS[kind].references[field], self._name(kind, field, definition))
            for field in KINDS[kind].told_apart_by
        }
        # What belongs to something that does not exist does not exist either.
        return None if None in references.values() else self._only(kind, name, references)

    def id_of(self, kind: str, name: str) -> int | None:
        """None where an earlier task might have made it by now."""
        found = self.object(kind, name)
        return None if found is None else int(found["id"])

    def object(self, kind: str, name: str) -> Object | None:
        """As another object refers to it: by its name within the organization."""
        within = {}
        if "organization" in KINDS[kind].told_apart_by:
            within["organization"] = self.id_of("organization", self._name(kind, "organization", {}))
        found = None if None in within.values() else self._only(kind, name, within)
        if found is None and not self._planning:
            place = f" in the organization {self._organization}" if within else ""
            raise AwxError(f"there is no {_words(kind)} {name}{place}: make it first, or name another one")
        return found

    def _name(self, kind: str, field: str, definition: Object) -> str:
        name = definition.get(field) or (self._organization if field == "organization" else None)
        if not name:
            raise AwxError(f"an object of the kind {_words(kind)} needs {field}")
        return str(name)

    def _only(self, kind: str, name: str, references: t.Mapping[str, int | None]) -> Object | None:
        found = list(self._api.listed(KINDS[kind].path, name=name, **references))
        if len(found) > 1:
            ids = ", ".join(str(each["id"]) for each in found)
            raise AwxError(f"there are {len(found)} objects of the kind {_words(kind)} named {name} (ids {ids})")
        return found[0] if found else None


def _words(kind: str) -> str:
    return kind.replace("_", " ")
