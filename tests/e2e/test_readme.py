# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs every command of the README as it stands there, and holds what it shows against what comes out."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import Key
from tools.checkout import ROOT

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

README = (ROOT / "README.md").read_text()
EXAMPLE_URL = "https://example.wavefront.com"

DEMO, TEST, INSTALL, COLLECT, TABLE_ONLY, AD_HOC = re.findall(r"^```shell\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def shown(name: str) -> list[str]:
    """The lines of the README's block between two comments of that name."""
    [block] = re.findall(rf"<!-- {name} -->\n```text\n(.*?)```\n<!-- /{name} -->", README, re.DOTALL)
    return _without_moments(block).splitlines()


def _without_moments(text: str) -> str:
    """Without what differs from run to run: moments, and the times of the probe's steps with their bars."""
    text = re.sub(r" {2,}", "  ", re.sub(r"(?m)^([A-Z]\w+ +ok +up).*$", r"\1", text))
    return re.sub(r"\b1[789]\d{8}(0{9})?\b", "EPOCH", re.sub(r"20\d\d-\d\d-\d\dT[\d:]+Z", "MOMENT", text))


def outside(ansible: Ansible) -> dict[str, str]:
    """The environment of somebody who has activated none of the project's environments."""
    return {**ansible.environment, "PATH": os.environ["PATH"]}


@pytest.fixture
def own_accounts(aws: AwsEndpoint, ansible: Ansible) -> Ansible:
    """A user's home with an AWS profile, where the tests' AWS stands for the real one."""
    account = aws.account("111122223333")
    account.add_user("alice", keys=[Key(age_days=209)])
    account.report.generate()
    ansible.set(AWS_ENDPOINT_URL=aws.url)
    directory = ansible.home / ".aws"
    directory.mkdir()
    (directory / "credentials").write_text(account.admin_credentials.profile("production"))
    return ansible


@pytest.fixture
def token(ansible: Ansible) -> Path:
    path = ansible.home / ".config" / "keyward" / "wavefront-token"
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    path.write_text("a-test-token\n")
    return path


@pytest.mark.once
def test_make_demo(ansible: Ansible, tmp_path: Path) -> None:
    """With KEEP, so that what it says about that is run too."""
    log = tmp_path / "log"
    environment = {**outside(ansible), "KEEP": "1"}
    with log.open("wb") as file:
        demo = subprocess.Popen(
            ["bash", "-c", DEMO], cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True
        )
    try:
        wait_until(lambda: "until Ctrl-C" in log.read_text() or demo.poll() is not None, 120)
        told = log.read_text()
        output = _without_moments(told)
        for block in ("demo", "probe", "end", "line"):
            assert "\n".join(shown(block)) in output
        assert f"The report is {ROOT / 'demo-report.html'}" in told
        [source, *playbooks] = re.findall(r"^  (\. .*|ansible-playbook .*)$", told, re.MULTILINE)
        for command in playbooks:
            run = ansible.command("bash", "-ec", f"{source}\n{command}")
            assert run.code == 0, run.output
            for door in ("wavefront", "otlp", "prometheus"):
                assert re.search(rf"^{door}: [1-9]\d* points delivered in ", run.output, re.MULTILINE), run.output
        looks = re.findall(r"^  (curl .*)$", told, re.MULTILINE) if shutil.which("curl") else []
        seen = [ansible.command("bash", "-ec", f"{source}\n{command}") for command in looks]
        assert [run.code for run in seen] == [0] * len(looks)
        assert all(run.output.count("deploy-bot") for run in seen)
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGINT)
        demo.wait(30)
    assert not Path(source.removeprefix(". ")).exists()


