# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is on a host's disk, to be compared and searched."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OF_THE_KERNEL = {"dev", "proc", "sys"}
_NOT_ON_DISK = {*_OF_THE_KERNEL, "run", "tmp"}


class Entry(NamedTuple):
    """All of a file, link or directory that installing something could change, but for its times."""

    mode: str
    owner: int
    group: int
    content: str


def snapshot(root: Path) -> dict[str, Entry]:
    """Return what is below a host's root, by path."""
    return {str(path.relative_to(root)): _entry(path, status) for path, status in _walk(root, _NOT_ON_DISK)}


def holding(root: Path, text: str) -> dict[str, Entry]:
    """Return the files below a host's root that hold a text, by path, those in memory included."""
    wanted = text.encode()
    found = {}
    for path, status in _walk(root, _OF_THE_KERNEL):
        # Jobs that run meanwhile make and remove files.
        with suppress(FileNotFoundError):
            if stat.S_ISREG(status.st_mode) and wanted in path.read_bytes():
                found[str(path.relative_to(root))] = _entry(path, status)
    return found


def _entry(path: Path, status: os.stat_result) -> Entry:
    content = ""
    if stat.S_ISREG(status.st_mode):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    elif stat.S_ISLNK(status.st_mode):
        content = str(path.readlink())
    return Entry(stat.filemode(status.st_mode), status.st_uid, status.st_gid, content)


def _walk(root: Path, left_out: set[str]) -> Iterator[tuple[Path, os.stat_result]]:
    for directory, directories, files in os.walk(root):
        here = root / directory
        if here == root:
            directories[:] = sorted(set(directories) - left_out)
        for name in (*directories, *files):
            path = here / name
            with suppress(FileNotFoundError):
                yield path, path.lstat()
