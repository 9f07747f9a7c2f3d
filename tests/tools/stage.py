# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A copy of the checkout at the path that ansible-test asks of a collection, and a home for it to write to."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.checkout import ROOT, listed_files

if TYPE_CHECKING:
    from tools.environment import Environment

_PIP_VERSION = """
from types import SimpleNamespace
from ansible_test._internal.python_requirements import get_venv_packages
print(get_venv_packages(SimpleNamespace(version="{version}"))["pip"])
"""


@dataclass(frozen=True)
class Stage:
    """Where the copy for the linters of one environment is."""

    environment: Environment

    @property
    def path(self) -> Path:
        return ROOT / ".cache" / "lint" / self.environment.name.removeprefix(".venv-")

    @property
    def home(self) -> Path:
        return self.path / "home"

    @property
    def collection(self) -> Path:
        return self.path / "ansible_collections" / "keyward" / "iam"

    @property
    def environ(self) -> dict[str, str]:
        """What a command in it finds its programs, its collections and its home by."""
        return {
            # Ansible writes to the home as soon as it is imported.
            "HOME": str(self.home),
            "PATH": f"{self.environment.path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "ANSIBLE_COLLECTIONS_PATH": str(self.path),
            # Some ask git which files there are, and to the checkout's repository those in the environment are ignored.
            "GIT_CEILING_DIRECTORIES": str(ROOT),
        }

    def prepare(self) -> None:
        """Copy what is in the checkout and not ignored, and lay amazon.aws beside it."""
        collections = self.path / "ansible_collections"
        shutil.rmtree(collections, ignore_errors=True)
        for name in listed_files():
            target = self.collection / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        # Else ansible-test would take the checkout's repository for the copy's, in which the copy is ignored.
        subprocess.check_call(["git", "init", "--quiet", self.collection])
        amazon = collections / "amazon"
        amazon.mkdir()
        (amazon / "aws").symlink_to(self.environment.collections / "amazon" / "aws", target_is_directory=True)
        self._prepare_home()

    def _prepare_home(self) -> None:
        """Give ansible-test a home with our stand-in for what it would download and the user's settings for pip."""
        version = _PIP_VERSION.format(version=self.environment.python.series)
        pip = subprocess.check_output([self.environment.executable, "-I", "-c", version], text=True).strip()
        cached = self.home / ".ansible" / "test" / "cache" / f"get_pip_{pip.replace('.', '_')}.py"
        cached.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / "tests" / "tools" / "get_pip.py", cached)
        for name in (".pip", ".config/pip", ".cache/pip"):
            target = Path.home() / name
            link = self.home / name
            if os.access(target, os.R_OK) and not link.exists():
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(target, target_is_directory=True)
