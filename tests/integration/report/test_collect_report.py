# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The report and the verdict of the playbook keyward.iam.collect."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver


@pytest.fixture(autouse=True)
def _shipping(ansible: Ansible, wavefront: WavefrontReceiver) -> None:
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )


def test_one_report_of_all_hosts_with_those_that_failed(
    aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None], tmp_path: Path
) -> None:
    good, bad = aws.account("111122223333"), aws.account("444455556666")
    good.add_user("alice", keys=[Key(age_days=209)])
    bad.deny("ListUsers")
    profiles(good=good, bad=bad)
    inventory = tmp_path / "hosts.ini"
    local = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
    inventory.write_text(
        f"one {local} keyward_profiles='[\"bad\"]'\ntwo {local} keyward_profiles='[\"good\"]'\n"
        "three ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh\n"
    )
    page, document = tmp_path / "keys.html", tmp_path / "keys.json"
    run = ansible.playbook(
        "keyward.iam.collect",
        *("-i", str(inventory)),
        keyward_hosts="all",
        keyward_report=[str(page), str(document)],
        keyward_fail_on="expired",
    )
    assert run.code != 0
    report = json.loads(document.read_text())
    assert {(failure["what"], failure["name"]) for failure in report["failures"]} == {
        ("profile", "bad"),
        ("host", "three"),
    }
    assert [key["user_name"] for key in report["access_keys"]] == ["alice"]
    assert "alice" in page.read_text()


@pytest.mark.once
@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_hosts_that_do_not_wait_for_each_other_are_in_one_report(
    aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None], tmp_path: Path, strategy: str
) -> None:
    quick, slow = aws.account("111122223333"), aws.account("444455556666")
    quick.add_user("alice", keys=[Key(age_days=209)])
    slow.add_user("bob", keys=[Key(age_days=1)])
    aws.faults.delay("ListUsers", 2.0, account="444455556666")
    profiles(quick=quick, slow=slow)
    inventory, document = tmp_path / "hosts.ini", tmp_path / "keys.json"
    local = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
    inventory.write_text(
        f"one {local} keyward_profiles='[\"quick\"]'\ntwo {local} keyward_profiles='[\"slow\"]'\n"
        "three ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh\n"
    )
    ansible.set(ANSIBLE_STRATEGY=strategy)
    run = ansible.playbook(
        "keyward.iam.collect", "-i", str(inventory), keyward_hosts="all", keyward_report=str(document)
    )
    assert run.code == 4, run.output
    report = json.loads(document.read_text())
    assert {key["user_name"] for key in report["access_keys"]} == {"alice", "bob"}
    assert {(failure["what"], failure["name"]) for failure in report["failures"]} == {("host", "three")}


@pytest.mark.parametrize(
    ("accepted", "code", "sentence"),
    [
        ("none", 0, ""),
        ("expired", 2, "1 access key is expired, which keyward_fail_on=expired does not accept."),
        ("expiring", 2, "3 access keys are expired or expiring, which keyward_fail_on=expiring does not accept."),
    ],
)
def test_the_verdict_comes_after_report_and_delivery(
    aws: AwsEndpoint,
    ansible: Ansible,
    wavefront: WavefrontReceiver,
    profiles: Callable[..., None],
    tmp_path: Path,
    accepted: str,
    code: int,
    sentence: str,
) -> None:
    account = aws.account("111122223333")
    account.add_user("alice", keys=[Key(age_days=209), Key(age_days=300, status="Inactive")])
    account.add_user("bob", keys=[Key(age_days=160), Key(age_days=170)])
    profiles(production=account)
    page = tmp_path / "keys.html"
    wanted = {
        "keyward_profiles": ["*"],
        "keyward_report": str(page),
        "keyward_fail_on": accepted,
        "keyward_table_rows": 1,
    }
    run = ansible.playbook("keyward.iam.report", **wanted)
    assert run.code == code, run.output
    assert sentence in run
    assert f"Not shown: 2 expiring, 1 other. The report has all keys: {page}" in run
    assert "alice" in page.read_text()
    assert len(wavefront.points_of("aws.iam.accessKey")) == 4


def test_the_playbook_report_needs_a_path(ansible: Ansible) -> None:
    run = ansible.playbook("keyward.iam.report")
    assert run.code == 2
    assert "Set keyward_report." in run
