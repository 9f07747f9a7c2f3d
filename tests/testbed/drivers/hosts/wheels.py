# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The packages that a host without Internet is given, kept between runs."""

from __future__ import annotations

import hashlib
import platform
import sys
from typing import TYPE_CHECKING

from tools.environment import locked

from . import machine
from .image import CACHE

if TYPE_CHECKING:
    from pathlib import Path


def download(python: str, pinned: Path) -> Path:
    """Return a directory with the wheels that a requirements file pins, for a Python (as ``3.11``) of a host."""
    # Files beside it may be included by it.
    inputs = [python, pinned.name, *(path.read_text(encoding="utf-8") for path in sorted(pinned.parent.glob("*.txt")))]
    directory = CACHE / "wheels" / hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]
    complete = directory / "complete"
    with locked(directory):
        if not complete.exists():
            pip = (sys.executable, "-m", "pip", "download", "--only-binary=:all:", "--no-deps", f"--dest={directory}")
            target = ("--implementation=cp", f"--python-version={python}", *_platforms())
            machine.run(*pip, *target, "--requirement", str(pinned))
            complete.touch()
    return directory


def _platforms() -> list[str]:
    """Hosts are of the same release as this machine, and so are their processor and their C library."""
    processor, newest = platform.machine(), int(platform.libc_ver()[1].split(".")[1])
    names = [f"manylinux_2_{minor}_{processor}" for minor in range(newest, 16, -1)]
    return [f"--platform={name}" for name in (*names, f"manylinux2014_{processor}")]
