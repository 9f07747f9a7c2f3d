# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Credentials as a client needs them, and the files and variables that carry them there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class ClientOptions(TypedDict):
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_session_token: str | None


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def client_options(self) -> ClientOptions:
        """What ``session.client(...)`` takes."""
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
        }

    def settings(self) -> dict[str, str]:
        """What a section of a credentials file holds."""
        return {name: str(value) for name, value in self.client_options().items() if value}

    def environment(self) -> dict[str, str]:
        return {name.upper(): value for name, value in self.settings().items()}

    def profile(self, name: str) -> str:
        """The section of a credentials file."""
        return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in self.settings().items())


def write_profiles(directory: Path, profiles: Mapping[str, Credentials], region: str | None = None) -> dict[str, str]:
    """Write a credentials and a config file, and return the variables that make AWS clients use only them."""
    titles = [name if name == "default" else f"profile {name}" for name in profiles]
    sections = [f"[{title}]\n" + (f"region = {region}\n" if region else "") for title in titles]
    _write_private(directory / "credentials", "\n".join(creds.profile(name) for name, creds in profiles.items()))
    _write_private(directory / "config", "\n".join(sections))
    return {
        "AWS_SHARED_CREDENTIALS_FILE": str(directory / "credentials"),
        "AWS_CONFIG_FILE": str(directory / "config"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
