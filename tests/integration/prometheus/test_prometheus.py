# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The callback prometheus in real runs, before the real node_exporter, Pushgateway and Prometheus."""

from __future__ import annotations

import json
import re
import shutil
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.programs import free_address, get, serving
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.aws import Account

PROGRAMS = ("prometheus", "prometheus-node-exporter", "prometheus-pushgateway")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
COLLECT = "keyward.iam.collect"

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(bool(MISSING), reason=f"Debian's packages {', '.join(MISSING)} are not installed"),
]


@pytest.fixture
def textfiles(tmp_path: Path) -> Path:
    directory = tmp_path / "textfiles"
    directory.mkdir()
    return directory


@pytest.fixture
def node_exporter(textfiles: Path, tmp_path: Path) -> Iterator[str]:
    address = free_address()
    command = [
        "prometheus-node-exporter",
        f"--web.listen-address={address}",
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={textfiles}",
    ]
    with serving(f"http://{address}/metrics", *command, cwd=tmp_path):
        yield address


@pytest.fixture
def guarded_pushgateway(tmp_path: Path) -> Iterator[str]:
    """It knows one user, whose password is kept as bcrypt has it."""
    users = {"keyward": "$2b$04$nSvtiT4get/ITzffZbSW3ulcYsqiYyT0d.nUd49zxDtWJUPoU4SyO"}
    (tmp_path / "web.yml").write_text(json.dumps({"basic_auth_users": users}), encoding="utf-8")
    address = free_address()
    options = [f"--web.listen-address={address}", "--persistence.file=", f"--web.config.file={tmp_path / 'web.yml'}"]
    with serving(f"http://{address}/-/ready", "prometheus-pushgateway", *options, cwd=tmp_path):
        yield address


@pytest.fixture
def prometheus(node_exporter: str, pushgateway: str, tmp_path: Path) -> Iterator[str]:
    configuration = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [
            {"job_name": "node", "static_configs": [{"targets": [node_exporter]}]},
            {
                "job_name": "push",
                "honor_labels": True,
                "static_configs": [{"targets": [pushgateway.removeprefix("http://")]}],
            },
        ],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(configuration), encoding="utf-8")
    address = free_address()
    command = [
        "prometheus",
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address={address}",
    ]
    with serving(f"http://{address}/-/ready", *command, cwd=tmp_path):
        yield f"http://{address}"


@pytest.fixture
def exporting(
    ansible: Ansible, account: Account, profiles: Callable[..., None], textfiles: Path, pushgateway: str
) -> Ansible:
    account.add_user("alice", keys=[Key(age_days=209.5), Key(age_days=3.5, status="Inactive")])
    account.report.generate()
    profiles(production=account)
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.prometheus",
        KEYWARD_TEXTFILE_DIR=str(textfiles),
        KEYWARD_PUSHGATEWAY_URL=pushgateway,
        KEYWARD_PROMETHEUS_DEADLINE="5",
    )
    return ansible


class Query:
    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, expression: str) -> list[dict[str, Any]]:
        """Label sets with their values."""
        answer = get(f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
        return [
            {**found["metric"], "value": float(found["value"][1])} for found in json.loads(answer)["data"]["result"]
        ]


def collect(ansible: Ansible, **variables: Any) -> Run:
    return ansible.playbook(COLLECT, keyward_profiles=["production"], **variables)


def test_every_series_of_a_run_is_found_by_both_ways(
    exporting: Ansible, account: Account, prometheus: str, textfiles: Path
) -> None:
    run = collect(exporting)
    assert run.code == 0, run.output
    assert "prometheus: " in run.output
    query = Query(prometheus)
    wanted = {209: "Active", 3: "Inactive"}

    def ages(job: str) -> dict[float, str]:
        found = query(f'aws_iam_access_key_age_days{{job="{job}",name="alice"}}')
        return {sample["value"]: sample["status"] for sample in found}

    wait_until(lambda: ages("node") == ages("collect") == wanted, pause=0.2)
    assert query('node_textfile_scrape_error{job="node"}')[0]["value"] == 0
    names = {
        line.split("{")[0]
        for line in (textfiles / "keyward_collect.prom").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    assert len(names) > 10
    for name in names:
        for job in ("node", "collect"):
            wait_until(lambda: query(f'{name}{{job="{job}"}}'), pause=0.2)  # noqa: B023 - called at once
    assert query('aws_iam_collector_success{job="collect"}')[0]["account"] == account.id

    # The credentials fail, so that the account is not known.
    file = Path(exporting.variables["AWS_SHARED_CREDENTIALS_FILE"])
    working = file.read_text()
    file.write_text(re.sub("(?m)^(aws_access_key_id = ).*$", r"\1AKIANOBODYSKEY00000", working))
    assert collect(exporting).code != 0
    for job in ("node", "collect"):
        wait_until(lambda: query(f'aws_iam_collector_success{{job="{job}"}} == 0'), pause=0.2)  # noqa: B023
        assert query(f'aws_iam_collector_success{{job="{job}"}} == 1') == []
        assert ages(job) == wanted
    file.write_text(working)

    # A key is deleted, and then the profile fails.
    user = account.user("alice")
    user.keys.remove(user.key(1).id, account.clock.now())
    assert collect(exporting).code == 0
    account.deny("ListUsers")
    assert collect(exporting).code != 0
    wait_until(
        lambda: all(query(f'aws_iam_collector_success{{job="{job}"}} == 0') for job in ("node", "collect")), pause=0.2
    )
    for job in ("node", "collect"):
        assert [sample["value"] for sample in query(f'aws_iam_access_key_age_days{{job="{job}"}}')] == [209]


@pytest.mark.parametrize("password", ["a-password-of-the-test", "another"])
def test_a_pushgateway_may_ask_for_a_password(
    exporting: Ansible, guarded_pushgateway: str, textfiles: Path, password: str
) -> None:
    file = textfiles.parent / "password"
    file.write_text(f"{password}\n")
    exporting.set(
        KEYWARD_PUSHGATEWAY_URL=f"http://{guarded_pushgateway}",
        KEYWARD_PUSHGATEWAY_USERNAME="keyward",
        KEYWARD_PUSHGATEWAY_PASSWORD_FILE=str(file),
    )
    run = collect(exporting)
    assert (run.code == 0) is (password != "another"), run.output
    if run.code:
        assert "HTTP 401" in run
        assert "KEYWARD_PUSHGATEWAY_PASSWORD_FILE" in run


def test_without_a_place_it_says_so_once(exporting: Ansible) -> None:
    exporting.set(KEYWARD_TEXTFILE_DIR="", KEYWARD_PUSHGATEWAY_URL="")
    run = collect(exporting, keyward_deliver=False)
    assert run.code == 0
    assert run.output.count("there is no place for metrics: set KEYWARD_TEXTFILE_DIR or KEYWARD_PUSHGATEWAY_URL") == 1
