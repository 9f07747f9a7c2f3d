# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What of the example project and of the execution environment can be seen before a job runs."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tools.checkout import ROOT

from .conftest import PROJECT

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible

pytestmark = pytest.mark.once

# By these AWX finds out what it offers for job templates and for sources of inventories.
A_PLAYBOOK = re.compile(r"\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):")
INVENTORIES = ["accounts.ini", "accounts.keyward_organization.yml", "localhost.ini"]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def test_awx_offers_its_playbooks_and_inventories() -> None:
    playbooks = [
        path.name for path in PROJECT.glob("*.yml") if any(map(A_PLAYBOOK.match, path.read_text().splitlines()))
    ]
    assert sorted(playbooks) == ["collect.yml", "journal.yml", "probe.yml"]
    inventories = list((PROJECT / "inventories").iterdir())
    assert sorted(path.name for path in inventories) == INVENTORIES
    # To AWX a file is an inventory or a playbook.
    assert not any(map(A_PLAYBOOK.match, (line for path in inventories for line in path.read_text().splitlines())))


def test_it_asks_for_the_collections_that_this_one_needs() -> None:
    galaxy = read(ROOT / "galaxy.yml")
    asked = {
        entry["name"]: entry["version"] for entry in read(PROJECT / "collections" / "requirements.yml")["collections"]
    }
    assert asked == {**galaxy["dependencies"], "keyward.iam": f">={galaxy['version']},<1.0.0"}


def test_the_context_of_the_execution_environment_holds_all_that_it_needs(ansible: Ansible, tmp_path: Path) -> None:
    definition = ROOT / "examples" / "execution-environment.yml"
    where = ("--context", str(tmp_path), "--output-filename", "Containerfile")
    created = ansible.command("ansible-builder", "create", "--file", str(definition), *where)
    assert created.code == 0, created.output

    containerfile = (tmp_path / "Containerfile").read_text()
    assert "ansible-galaxy collection install" in containerfile
    assert read(tmp_path / "_build" / "requirements.yml") == read(PROJECT / "collections" / "requirements.yml")
    for wanted in ("quay.io/centos/centos:stream9", "ansible-core>=2.20,<2.22", "ansible-runner>=2.4,<3", "python3.12"):
        assert wanted in containerfile

    # What the build does once the collections are installed.
    spec = find_spec("ansible_collections")
    assert spec
    assert spec.submodule_search_locations
    collections = Path(next(iter(spec.submodule_search_locations))).parent
    pip, bindep = tmp_path / "requirements.txt", tmp_path / "bindep.txt"
    script = tmp_path / "_build" / "scripts" / "introspect.py"
    asked = ("introspect", str(collections), "--write-pip", str(pip), "--write-bindep", str(bindep))
    introspected = ansible.command(sys.executable, str(script), *asked)
    assert introspected.code == 0, introspected.output
    assert _of_ours(pip) == {"boto3", "requests", "opentelemetry-proto", "prometheus-client"}
    assert {"ca-certificates", "openssh-clients"} <= _of_ours(bindep)


def _of_ours(requirements: Path) -> set[str]:
    lines = requirements.read_text().splitlines()
    return {line.split()[0] for line in lines if line.endswith("# from collection keyward.iam")}
