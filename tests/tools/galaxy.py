# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Builds the tarball of the collection in the checkout; ``--import DIRECTORY`` does with a copy what Galaxy does with an
upload, and fails where Galaxy warns.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import environment
from tools.checkout import ROOT

_SETTINGS = {
    "GALAXY_IMPORTER_CHECK_CHANGELOG": "true",
    "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
    # It runs by itself, with the collection's profile.
    "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false",
}
_COMPLAINT = re.compile(r"^(WARNING|ERROR|CRITICAL)\b.*", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Build it, and say where it is; or import it."""
    if arguments[:1] == ["--import"]:
        return _import(Path(arguments[1]))
    made = environment.for_lint()
    made.ensure()
    tarball = _build(ROOT, ROOT, made.path / "bin")
    print(f"{tarball.name}: {tarball.stat().st_size / 1024:.0f} KiB")
    return 0


def _build(collection: Path, directory: Path, programs: Path) -> Path:
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [programs / "ansible-galaxy", "collection", "build", "--force", "--output-path", directory, collection],
            env=os.environ | {"HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
    built = re.search(r"at (\S+\.tar\.gz)$", done.stdout, re.MULTILINE)
    if done.returncode or not built:
        raise environment.SetupError(done.stdout + done.stderr)
    return Path(built[1])


def _import(collection: Path) -> int:
    with tempfile.TemporaryDirectory() as directory:
        tarball = _build(collection, Path(directory), Path(sys.executable).parent)
        done = subprocess.run(
            [sys.executable, "-m", "galaxy_importer.main", tarball],
            cwd=directory,
            env=os.environ | _SETTINGS,
            capture_output=True,
            text=True,
            check=False,
        )
        complaints = [match[0] for match in _COMPLAINT.finditer(done.stdout)]
        if done.returncode or complaints:
            print("\n".join(complaints) or done.stdout + done.stderr)
            return 1
        return _check_licences(tarball, Path(directory, "unpacked"))


def _check_licences(tarball: Path, directory: Path) -> int:
    """Say which files of the tarball tell no licence to a user who has nothing but it."""
    directory.mkdir()
    # The oldest Python 3.11 has no filter for what it unpacks, and the newest warns of none.
    subprocess.run(["tar", "-xzf", tarball, "-C", directory], check=True)
    return subprocess.run(
        [Path(sys.executable).with_name("reuse"), "--root", directory, "lint", "--lines"], check=False
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
