# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Which AWS profiles there are in the shared files, and which of them a list of names asks for."""

from __future__ import annotations

import os
import pathlib
import typing as t

from .errors import UserError

if t.TYPE_CHECKING:
    from botocore.session import Session

EVERY_PROFILE = "*"


def select_profiles(session: Session, wanted: t.Sequence[str]) -> list[str]:
    """
    The names to gather, each once, in the order given; V(*) stands for every profile of the shared files.
    Names are not checked: one unknown name must not keep the others from being gathered.
    """
    names: dict[str, None] = {}
    for name in wanted:
        if name == EVERY_PROFILE:
            known = session.available_profiles
            if not known:
                raise UserError("ProfileNotFound", f"there is no profile in {_files(session)}: add one, or name none")
            names.update(dict.fromkeys(known))
        else:
            names[name] = None
    return list(names)


def unknown_profile(session: Session, name: str) -> UserError:
    """The error for a name that the shared files do not hold."""
    known = ", ".join(sorted(session.available_profiles)) or "no profile"
    return UserError(
        "ProfileNotFound", f"there is no profile '{name}' in {_files(session)}, which hold {known}: correct the name"
    )


def _files(session: Session) -> str:
    paths = [str(session.get_config_variable(variable)) for variable in ("credentials_file", "config_file")]
    return " or ".join(_described(os.path.expandvars(path)) for path in paths)


def _described(name: str) -> str:
    # Path.expanduser fails where there is no home, as in some containers; then the name is as good as any.
    path = pathlib.Path(os.path.expanduser(name))  # noqa: PTH111
    if not path.exists():
        return f"{path} (missing)"
    return str(path) if os.access(path, os.R_OK) else f"{path} (not readable)"
