# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Whether the shared credentials and config files can be read. Botocore passes over one that cannot, silently."""

from __future__ import annotations

import os
import pathlib
import stat
import typing as t

from .errors import UserError

if t.TYPE_CHECKING:
    from .boto import Session

_VARIABLES = {"credentials_file": "AWS_SHARED_CREDENTIALS_FILE", "config_file": "AWS_CONFIG_FILE"}


def shared_paths(session: Session) -> list[pathlib.Path]:
    return [_path(session, setting) for setting in _VARIABLES]


def described_files(session: Session) -> str:
    return " or ".join(map(_described, shared_paths(session)))


def unusable_files(session: Session) -> list[UserError]:
    """What is wrong with the files that a variable names, or that stand at their usual place."""
    found = []
    for setting, variable in _VARIABLES.items():
        named = os.environ.get(variable)
        path = _path(session, setting)
        reason = "an empty name" if named == "" else _unusable(path, must_exist=named is not None)
        if reason:
            named_by = f"{variable} names {path}" if named is not None else str(path)
            found.append(
                UserError(
                    "SharedFileUnusable",
                    f"the profiles of a file are not seen: {named_by}, which is {reason}: "
                    + ("correct or unset the variable" if named is not None else "correct the file, or remove it"),
                )
            )
    return found


def _path(session: Session, setting: str) -> pathlib.Path:
    # Path.expanduser fails where there is no home, as in some containers; then the name is as good as any.
    return pathlib.Path(os.path.expanduser(os.path.expandvars(str(session.get_config_variable(setting)))))  # noqa: PTH111


def _unusable(path: pathlib.Path, *, must_exist: bool) -> str | None:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                file.read(1)
    except (FileNotFoundError, NotADirectoryError):
        missing = "not there" if must_exist else None
        return "a symbolic link whose target does not exist" if path.is_symlink() else missing
    except (OSError, ValueError) as error:
        return f"not readable ({getattr(error, 'strerror', None) or error})"
    # The null device is the usual way to say that there is none.
    if stat.S_ISREG(mode) or path.samefile(os.devnull):
        return None
    return "a directory" if stat.S_ISDIR(mode) else "not a regular file"


def _described(path: pathlib.Path) -> str:
    try:
        if not path.exists():
            return f"{path} (missing)"
    except OSError:
        return f"{path} (not readable)"
    return str(path) if os.access(path, os.R_OK) else f"{path} (not readable)"
