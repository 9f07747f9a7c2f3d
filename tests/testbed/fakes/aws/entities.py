# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an account holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from testbed.fakes.aws.credentials import Credentials
from testbed.fakes.aws.eventual import Eventual

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class LastUse:
    date: datetime
    service: str
    region: str


@dataclass
class AccessKey:
    """``changed`` is when the key was made or its status last changed: what the credential report calls rotated."""

    id: str
    secret: str = field(repr=False)
    slot: int
    created: datetime
    changed: datetime
    status: str = "Active"
    last_use: LastUse | None = None

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.id, self.secret)


@dataclass
class OtherCredential:
    """An SSH key, a service-specific credential or a signing certificate."""

    id: str
    created: datetime
    status: str = "Active"
    service: str = ""
    expires: datetime | None = None


@dataclass
class PolicyVersion:
    id: str
    document: str
    created: datetime


@dataclass
class Policy:
    name: str
    path: str
    id: str
    arn: str
    created: datetime
    updated: datetime
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    versions: dict[str, PolicyVersion] = field(default_factory=dict)
    default_version: str = "v1"
    versions_made: int = 1
    attachable: bool = True

    @property
    def document(self) -> str:
        return self.versions[self.default_version].document


@dataclass
class Principal:
    """A user, group or role: whatever policies can be put on."""

    name: str
    path: str
    id: str
    arn: str
    created: datetime
    tags: dict[str, str] = field(default_factory=dict)
    attached: Eventual[Policy] = field(default_factory=Eventual)
    inline: Eventual[tuple[str, str]] = field(default_factory=Eventual)


@dataclass
class User(Principal):
    keys: Eventual[AccessKey] = field(default_factory=Eventual)
    boundary: str | None = None
    password_created: datetime | None = None
    password_last_used: datetime | None = None
    mfa_active: bool = False
    ssh_keys: list[OtherCredential] = field(default_factory=list)
    service_credentials: list[OtherCredential] = field(default_factory=list)
    certificates: list[OtherCredential] = field(default_factory=list)

    def key(self, number: int = 0) -> AccessKey:
        """One of the user's keys, counted from 0 by slot."""
        return sorted(self.keys.recorded(), key=lambda key: key.slot)[number]


@dataclass
class Group(Principal):
    members: Eventual[User] = field(default_factory=Eventual)


@dataclass
class Role(Principal):
    trust: str = ""
    description: str = ""
    max_session_seconds: int = 3600
