# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Reads the accounts of an AWS organization, with the organizational units that they are in, to any depth."""

from __future__ import annotations

import dataclasses
import fnmatch
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_MOST_PAGES = 10_000


@dataclasses.dataclass(frozen=True)
class Account:
    """
    ``ou_path`` is as in ``/Workloads/Production``, and ``/`` directly below the root. ``units`` are the ids and paths
    of all units that it is in, the root's among them.
    """

    id: str
    name: str
    status: str
    arn: str
    ou_path: str
    units: tuple[tuple[str, str], ...]
    tags: Mapping[str, str]

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1] if self.arn.count(":") > 1 else "aws"

    def as_json(self) -> dict[str, t.Any]:
        """As a cache keeps it."""
        return {**dataclasses.asdict(self), "units": [list(unit) for unit in self.units]}

    @classmethod
    def from_json(cls, stored: Mapping[str, t.Any]) -> Account:
        """Raises KeyError, TypeError or ValueError for what is no account."""
        values = {field.name: stored[field.name] for field in dataclasses.fields(cls)}
        values["units"] = tuple((str(unit_id), str(path)) for unit_id, path in stored["units"])
        values["tags"] = {str(key): str(value) for key, value in stored["tags"].items()}
        return cls(**values)


class Wanted(t.NamedTuple):
    """Which accounts are wanted. ``units`` are ids or paths, ``excluded`` ids or shell patterns of names."""

    units: Sequence[str] = ()
    statuses: Collection[str] = ("ACTIVE",)
    excluded: Sequence[str] = ()
    tags: Mapping[str, str] = {}


def read_accounts(client: t.Any) -> list[Account]:
    """All accounts of the organization. Raises what botocore raises."""
    accounts: list[Account] = []
    waiting: list[tuple[str, str, tuple[tuple[str, str], ...]]] = [
        (root["Id"], "/", ((root["Id"], "/"),)) for root in _pages(client.list_roots, "Roots")
    ]
    seen: set[str] = set()
    while waiting:
        parent, path, units = waiting.pop()
        if parent in seen:
            continue
        seen.add(parent)
        for unit in _pages(client.list_organizational_units_for_parent, "OrganizationalUnits", ParentId=parent):
            own_path = f"{path.rstrip('/')}/{unit['Name']}"
            waiting.append((unit["Id"], own_path, (*units, (unit["Id"], own_path))))
        for account in _pages(client.list_accounts_for_parent, "Accounts", ParentId=parent):
            tags = _pages(client.list_tags_for_resource, "Tags", ResourceId=account["Id"])
            accounts.append(
                Account(
                    account["Id"],
                    account.get("Name") or account["Id"],
                    account.get("State") or account.get("Status") or "",
                    account["Arn"],
                    path,
                    units,
                    {tag["Key"]: tag["Value"] for tag in tags},
                )
            )
    return sorted(accounts, key=lambda account: account.id)


def matching(accounts: Sequence[Account], wanted: Wanted) -> list[Account]:
    """Those that are wanted. Raises UserError for a unit that no account is in."""
    units = [_Unit.of(name) for name in wanted.units]
    for unit in units:
        if not any(unit.holds(account) for account in accounts):
            raise UserError(
                "UnknownUnit", f"no account is in the organizational unit {unit.name}: correct organizational_units"
            )
    return [
        account
        for account in accounts
        if account.status in wanted.statuses
        and (not units or any(unit.holds(account) for unit in units))
        and not any(_matches(account, pattern) for pattern in wanted.excluded)
        and all(fnmatch.fnmatchcase(account.tags.get(key, ""), value) for key, value in wanted.tags.items())
        and wanted.tags.keys() <= account.tags.keys()
    ]


def host_names(accounts: Iterable[Account], by: str) -> dict[str, str]:
    """A name for each account id. Where accounts have the same name, their ids tell them apart."""
    accounts = list(accounts)
    if by == "id":
        return {account.id: account.id for account in accounts}
    names = Counter(account.name for account in accounts)
    return {
        account.id: account.name if names[account.name] == 1 else f"{account.name}-{account.id}" for account in accounts
    }


class _Unit(t.NamedTuple):
    name: str
    path: str

    @classmethod
    def of(cls, name: str) -> _Unit:
        return cls(name, "/" + name.strip("/"))

    def holds(self, account: Account) -> bool:
        return any(self.name == unit_id or self.path == path for unit_id, path in account.units)


def _matches(account: Account, pattern: str) -> bool:
    return account.id == pattern or fnmatch.fnmatchcase(account.name, pattern)


def _pages(call: t.Callable[..., Mapping[str, t.Any]], name: str, **parameters: t.Any) -> Iterator[dict[str, t.Any]]:
    """The items of all pages: one without items may still say that there are more."""
    tokens: set[str] = set()
    while len(tokens) < _MOST_PAGES:
        page = call(**parameters)
        yield from page.get(name) or ()
        token = page.get("NextToken")
        if not token:
            return
        if token in tokens:
            break
        tokens.add(token)
        parameters["NextToken"] = token
    raise UserError("EndlessPages", f"the pages of {name} do not end: check endpoint_url")
