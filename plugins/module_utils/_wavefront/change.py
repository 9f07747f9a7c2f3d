# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The difference between the dashboard or alert on the server and the definition, and how to make it go away."""

from __future__ import annotations

import dataclasses
import typing as t
from urllib.parse import quote

from .._common.errors import KeywardError
from .api import Api
from .definition import Object, mirrored, without_server_made


def path_of(kind: str, object_id: str) -> str:
    return f"{kind}/{quote(object_id, safe='')}"


@dataclasses.dataclass(frozen=True)
class Change:
    kind: str
    found: Object | None
    asked: Object | None

    @property
    def before(self) -> Object:
        """What there is, as far as it matters to what is asked for."""
        if self.found is None or self._in_trash:
            return {}
        return {name: self.found.get(name) for name in ("id", "name")} if self.asked is None else self._mirror

    @property
    def after(self) -> Object:
        return self.asked or {}

    @property
    def needed(self) -> bool:
        return self.before != self.after

    @property
    def id(self) -> str | None:
        """Of the object that there is."""
        return None if self.found is None or self._in_trash else str(self.found["id"])

    def apply(self, api: Api) -> str | None:
        """Makes the change, and returns the id of the object that there is then."""
        if self.found is None:
            created = api.create(self.kind, self.after)
            if not created.get("id"):
                raise KeywardError(f"the response to the create request of the {self.kind} has no id")
            return str(created["id"])
        path = path_of(self.kind, str(self.found["id"]))
        if self.asked is None:
            api.remove(path)
            return None
        if self._in_trash:
            api.restore(path)
        # A PUT replaces the whole object, also what the definition does not speak of.
        api.replace(path, {**without_server_made(self.found), **self.asked})
        return str(self.found["id"])

    @property
    def _in_trash(self) -> bool:
        found = self.found or {}
        return bool(found.get("deleted") or found.get("inTrash"))

    @property
    def _mirror(self) -> Object:
        return mirrored(t.cast("Object", self.found), t.cast("Object", self.asked))
