# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Holds the documentation of modules and what they really return together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.modules import access_key_info
from testbed.fakes.aws import Key
from testbed.fakes.aws.entities import OtherCredential
from testbed.fakes.aws.operations.other_credentials import all_users_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account

# What Ansible itself adds to every result.
ANSIBLES_OWN = {"failed", "invocation", "msg", "warnings", "deprecations", "changed"}


def documented(returned: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, entry in returned.items():
        yield prefix + name
        yield from documented(entry.get("contains", {}), f"{prefix}{name}.")


def observed(value: Any, prefix: str = "") -> Iterator[str]:
    """The path of every field; the fields of all items of a list together."""
    if isinstance(value, list):
        for item in value:
            yield from observed(item, prefix)
    elif isinstance(value, dict):
        for name, field in value.items():
            yield prefix + name
            yield from observed(field, f"{prefix}{name}.")


@pytest.fixture
def result(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> dict[str, Any]:
    """A result in which everything happens: root keys, use, exemption, other credentials, failure."""
    tags = {"exempt": "2001-01-31", "exempt-reason": "contract", "team": "payments"}
    keys = [Key(age_days=200, last_used_days=3), Key(age_days=150, status="Inactive", changed_days=41)]
    alice = account.add_user("alice", keys=keys, tags=tags, password_age_days=9, password_last_used_days=1)
    alice.certificates.append(OtherCredential("TA7SMP42TDN5Z26OBPJE7EXAMPLE", account.days_ago(3)))
    expires = account.days_ago(-3)
    alice.service_credentials.append(OtherCredential("ACCAEXAMPLE", account.days_ago(3), service="s", expires=expires))
    account.add_root_key(Key(age_days=900))
    account.report.generate()
    profiles(one=account)
    options = {
        "profiles": ["one", "missing"],
        "age_rules": [{"users": ["alice"], "max_age_days": 90}],
        "exempt_tag": "exempt",
        "user_tags": ["team"],
        "credentials": ["password", "signing_certificate", "service_specific"],
    }
    packed = ansible.module("access_key_info", {**options, "packed": True})["packed"]
    return {**ansible.module("access_key_info", options), "packed": packed}


def test_what_is_returned_is_documented_and_what_is_documented_is_returned(result: dict[str, Any]) -> None:
    returned = yaml.safe_load(access_key_info.RETURN)
    # The tags of a user have names of their own.
    fields = {path for path in observed(result) if path.partition(".")[0] not in ANSIBLES_OWN}
    unknown = set() if all_users_known() else {"credentials.expiration_date"}
    assert fields - {"access_keys.tags.team"} == set(documented(returned)) - unknown


def test_documented_types_are_those_returned(result: dict[str, Any]) -> None:
    kinds = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}

    def check(contains: dict[str, Any], value: dict[str, Any]) -> None:
        for name, entry in contains.items():
            found = value.get(name)
            if found is None:
                continue
            assert isinstance(found, kinds[entry["type"]]), name
            assert isinstance(found, bool) is (entry["type"] == "bool"), name
            items: list[Any] = found if isinstance(found, list) else [found]
            for item in items:
                check(entry.get("contains", {}), item)

    check(yaml.safe_load(access_key_info.RETURN), result)


def test_options_have_the_documented_defaults() -> None:
    options = yaml.safe_load(access_key_info.DOCUMENTATION)["options"]
    assert {name: option.get("default") for name, option in options.items()} == {
        name: option.get("default") for name, option in access_key_info.ARGUMENT_SPEC.items()
    }
