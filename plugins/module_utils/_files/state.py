# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Directories and files in which a user's own state is kept, and that no other user can place or redirect."""

from __future__ import annotations

import os
import re
import stat
import time
import typing as t

from .links import FileError, resolve

if t.TYPE_CHECKING:
    from pathlib import Path

KEPT_BROKEN = 3
_PRIVATE = 0o700
_ROOT = 0
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def prepare(path: Path) -> Path:
    """
    Make a directory and those above it where they are missing, private whatever the umask, and return it without links.

    Raises FileError where other users can write in it, and OSError.
    """
    unknown = next((part for part in path.parts if part[0] == "~" or "$" in part), None)
    if unknown:
        # It would be made below the working directory.
        raise FileError(f"{path} begins with no known directory, {unknown} is not known: set an absolute path")
    directory = resolve(path)
    missing = []
    for above in (directory, *directory.parents):
        if os.path.lexists(above):
            break
        missing.append(above)
    for above in reversed(missing):
        above.mkdir(mode=_PRIVATE, exist_ok=True)
        above.chmod(_PRIVATE)
    status = directory.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path} is not a directory")
    if status.st_uid not in (os.geteuid(), _ROOT):
        raise FileError(f"{path} belongs to another user (uid {status.st_uid})")
    shared = status.st_mode & stat.S_IWOTH or (status.st_mode & stat.S_IWGRP and status.st_gid != os.getegid())
    if shared:
        raise FileError(f"other users can write in {path} (mode {stat.S_IMODE(status.st_mode):04o})")
    return directory


def read(path: Path, most: int) -> bytes:
    """Return the content of a regular file of at most so many bytes. Raises FileError, and OSError for a link."""
    descriptor = os.open(path, _READ)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileError(f"{path} is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise FileError(f"{path} has more than {most} bytes")
    return content


def keep_broken(path: Path) -> Path:
    """
    Rename a file that cannot be used, and return its new path. Of those of the same name the newest KEPT_BROKEN stay.
    Needs the lock of the file's writers. Raises OSError.
    """
    broken = path.with_name(f"{path.name}.broken-{time.time_ns()}")
    path.rename(broken)
    form = re.compile(rf"{re.escape(path.name)}\.broken-[0-9]+")
    for old in sorted(each for each in path.parent.iterdir() if form.fullmatch(each.name))[:-KEPT_BROKEN]:
        old.unlink()
    return broken