@pytest.mark.once
def test_the_demo_ends_with_the_report_and_what_to_do_next(ansible: Ansible) -> None:
    done = subprocess.run(["make", "demo"], cwd=ROOT, env=outside(ansible), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout[done.stdout.index("\nNext:") :]
    [report] = re.findall(r"^  (/.*\.html)$", last, re.MULTILINE)
    assert "deploy-bot" in Path(report).read_text()
    papers = re.findall(r"[\w/]+\.md", last)
    assert papers
    assert [paper for paper in papers if not (ROOT / paper).exists()] == []
    assert "make demo KEEP=1" in last


@pytest.mark.once
def test_make_test(ansible: Ansible) -> None:
    """The whole of it would run this test again, so it is given one file to run."""
    narrowed = f"{TEST.strip()} ARGS='-p no:cacheprovider tests/unit/plugins/module_utils/_access_keys/test_model.py'"
    done = subprocess.run(
        ["bash", "-c", narrowed], cwd=ROOT, env=outside(ansible), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed in " in done.stdout


@pytest.mark.once
def test_install(ansible: Ansible, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    files = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split("\n")
    for name in filter(None, files):
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    # The Ansible package would bring amazon.aws; here it lies where ansible-galaxy would have put it.
    collections = ansible.home / ".ansible" / "collections" / "ansible_collections"
    collections.mkdir(parents=True)
    [amazon] = [Path(entry) / "ansible_collections" / "amazon" for entry in sys.path if _has_amazon(entry)]
    (collections / "amazon").symlink_to(amazon)
    # What was installed does without the checkout: every plugin, role and playbook is looked at from another directory.
    looks = [f"ansible-doc -t {kind} {' '.join(sorted(names))}" for kind, names in _plugins().items()]
    playbooks = sorted(f"keyward.iam.{path.stem}" for path in (ROOT / "playbooks").glob("*.yml"))
    looks.append(f"ansible-playbook --inventory collectors, --syntax-check {' '.join(playbooks)}")
    script = "\n".join(["set -e", INSTALL, f"cd {ansible.home}", *looks])
    done = subprocess.run(
        ["bash", "-c", script], cwd=checkout, env=outside(ansible), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    installed = collections / "keyward" / "iam"
    assert f"{installed}/plugins/modules/access_key_info.py" in done.stdout
    assert "was not found" not in done.stdout + done.stderr
    for playbook in playbooks:
        assert f"playbook: {installed}/playbooks/{playbook.rpartition('.')[2]}.yml" in done.stdout


def _plugins() -> dict[str, set[str]]:
    """By type, the full names of what has a page of ansible-doc. The page of an action is that of its module."""
    directories = {"module": "plugins/modules", "callback": "plugins/callback", "inventory": "plugins/inventory"}
    found = {
        kind: {f"keyward.iam.{path.stem}" for path in (ROOT / directory).glob("[a-z]*.py")}
        for kind, directory in directories.items()
    }
    return {**found, "role": {f"keyward.iam.{path.name}" for path in (ROOT / "roles").iterdir() if path.is_dir()}}


def _has_amazon(entry: str) -> bool:
    return (Path(entry) / "ansible_collections" / "amazon" / "aws").is_dir()


def test_collect(own_accounts: Ansible, wavefront: WavefrontReceiver, token: Path) -> None:
    assert token.exists()
    assert EXAMPLE_URL in COLLECT
    run = own_accounts.command("bash", "-ec", COLLECT.replace(EXAMPLE_URL, wavefront.url))
    assert run.code == 0, run.output
    [point] = wavefront.points_of("aws.iam.accessKey")
    assert (point.value, point.tags["profile"], point.tags["name"]) == (209, "production", "alice")


def test_the_table_only(own_accounts: Ansible) -> None:
    run = own_accounts.command("bash", "-ec", TABLE_ONLY)
    assert run.code == 0, run.output
    assert re.search(r"^209 +-29 +Active +expired +alice ", run.output, re.MULTILINE)


def test_the_table_only_is_for_a_shell_without_a_callback(
    own_accounts: Ansible, wavefront: WavefrontReceiver, token: Path
) -> None:
    assert token.exists()
    exports = "".join(line for line in COLLECT.splitlines(keepends=True) if line.startswith("export "))
    run = own_accounts.command("bash", "-ec", exports.replace(EXAMPLE_URL, wavefront.url) + TABLE_ONLY)
    assert run.code == 0, run.output
    assert [point.value for point in wavefront.points_of("aws.iam.accessKey")] == [209]


def test_ad_hoc(own_accounts: Ansible, wavefront: WavefrontReceiver, token: Path) -> None:
    exports = "".join(line for line in COLLECT.splitlines(keepends=True) if line.startswith("export "))
    assert token.exists()
    run = own_accounts.command("bash", "-ec", exports.replace(EXAMPLE_URL, wavefront.url) + AD_HOC)
    assert run.code == 0, run.output
    assert [point.value for point in wavefront.points_of("aws.iam.accessKey")] == [209]


def test_links_lead_somewhere() -> None:
    """Within the checkout: those to other sites need a network, and are for ``make docs-site``."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not link.startswith("https://")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_plugin_is_listed() -> None:
    private = {path.stem for path in ROOT.glob("plugins/*/_*.py")}
    plugins = {
        path.stem for kind in ("modules", "callback", "inventory") for path in ROOT.glob(f"plugins/{kind}/*.py")
    } - private
    assert set(re.findall(r"\]\(docs/plugins/(\w+)\.md\)", README)) == plugins
    assert set(re.findall(r"\]\(docs/playbooks/(\w+)\.md\)", README)) == {
        path.stem for path in ROOT.glob("playbooks/*.yml")
    }
