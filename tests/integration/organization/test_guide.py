# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The guide for a whole organization, and the inventory of the project for AWX, as they stand there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from testbed.fakes.aws import Key
from tools.checkout import ROOT

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

pytestmark = pytest.mark.once

GUIDE = (ROOT / "docs" / "organization.md").read_text()
STACK_SET, GRAPH, RUN, ROLES = re.findall(r"^```shell\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL)
[INVENTORY] = re.findall(r"^```yaml\n(.*?)```", GUIDE, re.MULTILINE | re.DOTALL)
EXAMPLE = ROOT / "examples" / "awx-project" / "inventories" / "accounts.keyward_organization.yml"
MANAGEMENT, MEMBERS = "111122223333", {"444455556666": "shop", "777788889999": "archive"}
[COLLECTOR] = re.findall(r"ParameterKey=TrustedArn,ParameterValue=(\S+)", STACK_SET)
[EXTERNAL_ID] = re.findall(r"ParameterKey=ExternalId,ParameterValue=(\S+)", STACK_SET)


@pytest.fixture
def organization(aws: AwsEndpoint, ansible: Ansible) -> str:
    """
    The accounts with the role of the guide, the profile of its inventory, and the collector's credentials in the
    environment. Returns the directory of the inventory.
    """
    management = aws.account(MANAGEMENT)
    collector = management.add_user(COLLECTOR.rpartition("/")[2], keys=[Key(age_days=20)])
    for number, name in {MANAGEMENT: "security", **MEMBERS}.items():
        aws.organization.add_account(number, name)
        account = aws.account(number)
        account.add_user(f"user-of-{number}", keys=[Key(age_days=209)])
        account.report.generate()
        condition = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
        statement = {"Effect": "Allow", "Principal": {"AWS": COLLECTOR}, "Action": "sts:AssumeRole"}
        account.add_role("keyward-collector", trust=json.dumps({"Statement": [{**statement, "Condition": condition}]}))
    (ansible.home / ".aws").mkdir()
    (ansible.home / ".aws" / "credentials").write_text(management.admin_credentials.profile("management"))
    (ansible.home / "accounts.keyward_organization.yml").write_text(INVENTORY)
    ansible.set(AWS_ENDPOINT_URL=aws.url, **collector.key().credentials.environment())
    return str(ansible.home)


@pytest.mark.usefixtures("organization")
def test_the_commands_for_an_organization(ansible: Ansible, wavefront: WavefrontReceiver) -> None:
    hosts = ["security", *MEMBERS.values()]
    graph = ansible.command("bash", "-ec", GRAPH)
    assert graph.code == 0, graph.output
    assert all(f"--{name}" in graph for name in hosts)

    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )
    run = ansible.command("bash", "-ec", RUN)
    assert run.code == 0, run.output
    assert len(wavefront.points_of("aws.iam.accessKey")) == len(hosts) + 1
    page = (ansible.home / "keys.html").read_text()
    assert all(f"user-of-{number}" in page for number in (MANAGEMENT, *MEMBERS))

    run = ansible.command("bash", "-ec", ROLES)
    assert run.code == 0, run.output
    assert "user-of-444455556666" in run


@pytest.mark.usefixtures("organization")
def test_the_inventory_of_the_project_for_awx(ansible: Ansible, aws: AwsEndpoint) -> None:
    """AWX gives the source of an inventory the credential in the environment."""
    ansible.set(**aws.account(MANAGEMENT).admin_credentials.environment())
    listed = ansible.command("ansible-inventory", "-i", str(EXAMPLE), "--list")
    assert listed.code == 0, listed.output
    hosts = json.loads(listed.output[listed.output.index("{") :])["_meta"]["hostvars"]
    assert set(hosts) == {"security", *MEMBERS.values()}


def test_both_inventories_name_the_role_of_the_templates() -> None:
    example, guide = yaml.safe_load(EXAMPLE.read_text()), yaml.safe_load(INVENTORY)
    template = yaml.safe_load((ROOT / "examples" / "organization" / "collector-role.yml").read_text())
    role = template["Parameters"]["RoleName"]["Default"]
    assert (example["role_name"], guide["role_name"]) == (role, role)
    assert (example["external_id"], guide["external_id"]) == (EXTERNAL_ID, EXTERNAL_ID)
