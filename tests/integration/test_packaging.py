# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from testbed.drivers.runs import Ansible
from tools.checkout import ROOT, listed_files

UNWANTED = [
    ".cache/lint/home/token",
    ".hypothesis/unicode_data",
    ".mypy_cache/cache.json",
    ".pytest_cache/README.md",
    ".ruff_cache/CACHEDIR.TAG",
    ".venv-2.21/bin/python",
    ".venv-lint/pyvenv.cfg",
    ".venv/pyvenv.cfg",
    "keyward-iam-0.0.9.tar.gz",
    "plugins/modules/__pycache__/access_key_info.cpython-311.pyc",
    "tests/output/junit.xml",
]
# What a user needs. A new file elsewhere has to be decided about: here, or in galaxy.yml's build_ignore.
NEEDED = re.compile(
    r"(COPYING|README\.md|SECURITY\.md|bindep\.txt|requirements\.txt|(CHANGELOG\.md|changelogs/changelog\.yaml)"
    r"|docs/(?!architecture|decisions).+|(LICENSES|examples|extensions|meta|playbooks|plugins|roles)/.+)"
)


@pytest.fixture
def tarball(ansible: Ansible, tmp_path: Path) -> Path:
    """The collection, built from a checkout in which all the commands have left their traces."""
    checkout = tmp_path / "checkout"
    for name in listed_files():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, checkout / name, follow_symlinks=False)
    for name in UNWANTED:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("a secret\n")
    built = ansible.command("ansible-galaxy", "collection", "build", str(checkout), "--output-path", str(tmp_path))
    assert built.code == 0, built.output
    (path,) = tmp_path.glob("keyward-iam-*.tar.gz")
    return path


def test_it_holds_what_a_user_needs_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        held = {member.name for member in archive.getmembers() if not member.isdir()}
        guides = {name: _text(archive, name) for name in held if name.endswith(".md")}
    needed = {name for name in listed_files() if NEEDED.fullmatch(name)}
    assert held == needed | {"MANIFEST.json", "FILES.json"}
    links = {(name, link) for name, text in guides.items() for link in re.findall(r"\]\((?!http)([^)#\s]+)", text)}
    targets = {(name, link, os.path.normpath(Path(name).parent / link)) for name, link in links}
    assert [each for each in sorted(targets) if not any(path.startswith(each[2]) for path in held)] == []


def _text(archive: tarfile.TarFile, name: str) -> str:
    file = archive.extractfile(name)
    assert file
    return file.read().decode()


def test_what_it_leaves_out_is_what_git_ignores() -> None:
    ignored = subprocess.run(["git", "check-ignore", *UNWANTED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == UNWANTED


def test_it_installs_and_ansible_finds_its_plugins(tarball: Path, ansible: Ansible, tmp_path: Path) -> None:
    directory = tmp_path / "collections"
    # The checkout itself counts as installed already, which only --force overrides.
    arguments = [str(tarball), "--collections-path", str(directory), "--offline", "--force"]
    installed = ansible.command("ansible-galaxy", "collection", "install", *arguments)
    assert "keyward.iam:0.1.0 was installed successfully" in installed

    # The oldest amazon.aws uses what a newer ansible-core warns of.
    ansible.set(ANSIBLE_COLLECTIONS_PATH=str(directory), ANSIBLE_DEPRECATION_WARNINGS="false")
    for plugin_type, name in (("module", "keyward.iam.access_key_info"), ("callback", "keyward.iam.wavefront")):
        shown = ansible.command("ansible-doc", "--json", "--type", plugin_type, name)
        assert Path(json.loads(shown.output)[name]["doc"]["filename"]).is_relative_to(directory)


def test_the_defaults_of_a_group_reach_the_modules_of_both_collections(ansible: Ansible) -> None:
    tasks = [
        {"amazon.aws.aws_caller_info": {}, "ignore_errors": True},
        {"keyward.iam.access_key_info": {}, "ignore_errors": True},
    ]
    defaults = {"group/keyward.iam.aws": {"profile": "no-such-profile"}}
    run = ansible.playbook([{"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}])
    results = run.output.split("TASK [")[1:]
    assert len(results) == len(tasks)
    for result in results:
        assert "no-such-profile" in result
