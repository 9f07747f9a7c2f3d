# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The one way in which a file is written: whole, or not at all.

The content goes into a draft beside the file, is on disk before the draft takes the file's place, and is readable by
its owner only from its first byte on, whatever the umask.
"""

from __future__ import annotations

import os
import typing as t
from contextlib import suppress

if t.TYPE_CHECKING:
    from pathlib import Path

PRIVATE = 0o600
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DRAFT = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write(path: Path, content: bytes | t.Iterable[bytes], *, draft: str | None = None) -> int:
    """Put a private file in the place of another, or where there was none. Return its size. Raises OSError."""
    directory = os.open(path.parent, _DIRECTORY)
    try:
        return replace(directory, path.name, content, draft=draft)
    finally:
        os.close(directory)


def replace(
    directory: int,
    name: str,
    content: bytes | t.Iterable[bytes],
    *,
    mode: int = PRIVATE,
    prepare: t.Callable[[int], None] | None = None,
    draft: str | None = None,
) -> int:
    """
    Do the same in a directory that is held open. Raises OSError.

    ``prepare`` gets the descriptor of the draft before anything is written. ``draft`` names the draft of a writer that
    is alone, by a lock or by that name: what a killed one left is removed.
    """
    if draft:
        with suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=directory)
    else:
        draft = f".{name}.{os.getpid()}-{os.urandom(4).hex()}"
    descriptor = os.open(draft, _DRAFT, PRIVATE, dir_fd=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if prepare is not None:
                prepare(descriptor)
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            size = file.tell()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        os.rename(draft, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=directory)
        raise
    # Only then does the new name outlive a loss of power. Some network file systems cannot do it for a directory.
    with suppress(OSError):
        os.fsync(directory)
    return size
