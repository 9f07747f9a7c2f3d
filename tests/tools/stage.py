# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A copy of the checkout at the path that ansible-test asks of a collection, and a home for it to write to."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tools.checkout import ROOT, listed_files

if TYPE_CHECKING:
    from tools.environment import Environment

STAGE = ROOT / ".cache" / "lint"
COLLECTION = STAGE / "ansible_collections" / "keyward" / "iam"
HOME = STAGE / "home"

_PIP_VERSION = """
from types import SimpleNamespace
from ansible_test._internal.python_requirements import get_venv_packages
print(get_venv_packages(SimpleNamespace(version="{version}"))["pip"])
"""


def prepare(environment: Environment) -> None:
    """Copy what is in the checkout and not ignored, and lay amazon.aws beside it."""
    shutil.rmtree(STAGE / "ansible_collections", ignore_errors=True)
    for name in listed_files():
        target = COLLECTION / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    # Else ansible-test would take the checkout's repository for the copy's, in which the copy is ignored.
    subprocess.check_call(["git", "init", "--quiet", COLLECTION])
    amazon = STAGE / "ansible_collections" / "amazon"
    amazon.mkdir()
    (amazon / "aws").symlink_to(environment.collections / "amazon" / "aws", target_is_directory=True)
    _prepare_home(environment)


def _prepare_home(environment: Environment) -> None:
    """Give ansible-test its own home, with our stand-in for what it would download and the user's settings for pip."""
    version = _PIP_VERSION.format(version=environment.python.series)
    pip = subprocess.check_output([environment.executable, "-I", "-c", version], text=True).strip()
    cached = HOME / ".ansible" / "test" / "cache" / f"get_pip_{pip.replace('.', '_')}.py"
    cached.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(ROOT / "tests" / "tools" / "get_pip.py", cached)
    for name in (".pip", ".config/pip", ".cache/pip"):
        target = Path.home() / name
        link = HOME / name
        if os.access(target, os.R_OK) and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target, target_is_directory=True)
