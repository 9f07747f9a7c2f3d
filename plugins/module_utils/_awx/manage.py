# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One object of AWX as the module awx_object keeps it."""

from __future__ import annotations

import typing as t

from .api import Api, Object
from .change import Change, Secrets, refuse_open_secrets
from .kinds import KINDS
from .lookup import Scope
from .project import await_fetched, fetch, is_fetched
from .related import Credentials, Hosts, ObjectList


class Outcome(t.NamedTuple):
    changed: bool
    before: Object
    after: Object
    id: int | None


def keep(options: t.Mapping[str, t.Any], api: Api, *, planning: bool) -> Outcome:
    """Raises AwxError. A plan changes nothing."""
    change = _change(options, Scope(api, options["organization"], planning=planning), api)
    stale = options["kind"] == "project" and bool(change.asked and change.found) and not is_fetched(change.found or {})
    # Afterwards the lists of what there is would be outdated.
    before, after, needed = change.before, change.after, change.needed or stale
    object_id = change.apply(api) if needed and not planning else change.id
    if needed and not planning and options["kind"] == "project" and object_id is not None:
        path = f"projects/{object_id}"
        if stale:
            fetch(api, path)
        await_fetched(api, path, options["wait_timeout"])
    return Outcome(needed, before, after, object_id)


def _change(options: t.Mapping[str, t.Any], scope: Scope, api: Api) -> Change:
    kind = KINDS[options["kind"]]
    definition = {field: value for field, value in options["definition"].items() if value is not None}
    found = scope.find(options["kind"], options["name"], definition)
    secrets = Secrets(options["secret_inputs"], options["update_secrets"])
    if options["state"] == "absent":
        return Change(kind, found, None, {}, {}, secrets)
    asked = {"name": options["name"], **definition}
    if options["kind"] == "credential":
        asked.setdefault("inputs", {})
        refuse_open_secrets(asked["inputs"], found, scope.object("credential_type", str(asked["credential_type"])))
    if "organization" in kind.told_apart_by and "organization" not in kind.derived:
        asked["organization"] = options["organization"]
    ids = {
        field: scope.id_of(kind.references[field], str(asked[field])) if asked[field] else None
        for field in kind.references.keys() & asked.keys()
    }
    lists = {
        field: _list(field, asked.pop(field), found, kind.path, scope, api) for field in kind.lists if field in asked
    }
    return Change(kind, found, asked, ids, lists, secrets)


def _list(field: str, asked: t.Any, found: Object | None, path: str, scope: Scope, api: Api) -> ObjectList:
    there = list(api.listed(f"{path}/{found['id']}/{field}")) if found else []
    if field == "hosts":
        return Hosts(there, asked)
    return Credentials(there, {str(name): scope.id_of("credential", str(name)) for name in asked})
