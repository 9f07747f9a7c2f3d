# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where a path leads, one symbolic link after the other, and none that a stranger has laid."""

from __future__ import annotations

import errno
import os
import stat
import typing as t
from contextlib import contextmanager
from pathlib import Path

from .._common.errors import KeywardError

_MOST_LINKS = 40
_ROOT = 0
_REASONS = {
    errno.EBUSY: "it is mounted by itself, as single files are into containers, and so cannot be replaced: "
    "mount the directory that holds it instead, or name another file",
    errno.EROFS: "its file system is read-only: mount it for writing, or name another file",
}


class FileError(KeywardError):
    """One sentence that says which file could not be read or written, and why."""


@contextmanager
def file_errors(attempt: str) -> t.Iterator[None]:
    """Tell what was attempted when the system refuses it."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror)
        raise FileError(f"cannot {attempt}: {reason}") from error


def resolve(path: Path) -> Path:
    """Return the same path without links; its end may not be there yet, but no link may lead to nothing."""
    with file_errors(f"follow {path}"):
        pending = list((Path.cwd() / path).parts)
        resolved = Path()
        links = 0
        while pending:
            part = pending.pop(0)
            # An absolute path, of which the first part is the root, takes the place of what is before it.
            step = resolved.parent if part == os.pardir else resolved / part
            target = _target(step)
            if target is None:
                resolved = step
                continue
            links += 1
            if links > _MOST_LINKS:
                raise FileError(f"{path} is a symbolic link in a circle")
            pending[:0] = target.parts
        return resolved


def _target(path: Path) -> Path | None:
    """Return where a link points to; None for what is no link or not there."""
    if not path.is_symlink():
        return None
    target = path.readlink()
    try:
        led_to = (path.parent / target).lstat()
    except FileNotFoundError:
        raise FileError(f"{path} is a symbolic link that leads to nothing") from None
    directory, owner = path.parent.stat(), path.lstat().st_uid
    # As Linux itself follows links where fs.protected_symlinks is set, which is not so everywhere.
    is_shared = directory.st_mode & stat.S_ISVTX and directory.st_mode & stat.S_IWOTH
    if is_shared and owner not in (os.geteuid(), directory.st_uid):
        raise FileError(f"{path} is a symbolic link created by another user in a world-writable directory")
    # Or root, at work in the home of a user, would be led to what that user may not write.
    if owner not in (os.geteuid(), _ROOT, led_to.st_uid):
        raise FileError(f"{path} is a symbolic link whose target belongs to another user")
    return target
