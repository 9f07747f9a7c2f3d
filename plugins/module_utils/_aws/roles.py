# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Roles that are assumed side by side from one identity: its credentials are got once, and then used by all."""

from __future__ import annotations

import dataclasses
import re
import threading
import typing as t

from .._common.text import cleaned
from .boto import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from .errors import UserError

if t.TYPE_CHECKING:
    from .session import ProfileSession

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?P<account_id>\d{12}):role/[\w+=,.@/-]+", re.ASCII)


class SourceCredentials:
    """
    The credentials that roles are assumed from, by a session of their own: they may be renewed as long as any role is
    in use.
    """

    def __init__(self, create_session: t.Callable[[], ProfileSession]) -> None:
        self._create_session = create_session
        self._lock = threading.Lock()
        self._session: ProfileSession | None = None
        self._credentials: t.Any = None

    def look_up(self) -> t.Any:
        """None where there are none. Raises what keeps them from being found; the next one looks anew."""
        with self._lock:
            if self._credentials is None:
                self._session = self._session or self._create_session()
                self._credentials = self._session.get_credentials()
            return self._credentials

    def stop(self) -> None:
        """End what is still under way."""
        if self._session is not None:
            self._session.stop()


@dataclasses.dataclass(frozen=True)
class AssumedRole:
    """One role, and how to assume it."""

    arn: str
    session_name: str
    external_id: str | None
    source: SourceCredentials

    def check(self) -> None:
        """Raises UserError where the ARN is none of a role."""
        if not _ROLE_ARN.fullmatch(self.arn):
            raise UserError("InvalidRoleArn", f"{cleaned(self.arn)!r} is not the ARN of a role: correct role_arns")

    def credentials(self, create_client: t.Callable[..., t.Any]) -> t.Any:
        """Credentials that assume the role when they are needed, and again before they expire."""
        extra = {"RoleSessionName": self.session_name}
        if self.external_id:
            extra["ExternalId"] = self.external_id
        source = self.source.look_up()
        if source is None:
            return None
        fetcher = AssumeRoleCredentialFetcher(create_client, source, self.arn, extra_args=extra)
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def account_of_role(arn: str) -> str | None:
    """The account that a role is in, or None where the text is no ARN of a role."""
    match = _ROLE_ARN.fullmatch(arn)
    return match["account_id"] if match else None
