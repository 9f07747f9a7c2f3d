# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the report is made of: the results that the modules returned, by host."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import access_keys_of
from ansible_collections.keyward.iam.plugins.module_utils._common.text import printable

Result = t.Mapping[str, t.Any]

REGISTERED = ("__keyward_collected", "__keyward_probed")
"""The variables in which keyward.iam.collect and keyward.iam.probe register their results."""


@dataclasses.dataclass(frozen=True)
class HostResult:
    """A result of one of the modules, or what a task said instead of one. C(host) is empty where it is not known."""

    host: str
    result: Result


def registered(hostvars: t.Mapping[str, t.Mapping[str, t.Any]], hosts: t.Iterable[str]) -> list[HostResult]:
    """
    The results of a play's hosts.

    A host of which another gave a result but which gave none itself is in it as a failure: it was not reached.
    """
    found = {host: [result for name in REGISTERED if (result := _result(hostvars, host, name))] for host in hosts}
    if not any(found.values()):
        return []
    missing = {"msg": "The host gave no result: it could not be reached, or failed before its access keys were read."}
    return [HostResult(host, result) for host, results in found.items() for result in results or [missing]]


def _result(hostvars: t.Mapping[str, t.Mapping[str, t.Any]], host: str, name: str) -> Result | None:
    result = hostvars[host].get(name) if host in hostvars else None
    return None if not isinstance(result, t.Mapping) or result.get("skipped") else result


def holds_access_keys(result: Result) -> bool:
    return "access_keys" in result and "profiles" in result


def holds_probe(result: Result) -> bool:
    return "steps" in result


def unpacked(result: Result) -> Result:
    """The same result with all of its access keys in their list. One that cannot be read is a failure."""
    if not result.get("packed"):
        return result
    try:
        keys = access_keys_of(result)
    except ValueError as error:
        return {"msg": f"The access keys could not be read: {error}"}
    return {name: value for name, value in result.items() if name != "packed"} | {"access_keys": keys}


def printable_result(value: t.Any) -> t.Any:
    """The same result with every text in it as it may be shown to people."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else printable(value)
    if isinstance(value, t.Mapping):
        return {printable_result(name): printable_result(each) for name, each in value.items()}
    return [printable_result(each) for each in value] if isinstance(value, (list, tuple)) else value
