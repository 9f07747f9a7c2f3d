# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Holds the documentation of what sets up AWX and what it really takes and returns together."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from ansible_collections.keyward.iam.plugins.modules import awx_object
from ansible_collections.keyward.iam.plugins.plugin_utils._variables import specifications
from testbed.fakes.awx import Awx
from tools.checkout import ROOT

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible

OPTIONS: dict[str, Any] = yaml.safe_load(awx_object.DOCUMENTATION)["options"]
# What Ansible itself adds to every result.
ANSIBLES_OWN = {"changed", "diff", "invocation", "warnings"}


def test_what_is_returned_is_documented_and_secrets_are_not_returned(ansible: Ansible) -> None:
    secrets: dict[str, Any] = {"password": "a-password", "secret_inputs": {"api_token": "a-secret"}}
    with Awx() as awx:
        awx.user = ("admin", secrets["password"])
        given = {"url": awx.url, "username": "admin", "kind": "organization", "name": "Security", **secrets}
        made = ansible.module("awx_object", given, diff=True)
        removed = ansible.module("awx_object", {**given, "state": "absent"}, diff=True)
    returned = yaml.safe_load(awx_object.RETURN)
    assert made.keys() - ANSIBLES_OWN == returned.keys()
    assert (removed["changed"], removed["diff"]["before"]) == (True, {"id": made["id"], "name": "Security"})
    assert not [secret for secret in ("a-password", "a-secret") if secret in json.dumps([made, removed])]


def test_options_are_the_documented_ones() -> None:
    assert _facts(OPTIONS) == _facts(awx_object.ARGUMENT_SPEC)
    assert HttpOptions._fields[:3] == ("timeout", "validate_certs", "ca_path")


def test_what_lets_it_in_is_given_once(ansible: Ansible) -> None:
    given = {"url": "https://awx.example.com", "kind": "organization", "name": "Security"}
    for access, sentence in (
        (
            {},
            "set token (CONTROLLER_OAUTH_TOKEN), or username (CONTROLLER_USERNAME) and password (CONTRO",
        ),
        (
            {"token": "a-token", "username": "me", "password": "a-password"},
            "token and username are mutually exclusive",
        ),
        ({"username": "me"}, "nothing to authenticate with"),
    ):
        assert sentence in ansible.module("awx_object", {**given, **access})["msg"]


def test_the_variables_of_the_guide_exist() -> None:
    guide = set(re.findall(r"\bkeyward_\w+", (ROOT / "docs" / "awx.md").read_text()))
    assert guide - specifications.known_names() == set()


def _facts(options: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    fields = ("type", "default", "required", "choices", "elements")
    return {name: tuple(option.get(field) for field in fields) for name, option in options.items()}
