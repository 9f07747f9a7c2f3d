# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One object of AWX as the module awx_object manages it."""

from __future__ import annotations

import typing as t

from .api import Api, AwxError, Object
from .change import Change
from .credentials import checked_inputs, secret_inputs, with_types
from .fields import names_of, normalised
from .kinds import KINDS, Kind
from .lookup import Plan, Resolver
from .project import await_fetched, fetch, is_fetched
from .related import Credentials, Hosts, RelatedList
from .rules import normalised_rule, warning_of

LONGEST_WAIT_SECONDS = 86400

_NEVER_SHOWN = frozenset({"user", "team"})


class Outcome(t.NamedTuple):
    changed: bool
    before: Object
    after: Object
    id: int | None
    warning: str = ""

    @property
    def result(self) -> dict[str, t.Any]:
        diff = {"before": self.before, "after": self.after}
        return {"changed": self.changed, "diff": diff, **({} if self.id is None else {"id": self.id})}


def keep(options: t.Mapping[str, t.Any], api: Api, *, planning: bool) -> Outcome:
    """Raises KeywardError. A plan changes nothing."""
    if not 0 <= options["wait_timeout"] <= LONGEST_WAIT_SECONDS:
        raise AwxError(
            f"wait_timeout must be 0 to {LONGEST_WAIT_SECONDS} seconds, not {options['wait_timeout']:g}",
            setting="wait_timeout",
        )
    plan = Plan(options.get("planned_objects")) if planning else None
    change = _change(options, Resolver(api, options["organization"], plan=plan, seconds=options["wait_timeout"]), api)
    stale = options["kind"] == "project" and bool(change.asked and change.found) and not is_fetched(change.found or {})
    # Afterwards the lists of what there is would be outdated.
    before, after, needed = change.before, change.after, change.needed or stale
    object_id = change.apply(api) if needed and not planning else change.id
    if needed and not planning and options["kind"] == "project" and object_id is not None:
        path = f"projects/{object_id}"
        if stale:
            fetch(api, path)
        await_fetched(api, path, options["wait_timeout"])
    return Outcome(needed, before, after, object_id, warning_of(after.get("rrule", "")))


def _change(options: t.Mapping[str, t.Any], resolver: Resolver, api: Api) -> Change:
    kind, name = KINDS[options["kind"]], options["name"].strip()
    if not name:
        raise AwxError("name must not be blank", setting="name")
    definition = _normalised(options["definition"], kind, name, options["organization"])
    found = resolver.find(options["kind"], name, definition)
    secrets = secret_inputs(options["secret_inputs"], again=options["update_secrets"])
    if options["state"] == "absent":
        return Change(kind, found, None, {}, {}, secrets)
    asked = {"name": name, **definition}
    if options["kind"] == "credential":
        about = resolver.object("credential_type", str(asked["credential_type"]))
        asked["inputs"] = checked_inputs(asked.get("inputs", {}), secrets, found, about)
    if "organization" in kind.identity_fields and "organization" not in kind.derived:
        asked["organization"] = options["organization"]
    ids = {
        field: resolver.id_of(kind.references[field], str(asked[field])) if asked[field] else None
        for field in kind.references.keys() & asked.keys()
    }
    if found is not None:
        _refuse_what_awx_does_not_change(options["kind"], found, asked, ids, api)
    lists = {
        field: _list(field, asked.pop(field), found, kind.path, resolver, api) for field in kind.lists if field in asked
    }
    return Change(kind, found, asked, ids, lists, secrets)


def _normalised(definition: t.Mapping[str, t.Any], kind: Kind, name: str, organization: str | None) -> Object:
    """A definition as AWX would show it, without what it leaves open."""
    given = {str(field): value for field, value in definition.items() if value is not None}
    if unsupported := sorted(_NEVER_SHOWN & given.keys()):
        raise AwxError(f"{', '.join(unsupported)} in the definition is not supported: use organization")
    for field, option in (("name", name), ("organization", organization)):
        fixed = field == "name" or "organization" in kind.identity_fields
        if fixed and field in given and str(given.pop(field)).strip() != option:
            raise AwxError(f"{field} in the definition differs from the option {field}: remove it", setting=field)
    fields: Object = {}
    for field, value in given.items():
        if field == "credentials" and field in kind.lists:
            fields[field] = names_of(field, value)
        elif field == "rrule":
            fields[field] = normalised_rule(normalised(field, value))
        else:
            fields[field] = normalised(field, value)
    if kind.path == "credential_types" and "inputs" in fields:
        fields["inputs"] = with_types(fields["inputs"])
    return fields


def _refuse_what_awx_does_not_change(
    kind: str, found: Object, asked: Object, ids: t.Mapping[str, int | None], api: Api
) -> None:
    if kind == "execution_environment" and ids.get("organization") not in (None, found.get("organization")):
        owner = ((found.get("summary_fields") or {}).get("organization") or {}).get("name")
        where = f"belongs to the organization {owner}" if owner else "belongs to all organizations"
        raise AwxError(
            f"the execution environment {asked['name']} {where}, and AWX does not move it: use another name, or remove "
            "organization from the definition",
            setting="name",
        )
    if kind == "credential_type" and "inputs" in asked and found.get("inputs") != asked["inputs"]:
        users = [str(each["name"]) for each in api.listed("credentials", credential_type=found["id"])]
        if users:
            raise AwxError(
                f"AWX does not change the inputs of the credential type {asked['name']} while credentials use it: "
                f"delete the credentials {', '.join(users[:10])} in AWX, then run this again with their secrets",
                setting="definition.inputs",
            )


def _list(field: str, asked: t.Any, found: Object | None, path: str, resolver: Resolver, api: Api) -> RelatedList:
    there = list(api.listed(f"{path}/{found['id']}/{field}")) if found else []
    if field == "hosts":
        return Hosts(there, asked)
    return Credentials(there, {name: resolver.id_of("credential", name) for name in asked})
