# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Writes an AWS profile to its two files, and tells what changes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._files import directories
from .._files.links import FileError, resolve
from .._files.private_file import PrivateFile
from .aws_file import AwsFileError

if t.TYPE_CHECKING:
    from pathlib import Path

    from .._files.private_file import Owner
    from .profile import Profile, ProfileSection

_SECRET_MODE = 0o600
_ANY_MODE = 0o7777


@dataclass(frozen=True)
class FilePlan:
    """What one file is to hold, and the most open mode that it may have."""

    path: Path
    section: ProfileSection
    most_mode: int


class Change:
    """One file as it is, and as it should be."""

    def __init__(self, plan: FilePlan, file: PrivateFile, owner: Owner) -> None:
        self.path = plan.path
        self._section = plan.section
        self._file = file
        self._owner = owner
        self._mode = file.mode(plan.most_mode)
        try:
            self._content = plan.section.apply(file.content)
        except AwsFileError as error:
            raise FileError(f"{plan.path} is left as it is: {error}") from None

    @property
    def needed(self) -> bool:
        if self._content != self._file.content:
            return True
        # A file without the profile is left as it is.
        status = self._file.status if self._section.wanted else None
        return status is not None and not (self._owner.owns(status) and self._mode == self._file.mode(_ANY_MODE))

    @property
    def difference(self) -> dict[str, str]:
        """Return what Ansible shows as a difference."""
        before, after = self._section.compare(self._file.content, self._content)
        header = f"{self.path} [{self._section.title}]"
        old, new = self._access
        return {
            "before_header": header,
            "before": f"{old}{before}",
            "after_header": header,
            "after": f"{new}{after}",
        }

    @property
    def _access(self) -> tuple[str, str]:
        """Return mode, owner and group of the file, if they change."""
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

    def write(self) -> None:
        # AWS clients take an empty file for none; but a link has to lead somewhere.
        if self._content or self.path.is_symlink():
            self._file.replace(self._content, self._mode, self._owner)
        else:
            self._file.remove()


@dataclass(frozen=True)
class Files:
    """The shared files of one user; ``owner`` owns what is written."""

    credentials: Path
    config: Path
    owner: Owner

    def apply(self, profile: Profile, *, present: bool, check: bool) -> list[Change]:
        """Return the changes that are needed, and make them unless this is only a check."""
        plans = [
            FilePlan(self.credentials, profile.credentials(present=present), _SECRET_MODE),
            FilePlan(self.config, profile.config(present=present), _ANY_MODE),
        ]
        # An identity is there before the other one goes, so that AWS clients find one at any moment.
        if not profile.has_keys:
            plans.reverse()
        paths = {plan.path: resolve(plan.path) for plan in plans}
        if len(set(paths.values())) < len(plans):
            raise FileError(f"{self.credentials} cannot be both the credentials file and the config file")
        parents = {path: target.parent for path, target in paths.items()}
        for plan in plans:
            if plan.section.wanted and not check:
                directories.make(parents[plan.path], self.owner)
        with directories.opened(parents.values(), locked=not check) as opened:
            files = {path: PrivateFile(target, opened.get(parents[path])) for path, target in paths.items()}
            changes = [Change(plan, files[plan.path], self.owner) for plan in plans]
            needed = [change for change in changes if change.needed]
            if not check:
                for change in changes:
                    change.clean_up()
                for change in needed:
                    change.write()
        return needed
