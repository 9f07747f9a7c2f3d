# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One AWS profile: which of its settings belong in the credentials file, and which in the config file."""

from __future__ import annotations

import shlex
import typing as t
from dataclasses import dataclass

from .._common.errors import KeywardError
from .aws_file import AwsFile, AwsFileError
from .edit import edit, remove

_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_ROLE = ("role_arn", "source_profile", "credential_source")
# botocore takes aws_security_token, the older name of aws_session_token, before that.
_IDENTITY = (*_KEYS, "aws_security_token", *_ROLE)

# These take precedence over keys in AWS clients, and the first also over a role with other credentials.
_PRECEDE_ROLE = ("web_identity_token_file",)
_PRECEDE_KEYS = (*_PRECEDE_ROLE, "sso_account_id", "sso_role_name")

SETTINGS = (*_KEYS, *_ROLE, "region")

_SHOWN = ("aws_access_key_id", *_ROLE, "region")
_HIDDEN = "********"


class ProfileError(KeywardError):
    """One sentence that says what is wrong with a profile."""


@dataclass(frozen=True)
class ProfileSection:
    """The settings of a profile in one of the two files. ``wanted`` is None if it is to have none."""

    title: str
    is_title: t.Callable[[str], bool]
    wanted: t.Mapping[str, str] | None
    unwanted: t.Collection[str]
    takes_precedence: t.Collection[str]

    def apply(self, content: bytes) -> bytes:
        file = AwsFile(content)
        section = file.find(self.is_title)
        if self.wanted is None:
            return remove(file, section) if section else content
        preferred = [name for name in self.takes_precedence if section and name in file.values[section.title]]
        if preferred:
            raise AwsFileError(f"[{self.title}] has {preferred[0]}, which takes precedence: remove that first")
        return edit(file, section, self.title, self.wanted, self.unwanted)

    def compare(self, before: bytes, after: bytes) -> tuple[str, str]:
        """Return both as text without secrets, which settings that are none of ours may be, too."""
        old, new = self._values(before), self._values(after)
        another = {name: f"{_HIDDEN} (another)" for name in old.keys() & new.keys() if old[name] != new[name]}
        return _text(old, {}), _text(new, another)

    def _values(self, content: bytes) -> dict[str, str]:
        file = AwsFile(content)
        section = file.find(self.is_title)
        return file.values[section.title] if section else {}


class Profile:
    """Settings that are not given stay as they are, but for keys and a role, which exclude each other."""

    def __init__(self, name: str, settings: t.Mapping[str, str]) -> None:
        self.name = _checked_name(name)
        self._settings = {setting: _checked_value(setting, value) for setting, value in settings.items()}
        if "role_arn" in settings and not set(settings).intersection(("source_profile", "credential_source")):
            raise ProfileError("role_arn needs source_profile or credential_source: the credentials that may assume it")
        if settings.get("source_profile") == name:
            raise ProfileError("source_profile must be another profile: this one has no keys once it has a role")

    @property
    def has_keys(self) -> bool:
        return "aws_access_key_id" in self._settings

    def credentials(self, *, present: bool) -> ProfileSection:
        """Return the section of the credentials file, where nothing may stay that would override the config file."""
        return self._section(self.name, self.name.__eq__, _KEYS, present=present)

    def config(self, *, present: bool) -> ProfileSection:
        return self._section(self._config_title(), self._is_config_title, (*_ROLE, "region"), present=present)

    def _config_title(self) -> str:
        """
        The AWS CLI finds a section by its very text, and would begin another one for a profile whose name is quoted
        without need.
        """
        plain = self.name if self.name == "default" else f"profile {self.name}"
        return plain if self._is_config_title(plain) else f"profile {shlex.quote(self.name)}"

    def _section(
        self, title: str, is_title: t.Callable[[str], bool], names: t.Collection[str], *, present: bool
    ) -> ProfileSection:
        wanted = {setting: value for setting, value in self._settings.items() if setting in names}
        identity = _IDENTITY if set(self._settings).intersection(_IDENTITY) else ()
        unwanted = {*identity, *self._settings}.difference(wanted)
        takes_precedence = _PRECEDE_KEYS if self.has_keys else _PRECEDE_ROLE if identity else ()
        return ProfileSection(title, is_title, wanted if present else None, unwanted, takes_precedence)

    def _is_config_title(self, title: str) -> bool:
        """Say whether botocore takes the title of a section of the config file for the profile's."""
        if not title.startswith("profile"):
            return title == self.name == "default"
        try:
            words = shlex.split(title)
        except ValueError:
            return False
        return words[1:] == [self.name]


def _checked_name(name: str) -> str:
    if not name.isprintable() or name != name.strip() or not name or set(name).intersection("[]"):
        raise ProfileError("name must be printable, and without brackets and blanks around it")
    if name == "DEFAULT":
        raise ProfileError("name cannot be DEFAULT, since its settings would apply to all profiles")
    return name


def _checked_value(setting: str, value: str) -> str:
    if not value.isprintable() or value != value.strip() or not value:
        raise ProfileError(f"{setting} must be one line that is not empty, without blanks around it")
    return value


def _text(values: t.Mapping[str, str], another: t.Mapping[str, str]) -> str:
    hidden = {name: another.get(name, _HIDDEN) for name in values if name not in _SHOWN}
    return "".join(f"{name} = {hidden.get(name, value)}\n" for name, value in values.items())
