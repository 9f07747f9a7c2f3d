# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Finds objects of AWX by their names."""

from __future__ import annotations

import time
import typing as t

from .api import Api, AwxError, Object
from .kinds import KINDS

_PAUSE_SECONDS = 0.5


class Plan(t.NamedTuple):
    """A change that is only planned."""

    only: t.Collection[str] | None
    """The names of the objects that other tasks create and that may be missing; None for any."""

    def allows_missing(self, name: str) -> bool:
        return self.only is None or name in self.only


class Resolver:
    """Looks names up in an organization."""

    def __init__(self, api: Api, organization: str | None, *, plan: Plan | None, seconds: float = 0.0) -> None:
        self._api = api
        self._organization = organization
        self._plan = plan
        self._seconds = seconds
        """How long to wait until an object that AWX is deleting is gone."""

    def find(self, kind: str, name: str, definition: Object) -> Object | None:
        """The object of this name, told from others of the same name by the references of its definition."""
        references = {
            field: self.id_of(KINDS[kind].references[field], self._name(kind, field, definition))
            for field in KINDS[kind].identity_fields
        }
        # What belongs to something that does not exist does not exist either.
        return None if None in references.values() else self._only(kind, name, references)

    def id_of(self, kind: str, name: str) -> int | None:
        """None where another task might have created it by now."""
        found = self.object(kind, name)
        return None if found is None else int(found["id"])

    def object(self, kind: str, name: str) -> Object | None:
        """As another object refers to it: by its name within the organization."""
        within = {}
        if "organization" in KINDS[kind].identity_fields:
            within["organization"] = self.id_of("organization", self._name(kind, "organization", {}))
        found = None if None in within.values() else self._only(kind, name, within)
        if found is None and (self._plan is None or not self._plan.allows_missing(name)):
            place = f" in the organization {self._organization}" if within else ""
            raise AwxError(f"there is no {_words(kind)} {name}{place}: create it first, or use another name")
        return found

    def _name(self, kind: str, field: str, definition: Object) -> str:
        name = definition.get(field) or (self._organization if field == "organization" else None)
        if not name:
            raise AwxError(f"an object of the kind {_words(kind)} needs {field}", setting=field)
        return str(name)

    def _only(self, kind: str, name: str, references: t.Mapping[str, int | None]) -> Object | None:
        found = self._settled(kind, name, references)
        if len(found) > 1:
            ids = ", ".join(str(each["id"]) for each in found)
            raise AwxError(f"there are {len(found)} objects of the kind {_words(kind)} named {name} (ids {ids})")
        return found[0] if found else None

    def _settled(self, kind: str, name: str, references: t.Mapping[str, int | None]) -> list[Object]:
        """Without what AWX is still deleting, which would take along what is made to refer to it."""
        until = time.monotonic() + self._seconds
        while True:
            found = list(self._api.listed(KINDS[kind].path, name=name, **references))
            staying = [each for each in found if not each.get("pending_deletion")]
            if len(staying) == len(found) or self._plan is not None:
                return staying
            if time.monotonic() >= until:
                raise AwxError(
                    f"AWX is still deleting the {_words(kind)} {name} after {self._seconds:g} seconds: try again "
                    "later, or raise wait_timeout",
                    setting="wait_timeout",
                )
            time.sleep(_PAUSE_SECONDS)


def _words(kind: str) -> str:
    return kind.replace("_", " ")
