# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Packs directories into one archive, and prints the SHA-256 of what is in it, which depends on their contents only.

    pack.py ARCHIVE TARGET=DIRECTORY...

Each DIRECTORY becomes TARGET in the archive. Of a collection's checkout, what a release of it would hold is taken.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# Any time will do that is not before 1980, where the time of files in ZIP archives begins.
TIME = 1_000_000_000


def released(directory: Path, scratch: Path) -> Path:
    """Return the directory, or a copy of what is to be released of it where it is a checkout."""
    if not (directory / "galaxy.yml").exists():
        return directory
    build = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--output-path", scratch, directory]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - Ansible's own program
    (archive,) = scratch.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        # Python 3.11 has it from its fourth release on only.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(scratch / "released")  # noqa: S202 - it was just built
    return scratch / "released"


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Return the entry without what differs from one controller to the next, and no tests, nor what Python compiled."""
    if not {"__pycache__", "tests"}.isdisjoint(entry.name.split("/")):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = TIME
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def pack(contents: dict[str, Path]) -> bytes:
    """Return the archive, not compressed yet: what a compressor makes of it is not the same everywhere."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for target, directory in contents.items():
            with tempfile.TemporaryDirectory() as scratch:
                tar.add(released(directory, Path(scratch)), target, filter=anonymous)
    return packed.getvalue()


if __name__ == "__main__":
    path, *pairs = sys.argv[1:]
    archive = pack({target: Path(directory) for target, directory in (pair.split("=", 1) for pair in pairs)})
    Path(path).write_bytes(gzip.compress(archive, compresslevel=4))
    sys.stdout.write(hashlib.sha256(archive).hexdigest())
