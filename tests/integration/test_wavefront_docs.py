# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Holds the documentation of the modules for Wavefront's REST API and what they really take and return together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.callback import wavefront
from ansible_collections.keyward.iam.plugins.doc_fragments import _delivery, _wavefront
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.module import ACCESS_SPEC
from ansible_collections.keyward.iam.plugins.modules import wavefront_alert, wavefront_dashboard
from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from types import ModuleType

    from testbed.drivers.runs import Ansible

# What Ansible itself adds to every result.
ANSIBLES_OWN = {"changed", "diff", "invocation", "warnings"}
MODULES = (wavefront_alert, wavefront_dashboard)


def merged(*texts: str) -> dict[str, dict[str, Any]]:
    """The options of documentation and its fragments, as Ansible merges them."""
    options: dict[str, dict[str, Any]] = {}
    for text in texts:
        for name, about in yaml.safe_load(text)["options"].items():
            options[name] = {**options.get(name, {}), **about}
    return options


ACCESS = _wavefront.ModuleDocFragment.DOCUMENTATION
SHARED = merged(ACCESS, _wavefront.ModuleDocFragment.MODULES)

GIVEN = {
    "wavefront_alert": {
        "name": "a",
        "definition": {"condition": "ts(a) > 1", "minutes": 5, "severity": "INFO"},
    },
    "wavefront_dashboard": {
        "id": "a",
        "definition": {"name": "a", "sections": [{"name": "b", "rows": [{"charts": []}]}]},
    },
}


@pytest.mark.parametrize("module", MODULES)
def test_what_is_returned_is_documented_and_what_is_documented_is_returned(
    ansible: Ansible, module: ModuleType
) -> None:
    name = module.__name__.rpartition(".")[2]
    with WavefrontTenant("a-token") as tenant:
        result = ansible.module(name, {"url": tenant.url, "api_token": "a-token", **GIVEN[name]})
    returned = yaml.safe_load(module.RETURN)
    assert result.keys() - ANSIBLES_OWN == returned.keys()
    assert all(entry["type"] == "str" and isinstance(result[field], str) for field, entry in returned.items())


@pytest.mark.parametrize("module", MODULES)
def test_options_are_the_documented_ones(module: ModuleType) -> None:
    options = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert _facts(options) == _facts(module.ARGUMENT_SPEC)
    assert _facts(SHARED) == _facts(ACCESS_SPEC)


def test_access_is_given_as_to_the_callback() -> None:
    """By the same names, kinds and defaults, but for the address, without which a callback stays out of the way."""
    fragment = _delivery.ModuleDocFragment
    callback = merged(fragment.DOCUMENTATION, fragment.TLS, ACCESS, wavefront.DOCUMENTATION)
    shared = {name: option for name, option in SHARED.items() if name != "url"}
    assert _facts(shared) == _facts({name: callback[name] for name in shared})


def _facts(options: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    fields = ("type", "default", "required", "choices", "elements")
    return {name: tuple(option.get(field) for field in fields) for name, option in options.items()}
