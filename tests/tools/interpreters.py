# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The Pythons of this machine, and the ansible-core series each of them runs here."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# The newest series first; for each the Pythons it is run with, in order of preference.
CORES: dict[str, tuple[str, ...]] = {
    "2.21": ("3.12", "3.13", "3.14"),
    "2.19": ("3.11",),
}

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
        """The ansible-core series that runs on it here; empty where none does."""
        return next((core for core, pythons in CORES.items() if self.series in pythons), "")


def inspect(path: Path) -> Interpreter | None:
    """Run a Python and return what it is; None where it does not run, as a version manager's shim for another one."""
    try:
        done = subprocess.run([path, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    executable, version, makes_environments = done.stdout.splitlines()
    return Interpreter(Path(executable), version, makes_environments == "True")


def find(core: str) -> Interpreter | None:
    """Return the preferred Python of this machine that runs a core series and makes virtual environments."""
    candidates = (path for series in CORES[core] for path in _candidates(series))
    found = (inspect(path) for path in candidates)
    return next((python for python in found if python and python.core == core and python.makes_environments), None)


def _candidates(series: str) -> list[Path]:
    name = f"python{series}"
    on_path = [Path(folder, name) for folder in os.get_exec_path()]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = sorted(pyenv.glob(f"versions/{series}.*/bin/{name}"))
    return [path for path in (*on_path, *installed) if path.exists()]
