# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import environment, interpreters

pytestmark = pytest.mark.usefixtures("no_pythons")


def make_python(path: Path, version: str, *, complete: bool = True) -> Path:
    """Something that answers as a Python of that version does."""
    return make_program(path, f"echo {path}; echo {version}; echo {complete}")


def make_program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_it_knows_the_python_it_runs_on() -> None:
    python = interpreters.inspect(Path(sys.executable))
    assert python
    assert python.series == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_a_shim_that_fails_hides_no_python_behind_it(tmp_path: Path) -> None:
    make_program(tmp_path / "first" / "python3.12", "exit 127")
    real = make_python(tmp_path / "second" / "python3.12", "3.12.9")
    python = interpreters.find("2.21")
    assert python
    assert python.path == real


def test_pyenv_versions_need_not_be_on_the_path(tmp_path: Path) -> None:
    real = make_python(tmp_path / "pyenv" / "versions" / "3.11.7" / "bin" / "python3.11", "3.11.7")
    python = interpreters.find("2.19")
    assert python
    assert python.path == real


def test_a_python_without_ensurepip_is_of_no_use(tmp_path: Path) -> None:
    make_python(tmp_path / "first" / "python3.12", "3.12.9", complete=False)
    complete = make_python(tmp_path / "first" / "python3.13", "3.13.2")
    python = interpreters.find("2.21")
    assert python
    assert python.path == complete


@pytest.mark.parametrize("core", interpreters.CORES)
def test_a_core_without_a_python_is_not_run(core: str) -> None:
    assert interpreters.find(core) is None


def test_a_python_named_without_ensurepip_gets_a_sentence(tmp_path: Path) -> None:
    path = make_python(tmp_path / "first" / "python3.11", "3.11.2", complete=False)
    with pytest.raises(environment.SetupError, match=r"apt install python3-venv"):
        environment.usable(path)


def test_a_python_too_old_gets_a_sentence(tmp_path: Path) -> None:
    path = make_python(tmp_path / "first" / "python3", "3.9.18")
    with pytest.raises(environment.SetupError, match=r"is Python 3\.9\.18, and the project runs with 3\.11, 3\.12"):
        environment.usable(path)


def test_a_python_that_does_not_run_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(environment.SetupError, match="does not run"):
        environment.usable(make_program(tmp_path / "first" / "python3", "exit 127"))
