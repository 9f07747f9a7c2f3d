# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The Pythons of this machine, and the ansible-core series each of them runs here."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Every series that the collection supports, and the Pythons it takes on a controller, the oldest first.
CORES: dict[str, tuple[str, ...]] = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
    "2.22": ("3.13", "3.14", "3.15"),
}
# The released series that the demo, the linters and the whole suite run with, in order of preference.
PREFERRED = ("2.21", "2.19")
# The oldest Python that modules run with on a target.
TARGET = "3.9"

_PROBE = """
import importlib.util, os, platform, sys
print(os.path.realpath(sys.executable))
print(platform.python_version())
print(all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that has been seen to run, by its own path and not that of a link or a virtual environment."""

    path: Path
    version: str
    makes_environments: bool

    @property
    def series(self) -> str:
        return ".".join(self.version.split(".")[:2])

    @property
    def core(self) -> str:
        """The preferred ansible-core series that runs on it; empty where none does."""
        return next((core for core in PREFERRED if self.series in CORES[core]), "")


@cache
def inspect(path: Path) -> Interpreter | None:
    """Run a Python and return what it is; None where it does not run, as a version manager's shim for another one."""
    try:
        done = subprocess.run([path, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    executable, version, makes_environments = done.stdout.splitlines()
    return Interpreter(Path(executable), version, makes_environments == "True")


def find(core: str) -> Interpreter | None:
    """Return the first Python of this machine for which a series is the preferred one; None where there is none."""
    return next((python for series in CORES[core] for python in installed(series) if python.core == core), None)


@cache
def installed(series: str) -> list[Interpreter]:
    """Return the Pythons of a series that make virtual environments, the oldest first."""
    found = {python.path: python for path in _candidates(series) if (python := inspect(path))}
    usable = [python for python in found.values() if python.series == series and python.makes_environments]
    return sorted(usable, key=lambda python: [int(number) for number in re.findall(r"\d+", python.version)])


def _candidates(series: str) -> list[Path]:
    name = f"python{series}"
    on_path = [Path(directory, name) for directory in os.get_exec_path()]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = sorted(pyenv.glob(f"versions/{series}.*/bin/{name}"))
    return [path for path in (*on_path, *installed) if path.exists()]
