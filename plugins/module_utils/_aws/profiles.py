# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Which AWS profiles there are in the shared files, and which of them a list of names asks for."""

from __future__ import annotations

import fnmatch
import os
import typing as t

from .._common.text import printable
from .errors import UserError
from .shared_files import described_files, shared_paths, unusable_files

if t.TYPE_CHECKING:
    from .boto import Session

EVERY_PROFILE = "*"

_PROFILE_SETTINGS = frozenset(
    {
        "aws_access_key_id",
        "credential_process",
        "credential_source",
        "role_arn",
        "source_profile",
        "sso_account_id",
        "web_identity_token_file",
    }
)


class SelectedProfiles(t.NamedTuple):
    """C(names) in the order given, each once. C(failures) say which profiles V(*) cannot see."""

    names: list[str]
    failures: list[UserError]
    warnings: list[str]


def select_profiles(session: Session, wanted: t.Sequence[str], excluded: t.Sequence[str] = ()) -> SelectedProfiles:
    """
    V(*) stands for every profile of the shared files but those excluded by shell patterns.
    Names are not checked: one unknown name must not keep the others from being collected.
    """
    names: dict[str, None] = {}
    selected = SelectedProfiles([], [], [])
    for name in wanted:
        if name != EVERY_PROFILE:
            names[name] = None
            continue
        selected.failures.extend(unusable_files(session))
        known = session.available_profiles
        if not known and not selected.failures:
            raise UserError(
                "ProfileNotFound", f"there is no profile in {described_files(session)}: add one, or name none"
            )
        kept = [profile for profile in known if not any(fnmatch.fnmatchcase(profile, pattern) for pattern in excluded)]
        if known and not kept:
            raise UserError("ProfileNotFound", "exclude_profiles leaves no profile: correct its patterns")
        names.update(dict.fromkeys(kept))
        selected.warnings.extend(_misnamed_sections(session))
    selected.names.extend(names)
    return selected


def unknown_profile(session: Session, name: str) -> UserError:
    """The error for a name that the shared files do not hold."""
    variable = next((v for v in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE") if os.environ.get(v) == name), None)
    if not name and variable:
        return UserError(
            "ProfileNotFound", f"{variable} is set and empty: unset it, or set it to the name of a profile"
        )
    if isinstance(session.full_config.get(name), dict) and name not in session.available_profiles:
        config = shared_paths(session)[1]
        return UserError(
            "ProfileNotFound",
            f"there is no profile '{name}', but a section [{name}] in {config}: call it [profile {name}]",
        )
    known = ", ".join(sorted(session.available_profiles)) or "no profile"
    origin = f" ({variable})" if variable else ""
    return UserError(
        "ProfileNotFound",
        f"there is no profile '{name}'{origin} in {described_files(session)}, which hold {known}: correct the name",
    )


def _misnamed_sections(session: Session) -> list[str]:
    config = session.full_config
    names = [
        name
        for name, section in config.items()
        if name not in ("profiles", "sso_sessions", "services", "_path")
        and isinstance(section, dict)
        and _PROFILE_SETTINGS & section.keys()
    ]
    path = shared_paths(session)[1]
    return [f"[{name}] in {path} is no profile: call it [profile {name}]" for name in map(printable, names)]
