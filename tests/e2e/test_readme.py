# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs every command of the README as it stands there, and holds what it shows against what comes out."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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
    return re.sub(r"\b1[789]\d{8}\b", "EPOCH", re.sub(r"20\d\d-\d\d-\d\dT[\d:]+Z", "MOMENT", text))


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
def test_make_demo(ansible: Ansible) -> None:
    done = subprocess.run(
        ["bash", "-c", DEMO], cwd=ROOT, env=ansible.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    output = _without_moments(done.stdout)
    for block in ("demo", "probe", "end"):
        assert "\n".join(shown(block)) in output
    assert shown("line")[0] in output


@pytest.mark.once
def test_make_test(ansible: Ansible) -> None:
    """The whole of it would run this test again, so it is given one file to run."""
    narrowed = f"{TEST.strip()} ARGS='-p no:cacheprovider tests/unit/plugins/module_utils/_access_keys/test_model.py'"
    done = subprocess.run(
        ["bash", "-c", narrowed], cwd=ROOT, env=ansible.environment, capture_output=True, text=True, check=False
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
    venv.create(tmp_path / "venv", with_pip=True)
    # The Ansible package would bring amazon.aws; here it lies where ansible-galaxy would have put it.
    collections = ansible.home / ".ansible" / "collections" / "ansible_collections"
    collections.mkdir(parents=True)
    [amazon] = [Path(entry) / "ansible_collections" / "amazon" for entry in sys.path if _has_amazon(entry)]
    (collections / "amazon").symlink_to(amazon)
    environment = {**ansible.environment, "PATH": f"{tmp_path / 'venv' / 'bin'}:{ansible.environment['PATH']}"}
    script = f"set -e\n{INSTALL}ansible-doc keyward.iam.access_key_info\n"
    done = subprocess.run(
        ["bash", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{collections}/keyward/iam/plugins/modules/access_key_info.py" in done.stdout


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


def test_ad_hoc(own_accounts: Ansible, wavefront: WavefrontReceiver, token: Path) -> None:
    exports = "".join(line for line in COLLECT.splitlines(keepends=True) if line.startswith("export "))
    assert token.exists()
    run = own_accounts.command("bash", "-ec", exports.replace(EXAMPLE_URL, wavefront.url) + AD_HOC)
    assert run.code == 0, run.output
    assert [point.value for point in wavefront.points_of("aws.iam.accessKey")] == [209]


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_plugin_is_listed() -> None:
    private = {path.stem for path in ROOT.glob("plugins/*/_*.py")}
    plugins = {path.stem for kind in ("modules", "callback") for path in ROOT.glob(f"plugins/{kind}/*.py")} - private
    assert set(re.findall(r"\]\(docs/plugins/(\w+)\.md\)", README)) == plugins
    assert set(re.findall(r"^\| `keyward\.iam\.(\w+)` \|", README, re.MULTILINE)) <= {
        path.stem for path in ROOT.glob("playbooks/*.yml")
    }
