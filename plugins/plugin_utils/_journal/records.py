# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The journal's directory and its files, which only their owner reads, and each failure in one sentence."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import stat
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._files import atomic

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_DRAFT = ".draft-"
_PRIVATE = 0o700
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class StorageError(KeywardError):
    """A directory or a file cannot be used."""


def write(directory: Path, name: str, content: bytes | Iterable[bytes]) -> int:
    """A file that is on disk when this returns. Gives its size; raises StorageError."""
    with storage_errors(f"{directory} cannot be written", directory):
        make_directory(directory)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            owner = os.fstat(descriptor)
            return atomic.replace(
                descriptor, name, content, draft=f"{_DRAFT}{name}", prepare=lambda file: _give_to(owner, file)
            )
        finally:
            os.close(descriptor)


def read(path: Path, most: int) -> bytes:
    """A regular file of at most so many bytes. Links are not followed, and pipes not waited for. Raises OSError."""
    descriptor = os.open(path, _READ)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            raise OSError(f"it is no regular file of at most {most} bytes")
        return file.read(most)


def make_directory(directory: Path) -> None:
    """With private modes, whatever the umask, for what was not there. Raises OSError."""
    for path in (directory.parent, directory):
        if not path.is_dir():
            try:
                # Of the parents that mkdir makes, it gives the mode to none.
                path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            except OSError as error:
                raise OSError(error.errno, _why_not_made(path, error)) from error
            path.chmod(_PRIVATE)


def _why_not_made(directory: Path, error: OSError) -> str | None:
    """The system says of a link to nothing, or of a device, that it exists, and of /proc that it does not."""
    for place in (*reversed(directory.parents), directory):
        try:
            if not stat.S_ISDIR(place.stat().st_mode):
                return f"{place} is not a directory"
        except FileNotFoundError:
            if place.is_symlink():
                return f"{place} is a symbolic link that leads to nothing"
            return f"no directory can be made in {place.parent}" if error.errno == errno.ENOENT else error.strerror
        except OSError as other:
            return other.strerror
    return error.strerror


def plain_files(directory: Path) -> list[Path]:
    """Without those whose names begin with a dot; in the order of their names."""
    with storage_errors(f"{directory} cannot be read", directory):
        try:
            with os.scandir(directory) as found:
                names = [item.name for item in found if item.name[0] != "." and item.is_file(follow_symlinks=False)]
        except FileNotFoundError:
            return []
    return [directory / name for name in sorted(names)]


def remove(directory: Path, paths: Iterable[Path]) -> None:
    with storage_errors(f"{directory} cannot be written", directory):
        for path in paths:
            path.unlink(missing_ok=True)


def remove_drafts(directory: Path, older_than_seconds: float) -> None:
    """What a process that was killed left of a file it was writing."""
    stale = time.time() - older_than_seconds
    with storage_errors(f"{directory} cannot be written", directory):
        for draft in directory.glob(f"{_DRAFT}*"):
            with contextlib.suppress(FileNotFoundError):
                if draft.lstat().st_mtime < stale:
                    draft.unlink()


def prepare_lock(directory: Path, name: str) -> None:
    """A lock for all who may write the directory. Raises OSError."""
    status = directory.stat()
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _give_to(status, descriptor)
            writers = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            os.fchmod(descriptor, 0o600 | writers | writers << 1)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def storage_errors(what: str, path: Path) -> Iterator[None]:
    """Tell what was attempted, why it failed, and who the owner is where another user is."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{what}: {error.strerror or error}{_other_owner(error, path)}") from error


def belongs_to_another(path: Path) -> bool:
    try:
        return path.lstat().st_uid != os.geteuid()
    except OSError:
        return False


def _give_to(directory: os.stat_result, descriptor: int) -> None:
    """What root writes into the directory of a user is to be that user's, who must be able to deliver it."""
    if os.geteuid() == 0 and directory.st_uid != 0:
        os.fchown(descriptor, directory.st_uid, directory.st_gid)


def _other_owner(error: OSError, path: Path) -> str:
    if not isinstance(error, PermissionError):
        return ""
    for place in (path, *path.parents):
        try:
            owner = place.lstat().st_uid
        except OSError:
            continue
        if owner == os.geteuid():
            return ""
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        return f" ({place} belongs to the user {name})"
    return ""
