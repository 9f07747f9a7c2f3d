# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What hosts download from, against the real clients."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.hosts import Galaxy, PackageIndex

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible

_LOOPBACK = "127.0.0.1"


@pytest.fixture
def archives(ansible: Ansible, tmp_path: Path) -> list[Path]:
    """Two collections, of which ``lab.second`` needs ``lab.first``."""
    for name, dependencies in {"first": "{}", "second": '{lab.first: ">=1.0.0"}'}.items():
        directory = tmp_path / name
        directory.mkdir()
        (directory / "README.md").touch()
        (directory / "galaxy.yml").write_text(
            f"namespace: lab\nname: {name}\nversion: 1.2.3\nreadme: README.md\nauthors: [lab]\n"
            f"dependencies: {dependencies}\n"
        )
        assert ansible.command("ansible-galaxy", "collection", "build", str(directory)).code == 0
    return sorted(ansible.home.glob("*.tar.gz"))


@pytest.mark.once
def test_ansible_galaxy_installs_a_collection_and_what_it_needs(ansible: Ansible, archives: list[Path]) -> None:
    with Galaxy(archives, _LOOPBACK) as galaxy:
        target = ("-p", str(ansible.home / "collections"), "--server", galaxy.url)
        run = ansible.command("ansible-galaxy", "collection", "install", "lab.second", *target)
        assert run.code == 0, run.output
        missing = ansible.command("ansible-galaxy", "collection", "install", "lab.third", *target)
        assert missing.code != 0
    for name in ("first", "second"):
        assert (ansible.home / "collections/ansible_collections/lab" / name / "MANIFEST.json").exists()


@pytest.mark.once
def test_pip_installs_from_the_index(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "keyward_lab-1.0-py3-none-any.whl", "w") as wheel:
        about = "keyward_lab-1.0.dist-info"
        wheel.writestr("keyward_lab.py", "")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: keyward-lab\nVersion: 1.0\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: lab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    target = tmp_path / "target"
    with PackageIndex(wheels, _LOOPBACK) as index:
        pip = [sys.executable, "-m", "pip", "--isolated", "install", "--quiet", "--index-url", index.url]
        subprocess.check_call([*pip, "--target", target, "keyward_lab"])
        assert (target / "keyward_lab.py").exists()
        assert subprocess.run([*pip, "--target", target, "another"], capture_output=True, check=False).returncode
