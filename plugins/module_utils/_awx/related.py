# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The lists of an object: the credentials of a job template, and the hosts of an inventory."""

from __future__ import annotations

import json
import typing as t

from .api import Api, AwxError, Object
from .values import variables_of


class RelatedList(t.Protocol):
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
        self._found = {int(each["id"]): str(each["name"]) for each in found}
        self._asked = asked

    @property
    def before(self) -> list[str]:
        # Another organization may have a credential of the same name.
        return sorted(
            f"{name} (id {object_id})" if self._asked.get(name, object_id) != object_id else name
            for object_id, name in self._found.items()
        )

    @property
    def after(self) -> list[str]:
        return sorted(self._asked)

    def apply(self, api: Api, path: str) -> None:
        # In this order, since AWX takes no second credential of the same type.
        asked = set(self._asked.values())
        for object_id in sorted(self._found.keys() - asked):
            api.post(f"{path}/credentials", {"id": object_id, "disassociate": True})
        for asked_id in self._asked.values():
            if asked_id not in self._found:
                api.post(f"{path}/credentials", {"id": asked_id})


class Hosts:
    """Hosts are nowhere but in their inventory, by their names and with their variables."""

    def __init__(self, found: t.Iterable[Object], asked: t.Mapping[t.Any, t.Any]) -> None:
        self._found = {str(each["name"]): each for each in found}
        self._asked = dict(_host(name, variables) for name, variables in asked.items())

    @property
    def before(self) -> Object:
        return {name: variables_of(host["variables"]) for name, host in sorted(self._found.items())}

    @property
    def after(self) -> Object:
        return dict(sorted(self._asked.items()))

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


def _host(name: t.Any, variables: t.Any) -> tuple[str, Object]:
    text, setting = str(name).strip(), "definition.hosts"
    if not text or text.count(":") == 1:
        raise AwxError(
            f"{text!r} is no name of a host: AWX takes what follows a colon for a port, which belongs into the host's "
            "variable ansible_port",
            setting=setting,
        )
    if not isinstance(variables, (dict, type(None))):
        raise AwxError(f"hosts.{text} in the definition must be a dictionary of variables", setting=setting)
    return text, variables or {}
