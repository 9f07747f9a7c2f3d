# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Replaces a file that holds secrets: in one step, and readable by its owner only from its first byte on."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import typing as t
from contextlib import suppress
from dataclasses import dataclass

from . import atomic
from .links import FileError, file_errors

if t.TYPE_CHECKING:
    from pathlib import Path

_NOBODY = -1


@dataclass(frozen=True)
class Owner:
    """The owner that a file is to get; None leaves it as it is."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def of(cls, user: str | None, group: str | None, *, may_be_missing: bool) -> Owner:
        """Find them by name or number. One that may be missing owns nothing yet."""
        return cls(
            _number(user, lambda name: pwd.getpwnam(name).pw_uid, may_be_missing=may_be_missing),
            _number(group, lambda name: grp.getgrnam(name).gr_gid, may_be_missing=may_be_missing),
        )

    def owns(self, status: os.stat_result) -> bool:
        return self.uid in (None, status.st_uid) and self.gid in (None, status.st_gid)

    def take(self, descriptor: int) -> None:
        if not self.owns(os.fstat(descriptor)):
            os.fchown(descriptor, -1 if self.uid is None else self.uid, -1 if self.gid is None else self.gid)


class PrivateFile:
    """
    A file in a directory that is held open, so that no other directory takes its place meanwhile.

    ``directory`` is None where there is none, and so no file either.
    """

    def __init__(self, path: Path, directory: int | None) -> None:
        self.path = path
        self.status: os.stat_result | None = None
        self.content = b""
        self._directory = directory
        self._name = path.name
        self._draft = f".{self._name}.keyward"
        if directory is not None:
            with file_errors(f"read {path}"):
                self._read()

    def _read(self) -> None:
        try:
            # A pipe must not be waited for.
            descriptor = os.open(self._name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._directory)
        except FileNotFoundError:
            return
        with os.fdopen(descriptor, "rb") as file:
            self.status = os.fstat(descriptor)
            if not stat.S_ISREG(self.status.st_mode):
                raise FileError(f"{self.path} is not a file")
            self.content = file.read()

    def mode(self, most: int) -> int:
        """Return the mode that it has, but no looser than the most, or that of a new file."""
        return stat.S_IMODE(self.status.st_mode) & most if self.status else atomic.PRIVATE

    def replace(self, content: bytes, mode: int, owner: Owner) -> None:
        """Put another file in its place, with the same owner and group where no other is given."""
        with file_errors(f"replace {self.path}"):
            atomic.replace(
                t.cast("int", self._directory),
                self._name,
                content,
                mode=mode,
                prepare=lambda descriptor: self._give(descriptor, owner),
                draft=self._draft,
            )

    def _give(self, descriptor: int, owner: Owner) -> None:
        if self.status:
            Owner(self.status.st_uid, self.status.st_gid).take(descriptor)
        owner.take(descriptor)

    def remove(self) -> None:
        with file_errors(f"remove {self.path}"):
            os.unlink(self._name, dir_fd=self._directory)

    def discard_draft(self) -> None:
        """Remove what a writer that was killed left: of those who hold the directory's lock, there is only one."""
        if self._directory is None:
            return
        with file_errors(f"clean up beside {self.path}"), suppress(FileNotFoundError):
            # A file system that is read-only refuses to remove also what is not there.
            os.stat(self._draft, dir_fd=self._directory, follow_symlinks=False)
            os.unlink(self._draft, dir_fd=self._directory)


def _number(name: str | None, find: t.Callable[[str], int], *, may_be_missing: bool) -> int | None:
    if name is None:
        return None
    if name.isdecimal():
        return int(name)
    try:
        return find(name)
    except KeyError:
        if may_be_missing:
            return _NOBODY
        raise FileError(f"there is no user or group {name} on this host") from None
