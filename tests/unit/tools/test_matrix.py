# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from tools import environment, interpreters, matrix
from tools.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

REQUIREMENTS = ROOT / "tests" / "requirements"


@pytest.fixture
def pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two releases of 3.11, the second as a version manager keeps it, and with 3.13."""
    make_python(tmp_path / "first" / "python3.11", "3.11.14")
    make_python(tmp_path / "pyenv" / "versions" / "3.11.2" / "bin" / "python3.11", "3.11.2")
    make_python(tmp_path / "second" / "python3.13", "3.13.0")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "first" / "python3.11"))


def make_python(path: Path, version: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {path}; echo {version}; echo True\n")
    path.chmod(0o755)


@pytest.mark.usefixtures("no_pythons", "pythons")
def test_each_core_runs_with_its_oldest_and_newest_python_and_both_packages() -> None:
    cells = {(cell.core, cell.python.version, cell.packages) for cell in matrix.whole()}
    both = {"2.18": ("3.11.2", "3.13.0"), "2.19": ("3.11.2", "3.13.0")}
    assert cells == {
        (core, version, packages)
        for core in interpreters.CORES
        for version in both.get(core, ("3.13.0",))
        for packages in ("lowest", "test")
    }
    assert len({cell.name for cell in matrix.whole()}) == len(cells)


@pytest.mark.usefixtures("no_pythons", "pythons")
def test_the_small_form_is_the_oldest_of_all_and_the_newest_of_all() -> None:
    found = [(cell.core, cell.python.version, cell.packages) for cell in matrix.small()]
    assert found == [("2.18", "3.11.2", "lowest"), ("2.22", "3.13.0", "test")]


@pytest.mark.usefixtures("no_pythons", "pythons")
def test_every_other_cell_has_its_turn() -> None:
    turns = [matrix.by_turns(f"{number:040x}")[0] for number in range(100)]
    assert matrix.by_turns(f"{7:040x}") == [turns[7]]
    assert set(turns) == set(matrix.whole()) - set(matrix.small()) - {environment.newest()}


@pytest.mark.parametrize("core", interpreters.CORES)
def test_each_core_has_its_requirements(core: str) -> None:
    assert f"ansible-core >= {core}." in (REQUIREMENTS / f"ansible-{core}.txt").read_text()
    assert (REQUIREMENTS / f"collections-{core}.txt").is_file()


def test_the_lowest_packages_are_those_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text()
    named = dict(re.findall(r"^\| ([\w-]+)(?:, botocore)? (\d+\.\d+) or newer \|", readme, re.MULTILINE))
    del named["Python"]
    required = dict(re.findall(r"^([\w-]+) >= ([\d.]+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    lowest = (REQUIREMENTS / "lowest.txt").read_text() + (REQUIREMENTS / "target.txt").read_text()
    pinned = dict(re.findall(r"^(boto3|requests) == (\d+\.\d+)\.0$", lowest, re.MULTILINE))
    assert named == required
    assert pinned.items() <= required.items()
    assert len(pinned) == 2


def test_the_cores_are_those_that_the_readme_and_the_collection_name() -> None:
    oldest, *_others, newest = interpreters.CORES
    assert f"| ansible-core {oldest} \N{EN DASH} {newest} |" in (ROOT / "README.md").read_text()
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert runtime["requires_ansible"] == f">={oldest}.0"
    assert f"| Python {interpreters.TARGET} or newer |" in (ROOT / "README.md").read_text()
