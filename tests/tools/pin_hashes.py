# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Writes the hashes of all wheels that a host may get into the role's constraints, as the package index has them."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.checkout import ROOT

CONSTRAINTS = ROOT / "roles" / "collector" / "files" / "constraints"

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PROCESSORS = ("x86_64", "aarch64")
# The newest glibc 2.x that a wheel may ask for: an index may have several wheels for one Python and processor.
LIBRARIES = (41, 34, 31, 28, 26, 24, 17)

_PIN = re.compile(r"(?P<pin>(?P<name>\S+) == (?P<version>\S+))(?: \\\n +--hash=\S+)*")


def main() -> int:
    """Keep the pins, and replace the hashes below each."""
    for path in sorted(CONSTRAINTS.glob("*.txt")):
        path.write_text(_with_hashes(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _with_hashes(text: str) -> str:
    hashes = _hashes([found["pin"] for found in _PIN.finditer(text)])

    def lines(found: re.Match[str]) -> str:
        values = sorted(hashes[_key(found["name"])])
        return " \\\n".join([found["pin"], *(f"    --hash=sha256:{value}" for value in values)])

    return _PIN.sub(lines, text)


def _hashes(pins: list[str]) -> dict[str, set[str]]:
    """Ask for each kind of host by itself: the index is asked for the wheel that fits it best."""
    hashes: dict[str, set[str]] = {}
    for python, processor, newest in itertools.product(PYTHONS, PROCESSORS, LIBRARIES):
        names = [*(f"manylinux_2_{minor}" for minor in range(newest, 16, -1)), "manylinux2014"]
        target = [f"--python-version={python}", *(f"--platform={name}_{processor}" for name in names)]
        for name, value in _resolve(pins, target):
            hashes.setdefault(name, set()).add(value)
    return hashes


def _resolve(pins: list[str], target: list[str]) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as directory:
        requirements = Path(directory) / "requirements.txt"
        requirements.write_text("\n".join(pins), encoding="utf-8")
        options = ["--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:", "--report=-"]
        place = ["--implementation=cp", f"--target={directory}/target", f"--requirement={requirements}"]
        command = [sys.executable, "-m", "pip", "install", *options, *target, *place]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.returncode:
        return [_answer(package) for package in json.loads(done.stdout)["install"]]
    # A package without a wheel for this kind of host leaves the others their answer.
    return [answer for pin in pins for answer in _resolve([pin], target)] if len(pins) > 1 else []


def _answer(package: dict[str, Any]) -> tuple[str, str]:
    return _key(package["metadata"]["name"]), package["download_info"]["archive_info"]["hashes"]["sha256"]


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
