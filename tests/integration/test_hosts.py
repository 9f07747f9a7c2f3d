# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where Ansible would skip a play without hosts and be green, the run fails, and says what to correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible

NO_HOST = "matches no host: correct it, or the inventory"
PLAYBOOKS = ["collect", "probe", "report", "deploy"]
SLICE = {"awx_workflow_job_name": "Collect", "awx_job_template_name": "Collect"}


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("hosts", ["nohost", "acc*", "all:!one", "", [], ["two", "three"]])
def test_a_pattern_without_hosts_fails(ansible: Ansible, playbook: str, hosts: Any) -> None:
    run = ansible.playbook(f"keyward.iam.{playbook}", "-i", "one,", keyward_hosts=hosts)
    pattern = ",".join(hosts) if isinstance(hosts, list) else hosts
    assert f"keyward_hosts ({pattern}) {NO_HOST}" in run
    assert run.code != 0


def test_a_host_that_is_to_be_set_up_has_to_be_in_the_inventory(ansible: Ansible) -> None:
    run = ansible.playbook("keyward.iam.deploy", "-i", "one,")
    assert f"keyward_hosts (collectors) {NO_HOST}" in run
    assert run.code != 0


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("hosts", ["one", "o*", "all", ["one", "three"], "localhost", "{{ groups['all'][0] }}"])
def test_a_pattern_with_hosts_goes_on(ansible: Ansible, playbook: str, hosts: Any) -> None:
    run = ansible.playbook(f"keyward.iam.{playbook}", "-i", "one,", "-c", "local", "--list-hosts", keyward_hosts=hosts)
    assert "hosts (1)" in run
    assert NO_HOST not in run
    assert run.code == 0


def test_a_slice_of_a_job_may_have_no_host(ansible: Ansible) -> None:
    run = ansible.playbook("keyward.iam.collect", "-i", "one,", keyward_hosts="accounts", **SLICE)
    assert run.code == 0
    assert "no hosts matched" in run


def test_a_check_of_the_syntax_needs_no_inventory(ansible: Ansible) -> None:
    run = ansible.playbook("keyward.iam.deploy", "--syntax-check")
    assert run.code == 0, run.output
