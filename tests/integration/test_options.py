# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a playbook or role hands on to a module or callback is its option: name, type, choices and default."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.callback import wavefront
from ansible_collections.keyward.iam.plugins.modules import access_key_info, probe
from tools.checkout import ROOT

Options = dict[str, dict[str, Any]]
PLACE = {"profile": {"type": "str"}, "region": {"type": "str"}}
CALLBACK: Options = yaml.safe_load(wavefront.DOCUMENTATION)["options"]
PROBE: Options = {**probe.ARGUMENT_SPEC, **PLACE}
# Of the callback, the journal is the role's own: below its home.
NOT_OF_THE_HOST = {"api_token_file", "csp_api_token_file", "csp_client_secret_file", "journal_dir", "log_points"}


ROLES = ("awx", "bootstrap", "observe")


def specification(path: str, entry: str = "main") -> Options:
    options: Options = yaml.safe_load((ROOT / path / "meta/argument_specs.yml").read_text())["argument_specs"][entry][
        "options"
    ]
    return options


def facts(option: dict[str, Any], *, with_default: bool) -> dict[str, Any]:
    names = ("type", "elements", "choices", *(("default",) if with_default else ()))
    found = {name: option[name] for name in names if option.get(name) is not None}
    return {"type": "str", **found}


@pytest.mark.parametrize(
    ("entry", "prefix", "options", "own"),
    [
        (
            "collect",
            "keyward_",
            access_key_info.ARGUMENT_SPEC,
            {"keyward_hosts", "keyward_deliver", "keyward_table_rows", "keyward_report", "keyward_fail_on"},
        ),
        ("probe", "keyward_probe_", PROBE, {"keyward_hosts", "keyward_deliver"}),
    ],
)
def test_a_playbook_has_each_option_of_its_module(entry: str, prefix: str, options: Options, own: set[str]) -> None:
    variables = specification("playbooks", entry)
    assert variables.keys() - own == {prefix + name for name in options}
    for name, option in options.items():
        # The playbook does by default what the module leaves to its user.
        with_default = name != "packed"
        assert facts(variables[prefix + name], with_default=with_default) == facts(option, with_default=with_default)
    [play] = yaml.safe_load((ROOT / "playbooks" / f"{entry}.yml").read_text())
    tasks = next(task["block"] for task in play["tasks"] if "block" in task)
    [arguments] = [
        value for task in tasks for name, value in task.items() if name.endswith(("access_key_info", ".probe"))
    ]
    otherwise = {"packed": "true"}
    assert arguments == {name: f"{{{{ {prefix}{name} | default({otherwise.get(name, 'omit')}) }}}}" for name in options}


@pytest.mark.parametrize(
    ("prefix", "options"),
    [
        ("collector_keys_", access_key_info.ARGUMENT_SPEC),
        ("collector_probe_", PROBE),
        ("collector_wavefront_", CALLBACK),
    ],
)
def test_the_collector_hands_on_options_as_they_are(prefix: str, options: Options) -> None:
    own = {"collector_keys_every_minutes", "collector_keys_timeout", "collector_probe_every_minutes"}
    own |= {"collector_probe_timeout"}
    handed_on = {
        name.removeprefix(prefix): option
        for name, option in specification("roles/collector").items()
        if name.startswith(prefix) and name not in own
    }
    assert handed_on.keys() <= options.keys()
    if prefix == "collector_wavefront_":
        assert options.keys() - handed_on.keys() - NOT_OF_THE_HOST == {"job_tags"}
    for name, option in handed_on.items():
        expected = facts(options[name], with_default=False)
        if prefix == "collector_wavefront_":
            # The callback takes text, from variables of the environment, and checks what it means.
            expected["type"] = option["type"]
        assert facts(option, with_default=False) == expected, name


@pytest.mark.parametrize("role", ROLES)
def test_the_defaults_of_a_role_are_the_specified_ones(role: str) -> None:
    specified = {
        name: option["default"] for name, option in specification(f"roles/{role}").items() if "default" in option
    }
    defaults = yaml.safe_load((ROOT / "roles" / role / "defaults" / "main.yml").read_text())
    assert defaults == specified


PLAYBOOKS = ("collect", "probe", "journal", "deploy", "demo", "report")


def test_every_variable_that_a_playbook_or_role_reads_is_specified() -> None:
    known = {name for entry in PLAYBOOKS for name in specification("playbooks", entry)}
    known |= {name for role in ROLES for name in specification(f"roles/{role}")}
    # The files of roles are for other programs.
    files = [
        path
        for top in ("playbooks", "roles")
        for path in (ROOT / top).rglob("*")
        if path.suffix in {".yml", ".j2"} and path.parent.name != "files"
    ]
    read = {name for path in files for name in re.findall(r"(?<![_\w.])keyward_[a-z_]+\b", path.read_text())}
    assert {name for name in read - known if not name.endswith("_")} == set()
