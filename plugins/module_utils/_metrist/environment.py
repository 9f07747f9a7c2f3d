# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The settings of Metrist's monitor in the environment: they rank below a task's options and above AWS's own."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws.errors import UserError
from .._aws.session import ConnectionSettings

ACCESS_KEY_ID = "METRIST_AWS_ACCESS_KEY_ID"
SECRET_ACCESS_KEY = "METRIST_AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the name of a variable
REGION = "METRIST_AWS_REGION"
NAMESPACE = "METRIST_NAMESPACE"


def with_metrist_settings(
    settings: ConnectionSettings, environ: t.Mapping[str, str], *, wants_credentials: bool
) -> ConnectionSettings:
    """The settings with what is not set in them. Raises UserError."""
    settings = dataclasses.replace(settings, region=settings.region or environ.get(REGION) or None)
    access_key_id, secret_access_key = credentials(environ.get(ACCESS_KEY_ID), environ.get(SECRET_ACCESS_KEY))
    if not wants_credentials or not access_key_id:
        return settings
    return dataclasses.replace(
        settings, access_key_id=access_key_id, secret_access_key=secret_access_key, session_token=None
    )


def credentials(access_key_id: str | None, secret_access_key: str | None) -> tuple[str | None, str | None]:
    """Both or neither. Raises UserError."""
    if bool(access_key_id) != bool(secret_access_key):
        raise UserError("InvalidOption", f"{ACCESS_KEY_ID} and {SECRET_ACCESS_KEY} go together: set both or neither")
    return access_key_id or None, secret_access_key or None
