# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What AWX keeps in lists beside an object: the credentials of a job template, and the hosts of an inventory."""

from __future__ import annotations

import json
import typing as t

from .api import Api, Object
from .values import variables_of


class ObjectList(t.Protocol):
    @property
    def before(self) -> t.Any:
        """What there is, in a form to show and to compare."""

    @property
    def after(self) -> t.Any:
        """What is asked for, in the same form."""

    def apply(self, api: Api, path: str) -> None:
        """Makes the list of the object at this path what is asked for."""


class Credentials:
    """Objects of their own, which a job template only names."""

    def __init__(self, found: t.Iterable[Object], asked: t.Mapping[str, int | None]) -> None:
        self._found = {str(each["name"]): int(each["id"]) for each in found}
        self._asked = asked

    @property
    def before(self) -> list[str]:
        return sorted(self._found)

    @property
    def after(self) -> list[str]:
        return sorted(self._asked)

    def apply(self, api: Api, path: str) -> None:
        # In this order, since AWX takes no second credential of the same type.
        for object_id in sorted(set(self._found.values()) - set(self._asked.values())):
            api.order(f"{path}/credentials", {"id": object_id, "disassociate": True})
        for name, asked_id in self._asked.items():
            if self._found.get(name) != asked_id:
                api.order(f"{path}/credentials", {"id": asked_id})


class Hosts:
    """Hosts are nowhere but in their inventory, by their names and with their variables."""

    def __init__(self, found: t.Iterable[Object], asked: t.Mapping[str, t.Any]) -> None:
        self._found = {str(each["name"]): each for each in found}
        self._asked = asked

    @property
    def before(self) -> Object:
        return {name: variables_of(host["variables"]) for name, host in sorted(self._found.items())}

    @property
    def after(self) -> Object:
        return {name: variables or {} for name, variables in sorted(self._asked.items())}

    def apply(self, api: Api, path: str) -> None:
        before, after = self.before, self.after
        for name in sorted(before.keys() - after.keys()):
            api.remove(f"hosts/{self._found[name]['id']}")
        for name, variables in after.items():
            text = json.dumps(variables)
            if name not in before:
                api.create(f"{path}/hosts", {"name": name, "variables": text})
            elif before[name] != variables:
                api.change(f"hosts/{self._found[name]['id']}", {"variables": text})
