# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the documents tell to type or to write into a file is what the collection takes, block by block."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
import subprocess
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.keyward.iam.plugins.plugin_utils._variables import specifications
from testbed.drivers.runs import COMMANDS
from tools.checkout import ROOT

from .papers import PAPERS, blocks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .papers import Block

pytestmark = pytest.mark.once

PROGRAMS = {".", "ansible-builder", "ansible-inventory", "aws", "cd", "pip", "promtool", "python", "python3", "sudo"}
PROGRAMS |= {"unset"}
"""Of others, or with a test of their own."""

FOREIGN_VARIABLES = {"ANSIBLE_CALLBACKS_ENABLED", "CONTROLLER_OAUTH_TOKEN", "GRAFANA_URL", "GRAFANA_API_TOKEN_FILE"}
FOREIGN_VARIABLES |= {"WAVEFRONT_URL", "WAVEFRONT_API_TOKEN"}
"""Of Ansible, and fallbacks in the argument specifications of modules."""


BLOCKS = [block for paper in PAPERS for block in blocks_of(paper)]


def _of(*languages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", [block for block in BLOCKS if block.language in languages], ids=str)


def test_there_is_a_check_for_each_language() -> None:
    # The diagram is drawn where the site is built.
    assert {block.language for block in BLOCKS} == {"ini", "json", "mermaid", "python", "shell", "text", "yaml"}


@_of("json")
def test_json_is_json(block: Block) -> None:
    assert json.loads(block.text)


@_of("python")
def test_python_is_python(block: Block) -> None:
    assert ast.parse(block.text).body


@_of("shell")
def test_commands_are_known_and_take_what_they_are_given(block: Block) -> None:
    commands = [shlex.split(line) for line in block.text.replace("\\\n", " ").splitlines()]
    assert commands
    for program, *arguments in commands:
        if program == "ansible-playbook":
            _check_playbook(arguments, block)
        elif program == "ansible-galaxy":
            assert arguments[:2] in (["collection", "build"], ["collection", "install"])
        elif program == "make":
            assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        elif program == "export":
            assert arguments[0].partition("=")[0] in _environment() | FOREIGN_VARIABLES
        elif program.startswith("ANSIBLE_LOAD_CALLBACK_PLUGINS="):
            _check_ad_hoc(arguments)
        else:
            assert program.rpartition("/")[2] in PROGRAMS


def _check_playbook(arguments: list[str], block: Block) -> None:
    [name] = [each.rpartition(".")[2] for each in arguments if each.startswith("keyward.iam.")]
    assert (ROOT / "playbooks" / f"{name}.yml").exists()
    given: dict[str, Any] = {}
    for option, value in pairwise(arguments):
        if option == "-e":
            given |= _extra_variables(value, block)
        if option == "-i" and "/" in value:
            assert (ROOT / value).exists()
    _check_variables(given, _options_of(name))


def _extra_variables(value: str, block: Block) -> dict[str, Any]:
    if value.startswith("@"):
        assert any(value[1:] in (ROOT / paper).read_text() for paper in ("docs/awx.md", block.paper))
        return {}
    if value.startswith("{"):
        return dict(json.loads(value))
    name, _equals, text = value.partition("=")
    return {name: text}


def _options_of(playbook: str) -> Mapping[str, Mapping[str, Any]]:
    of_role = {"deploy": "collector", "bootstrap": "bootstrap", "observe": "observe", "awx": "awx"}
    own = specifications.of_playbook(playbook)
    if playbook == "report":
        own = {**own, **specifications.of_playbook("collect")}
    return {**own, **(specifications.of_role(of_role[playbook]) if playbook in of_role else {})}


def _check_variables(given: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]]) -> None:
    assert [name for name in given if name not in options] == []
    wanted = {name: {**options[name], "required": False} for name in given}
    assert ArgumentSpecValidator(wanted).validate(given, validate_role_argument_spec=True).error_messages == []


def _check_ad_hoc(arguments: list[str]) -> None:
    module = arguments[arguments.index("-m") + 1]
    options = _documentation("module", module)["options"]
    given = [each.partition("=")[0] for each in arguments[arguments.index("-a") + 1].split()]
    assert given
    assert [name for name in given if name not in options] == []


@_of("yaml")
def test_variables_are_known_and_of_their_type(block: Block) -> None:
    document = yaml.safe_load(block.text)
    if isinstance(document, list):
        roles = [role for play in document for role in play["roles"]]
        for role in roles:
            _check_variables(role["vars"], specifications.of_role(role["role"].rpartition(".")[2]))
        assert roles
    elif "plugin" in document:
        assert set(document) <= set(_documentation("inventory", document["plugin"])["options"])
    else:
        playbook = "awx" if any(name.startswith("keyward_awx_") for name in document) else "collect"
        options = {**_options_of(playbook), **_options_of("awx"), **_options_of("deploy")}
        _check_variables(document, options)


@_of("ini")
def test_settings_are_those_of_a_callback_or_of_aws(block: Block) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(block.text if block.text.startswith("[") else f"[defaults]\n{block.text}")
    for section in parser.sections():
        if section.startswith("callback_"):
            options = _documentation("callback", f"keyward.iam.{section.removeprefix('callback_')}")["options"]
            known = {entry["key"] for option in options.values() for entry in option.get("ini", [])}
            assert set(parser[section]) <= known
        elif section == "defaults":
            assert list(parser[section]) == ["callbacks_enabled"]
        else:
            # The accounts that the guide sets up are collected from by a test of their own.
            assert section.startswith("profile ")


@_of("text")
def test_output_is_that_of_a_run(block: Block) -> None:
    """That of the README and of the guide for moving is compared with runs; what others show is part of it."""
    if block.paper not in {"README.md", "docs/moving.md"}:
        readme = (ROOT / "README.md").read_text()
        assert [line for line in block.text.splitlines() if line not in readme] == []


@cache
def _documentation(kind: str, name: str) -> dict[str, Any]:
    command = [str(COMMANDS / "ansible-doc"), "--json", "--type", kind, name]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(output[output.index("{") :])[name]["doc"]
    return found


@cache
def _environment() -> set[str]:
    callbacks = [_documentation("callback", f"keyward.iam.{name}") for name in ("wavefront", "otlp", "prometheus")]
    options = [option for callback in callbacks for option in callback["options"].values()]
    return {entry["name"] for option in options for entry in option.get("env", [])}
