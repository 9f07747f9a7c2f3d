# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The inventory that people copy for keyward.iam.deploy, held against the variables of the role."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tools.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible

pytestmark = pytest.mark.once

EXAMPLE = ROOT / "examples" / "ec2"
SPECS = ROOT / "roles" / "collector" / "meta" / "argument_specs.yml"


@pytest.fixture
def variables(ansible: Ansible) -> dict[str, Any]:
    """The host's, as templates that name others."""
    listed = ansible.command("ansible-inventory", "-i", str(EXAMPLE / "hosts.yml"), "--list")
    assert listed.code == 0, listed.output
    inventory = json.loads(listed.output)
    assert inventory["collectors"]["hosts"] == ["collector-1"]
    found: dict[str, Any] = inventory["_meta"]["hostvars"]["collector-1"]
    return found


def test_it_sets_variables_that_the_role_has(variables: dict[str, Any]) -> None:
    options = yaml.safe_load(SPECS.read_text())["argument_specs"]["main"]["options"]
    assert {name for name in variables if name.startswith("collector_")} - options.keys() == set()
    fields = options["collector_profiles"]["options"].keys()
    assert [profile for profile in variables["collector_profiles"] if profile.keys() - fields] == []


def test_the_secrets_are_in_the_vault_and_the_vault_has_nothing_else(variables: dict[str, Any]) -> None:
    vault = yaml.safe_load((EXAMPLE / "group_vars" / "collectors" / "vault.yml").read_text())
    settings = (EXAMPLE / "group_vars" / "collectors" / "settings.yml").read_text()
    assert [name for name in vault if f"{{{{ {name} }}}}" not in settings] == []
    assert [value for value in vault.values() if value in settings] == []
    assert vault.keys() <= variables.keys()


def test_the_inventory_of_ec2_has_the_group_that_is_deployed_to() -> None:
    found = yaml.safe_load((EXAMPLE / "collectors.aws_ec2.yml").read_text())
    assert (found["plugin"], found["groups"]) == ("amazon.aws.aws_ec2", {"collectors": True})


def test_the_commands_of_the_guide_work_with_an_encrypted_vault(ansible: Ansible, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "ec2")
    vault = tmp_path / "examples/ec2/group_vars/collectors/vault.yml"
    (tmp_path / "password").write_text("secret\n")
    closed = ansible.command(
        "ansible-vault", "encrypt", "--vault-password-file", str(tmp_path / "password"), str(vault)
    )
    assert closed.code == 0, closed.output

    guide = (ROOT / "docs" / "host.md").read_text()
    commands = re.findall(r"^ansible-playbook .*", guide, re.MULTILINE)
    assert [("collector_state=absent" in command) for command in commands] == [False, True]
    for command in commands:
        # Without a terminal, the password is read from the standard input.
        done = subprocess.run(
            [*shlex.split(command), "--list-hosts"],
            cwd=tmp_path,
            env=ansible.environment,
            input="secret\n",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert done.returncode == 0, done.stderr
        assert "collector-1" in done.stdout
