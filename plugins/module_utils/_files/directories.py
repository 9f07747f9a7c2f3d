# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Directories of private files: made, held open, and locked against a second writer."""

from __future__ import annotations

import os
import typing as t
from contextlib import ExitStack, contextmanager, suppress

from .links import file_errors
from .locks import take

if t.TYPE_CHECKING:
    from pathlib import Path

    from .private_file import Owner

_PRIVATE = 0o700
_LOCK_SECONDS = 60
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# What a directory is only passed through needs: some can be entered but not listed.
_WAY = _DIRECTORY | getattr(os, "O_PATH", 0)


def make(path: Path, owner: Owner) -> None:
    """Make a directory that only its owner may enter, where there is none; the one above it must be there."""
    with file_errors(f"make {path}"), suppress(FileExistsError), _entered(path.parent, _WAY) as above:
        os.mkdir(path.name, _PRIVATE, dir_fd=above)
        with _entered(path, _DIRECTORY) as directory:
            owner.take(directory)


@contextmanager
def opened(paths: t.Iterable[Path], *, locked: bool) -> t.Iterator[dict[Path, int]]:
    """Open, and lock for as long, those of the directories that are there. The lock leaves no file behind."""
    with ExitStack() as stack:
        directories: dict[Path, int] = {}
        # In one order for all, or two writers could wait for each other.
        for path in sorted(set(paths)):
            with file_errors(f"open {path}"), suppress(FileNotFoundError):
                directories[path] = stack.enter_context(_entered(path, _DIRECTORY))
                if locked:
                    take(directories[path], path, _LOCK_SECONDS)
        yield directories


@contextmanager
def _entered(path: Path, flags: int) -> t.Iterator[int]:
    """Open a directory from the root on, so that a link that is laid on the way meanwhile is not followed."""
    with ExitStack() as stack:
        *way, last = path.parts
        above: int | None = None
        for part in way:
            above = os.open(part, _WAY, dir_fd=above)
            stack.callback(os.close, above)
        directory = os.open(last, flags, dir_fd=above)
        stack.callback(os.close, directory)
        yield directory
