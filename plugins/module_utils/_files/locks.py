# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The one lock between processes: flock, with a deadline, and with the name of what keeps it."""

from __future__ import annotations

import fcntl
import os
import stat
import time
import typing as t
from contextlib import contextmanager
from pathlib import Path

from .links import FileError

_POLL_SECONDS = 0.05
_LOCKS = Path("/proc/locks")
_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class LockedError(FileError):
    """Another process kept the lock until the deadline."""


@contextmanager
def locked(path: Path, seconds: float) -> t.Iterator[None]:
    """
    Hold the lock of a file, which is made where there is none. Raises LockedError, and OSError.

    It dies with its process. It is given back by name, since a child that inherited the file would keep it.
    """
    descriptor = os.open(path, _OPEN, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is not a regular file")
        take(descriptor, path, seconds)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def take(descriptor: int, path: Path, seconds: float) -> None:
    """Lock an open file or directory until it is closed. Raises LockedError, and OSError where there are no locks."""
    give_up = time.monotonic() + seconds
    while not _is_taken(descriptor):
        if time.monotonic() >= give_up:
            raise LockedError(f"{_holder(descriptor)} has kept {path} locked for {seconds:g} seconds")
        time.sleep(min(_POLL_SECONDS, seconds))


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> str:
    """Name the process that Linux says holds the lock; elsewhere, and in another container's, there is only some."""
    status = os.fstat(descriptor)
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    try:
        entries = [line.split() for line in _LOCKS.read_text(encoding="ascii").splitlines()]
    except OSError:
        entries = []
    pids = [words[4] for words in entries if words[1] == "FLOCK" and words[5] == file]
    return f"another process (pid {pids[0]})" if pids else "another process"
