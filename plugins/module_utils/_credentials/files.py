# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Brings the two files of an AWS profile to what they should say, and tells what changes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._files import directories as folders
from .._files.links import FileError, resolve
from .._files.private_file import PrivateFile
from .aws_file import AwsFileError

if t.TYPE_CHECKING:
    from pathlib import Path

    from .._files.private_file import Owner
    from .profile import Profile, Share

_SECRET_MODE = 0o600
_ANY_MODE = 0o7777


@dataclass(frozen=True)
class Part:
    """What one file is to say, and how open it may be at most."""

    path: Path
    share: Share
    most_mode: int


class Change:
    """One file as it is, and as it should be."""

    def __init__(self, part: Part, file: PrivateFile, owner: Owner) -> None:
        self.path = part.path
        self._share = part.share
        self._file = file
        self._owner = owner
        self._mode = file.mode(part.most_mode)
        try:
            self._content = part.share.apply(file.content)
        except AwsFileError as error:
            raise FileError(f"{part.path} is left as it is: {error}") from None

    @property
    def needed(self) -> bool:
        if self._content != self._file.content:
            return True
        # A file with nothing of the profile in it is none of our business.
        status = self._file.status if self._share.wanted else None
        return status is not None and not (self._owner.owns(status) and self._mode == self._file.mode(_ANY_MODE))

    @property
    def difference(self) -> dict[str, str]:
        """Return what Ansible shows as a difference."""
        before, after = self._share.compare(self._file.content, self._content)
        header = f"{self.path} [{self._share.title}]"
        old, new = self._access
        return {
            "before_header": header,
            "before": f"{old}{before}",
            "after_header": header,
            "after": f"{new}{after}",
        }

    @property
    def _access(self) -> tuple[str, str]:
        """Return who may do what with the file, where that changes."""
        status = self._file.status
        if status is None or (self._owner.owns(status) and self._mode == self._file.mode(_ANY_MODE)):
            return "", ""
        uid = status.st_uid if self._owner.uid is None else self._owner.uid
        gid = status.st_gid if self._owner.gid is None else self._owner.gid
        return (
            f"(mode {self._file.mode(_ANY_MODE):04o}, owner {status.st_uid}, group {status.st_gid})\n",
            f"(mode {self._mode:04o}, owner {uid}, group {gid})\n",
        )

    def clean_up(self) -> None:
        self._file.discard_draft()

    def make(self) -> None:
        # AWS clients take an empty file for none; but a link has to lead somewhere.
        if self._content or self.path.is_symlink():
            self._file.replace(self._content, self._mode, self._owner)
        else:
            self._file.remove()


@dataclass(frozen=True)
class Files:
    """The shared files of one user; ``owner`` is who is to own them."""

    credentials: Path
    config: Path
    owner: Owner

    def bring(self, profile: Profile, *, present: bool, check: bool) -> list[Change]:
        """Return the changes that are needed, and make them unless this is only a check."""
        parts = [
            Part(self.credentials, profile.credentials(present=present), _SECRET_MODE),
            Part(self.config, profile.config(present=present), _ANY_MODE),
        ]
        # An identity is there before the other one goes, so that AWS clients find one at any moment.
        if not profile.has_keys:
            parts.reverse()
        paths = {part.path: resolve(part.path) for part in parts}
        if len(set(paths.values())) < len(parts):
            raise FileError(f"{self.credentials} cannot be both the credentials file and the config file")
        parents = {path: target.parent for path, target in paths.items()}
        for part in parts:
            if part.share.wanted and not check:
                folders.make(parents[part.path], self.owner)
        with folders.opened(parents.values(), locked=not check) as opened:
            files = {path: PrivateFile(target, opened.get(parents[path])) for path, target in paths.items()}
            changes = [Change(part, files[part.path], self.owner) for part in parts]
            needed = [change for change in changes if change.needed]
            if not check:
                for change in changes:
                    change.clean_up()
                for change in needed:
                    change.make()
        return needed
