# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.amazon import aws as amazon_aws

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
    r"(COPYING|README\.md|REUSE\.toml|SECURITY\.md|bindep\.txt|requirements\.txt|CHANGELOG\.md|changelogs/changelog\.yaml"
    r"|docs/(?!architecture|decisions).+|(LICENSES|examples|extensions|meta|playbooks|plugins|roles)/.+)"
)

TOP = {
    *("CHANGELOG.md", "COPYING", "FILES.json", "LICENSES", "MANIFEST.json", "README.md", "REUSE.toml", "SECURITY.md"),
    *("bindep.txt", "changelogs", "docs", "examples", "extensions", "meta", "playbooks", "plugins", "requirements.txt"),
    "roles",
}
"""What ansible-galaxy itself lays into it too."""
MOST_BYTES = 1_000_000
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]


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
    assert {name.split("/")[0] for name in held} == TOP
    size = tarball.stat().st_size
    assert size < MOST_BYTES, f"{size} bytes"
    links = {(name, link) for name, text in guides.items() for link in re.findall(r"\]\((?!http)([^)#\s]+)", text)}
    targets = {(name, link, os.path.normpath(Path(name).parent / link)) for name, link in links}
    assert [each for each in sorted(targets) if not any(path.startswith(each[2]) for path in held)] == []


def _text(archive: tarfile.TarFile, name: str) -> str:
    return _bytes(archive, name).decode()


def _bytes(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file
    return file.read()


def test_what_it_leaves_out_is_what_git_ignores() -> None:
    ignored = subprocess.run(["git", "check-ignore", *UNWANTED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == UNWANTED


def test_it_installs_and_ansible_finds_its_plugins(tarball: Path, ansible: Ansible, tmp_path: Path) -> None:
    directory = tmp_path / "collections"
    # The checkout itself counts as installed already, which only --force overrides.
    arguments = [str(tarball), "--collections-path", str(directory), "--offline", "--force"]
    installed = ansible.command("ansible-galaxy", "collection", "install", *arguments)
    assert f"keyward.iam:{VERSION} was installed successfully" in installed

    # The oldest amazon.aws uses what a newer ansible-core warns of.
    ansible.set(ANSIBLE_COLLECTIONS_PATH=str(directory), ANSIBLE_DEPRECATION_WARNINGS="false")
    for plugin_type, name in (("module", "keyward.iam.access_key_info"), ("callback", "keyward.iam.wavefront")):
        shown = ansible.command("ansible-doc", "--json", "--type", plugin_type, name)
        assert Path(json.loads(shown.output)[name]["doc"]["filename"]).is_relative_to(directory)


def test_the_lists_in_it_name_all_that_it_holds_with_the_right_sums(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        files = json.loads(_text(archive, "FILES.json"))["files"]
        named = {entry["name"]: entry["chksum_sha256"] for entry in files if entry["ftype"] == "file"}
        # A link has the sum of what it leads to.
        sums = {
            member.name: hashlib.sha256(_bytes(archive, member.name)).hexdigest()
            for member in archive.getmembers()
            if not member.isdir()
        }
    manifest = {"MANIFEST.json", "FILES.json"}
    assert named == {name: found for name, found in sums.items() if name not in manifest}
    assert {"docs/host.md", "docs/plugins/probe.md", "examples/report.html", "meta/runtime.yml"} <= named.keys()


def test_an_execution_environment_of_it_gets_what_it_needs(tarball: Path, ansible: Ansible, tmp_path: Path) -> None:
    directory = tmp_path / "ansible_collections" / "keyward" / "iam"
    directory.mkdir(parents=True)
    subprocess.run(["tar", "-xzf", tarball, "-C", directory], check=True)
    asked = ansible.command("ansible-builder", "introspect", str(tmp_path))
    assert asked.code == 0, asked.output
    found = yaml.safe_load(asked.output.partition("---")[2])
    for kind, name in (("python", "requirements.txt"), ("system", "bindep.txt")):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        required = [f"{line}  # from collection keyward.iam" for line in lines if line and not line.startswith("#")]
        assert found[kind] == required


def test_what_it_depends_on_is_what_the_readme_and_the_matrix_say() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    (wanted,) = galaxy["dependencies"].items()
    ends = re.fullmatch(r">=(\d+\.\d+)\.\d+,<(\d+)\.0\.0", wanted[1])
    assert ends
    oldest, after = ends.groups()
    assert f"| {wanted[0]} {oldest} \N{EN DASH} {int(after) - 1} |" in (ROOT / "README.md").read_text(encoding="utf-8")
    # Each cell of the matrix runs with one in that range.
    manifest = json.loads((Path(next(iter(amazon_aws.__path__))) / "MANIFEST.json").read_text(encoding="utf-8"))
    installed = [int(number) for number in manifest["collection_info"]["version"].split(".")[:2]]
    assert [int(number) for number in oldest.split(".")] <= installed < [int(after)]


GROUPS = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
# A default of each group, and what its modules say of it.
DEFAULTS = {
    "aws": ({"profile": "no-such-profile"}, "no-such-profile"),
    "wavefront": ({"url": "no-address"}, "must look like https"),
}
# What else a module must be given before it looks at its group's default.
NEEDS = {
    "probe": {"namespace": "test"},
    "wavefront_alert": {"api_token": "a-token", "name": "x", "state": "absent"},
    "wavefront_dashboard": {"api_token": "a-token", "id": "x", "state": "absent"},
}


@pytest.mark.parametrize("group", GROUPS)
def test_the_defaults_of_a_group_reach_each_of_its_modules(ansible: Ansible, group: str) -> None:
    members = [name for name in GROUPS[group] if isinstance(name, str)]
    tasks: list[dict[str, Any]] = [{f"keyward.iam.{name}": NEEDS.get(name, {})} for name in members]
    if group == "aws":
        # It extends the group of amazon.aws.
        tasks.append({"amazon.aws.aws_caller_info": {}})
    defaults, said = DEFAULTS[group]
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{**task, "ignore_errors": True} for task in tasks]}
    with_them, without = (
        ansible.playbook([{**play, "module_defaults": given}]).output.split("TASK [")[1:]
        for given in ({f"group/keyward.iam.{group}": defaults}, {})
    )
    assert [said in result for result in with_them] == [True] * len(tasks)
    assert [said in result for result in without] == [False] * len(tasks)
