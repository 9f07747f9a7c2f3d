# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""An AWS account: its entities, its settings, and what puts entities into it without asking the API."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from testbed.fakes.aws.authorization import Authorizer
from testbed.fakes.aws.credentials import Credentials
from testbed.fakes.aws.entities import AccessKey, Group, LastUse, Policy, PolicyVersion, Role, User
from testbed.fakes.aws.eventual import ALWAYS, Eventual
from testbed.fakes.aws.report import CredentialReport
from testbed.fakes.aws.settings import Consistency, PerAction, default_quotas
from testbed.fakes.aws.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from threading import RLock

    from testbed.fakes.aws.clock import Clock

_ID_PREFIX = {"user": "AIDA", "group": "AGPA", "role": "AROA", "policy": "ANPA", "key": "AKIA", "session": "ASIA"}
INNOCENT_DOCUMENT = (
    '{"Version":"2012-10-17",'
    '"Statement":[{"Effect":"Allow","Action":"aws-marketplace:DescribeAgreement","Resource":"*"}]}'
)


@dataclass(frozen=True)
class Key:
    """An access key to seed. Ages are days before the present; ``created`` is for an exact moment.

    ``changed_days`` is when the status last changed, if it did after creation.
    """

    age_days: float = 0
    status: str = "Active"
    created: datetime | None = None
    changed_days: float | None = None
    last_used_days: float | None = None
    last_used_service: str = "s3"
    last_used_region: str = "us-east-1"


class Account:
    """Everything here may be called and set from any thread while the endpoint serves."""

    def __init__(self, account_id: str, partition: str, clock: Clock, lock: RLock) -> None:
        self.id = account_id
        self.partition = partition
        self.alias: str | None = None
        self.created = clock.now() - timedelta(days=1000)
        self.clock = clock
        self.users: Eventual[User] = Eventual()
        self.groups: Eventual[Group] = Eventual()
        self.roles: Eventual[Role] = Eventual()
        self.policies: Eventual[Policy] = Eventual()
        self.root_keys: Eventual[AccessKey] = Eventual()
        self.root_mfa_active = False
        self.assume_any_role = True
        self.page_limit: int | None = None
        self.quotas = default_quotas()
        self.latency_ms = PerAction()
        self.consistency = Consistency()
        self.throttle = Throttle()
        self.authorizer = Authorizer()
        self.report = CredentialReport(self)
        self.key_owners: dict[str, User | None] = {}
        self._made: Counter[str] = Counter()
        self._lock = lock
        self.admin_credentials = Credentials(
            self.new_id("session"), self.new_secret("admin"), session_token=self.new_secret("admin-token")
        )

    def arn(self, kind: str, path: str, name: str) -> str:
        return f"arn:{self.partition}:iam::{self.id}:{kind}{path}{name}"

    def new_id(self, kind: str) -> str:
        """The same in every run, so that what a seed makes can be compared."""
        self._made[kind] += 1
        digest = self._digest(f"{kind}/{self._made[kind]}")
        return _ID_PREFIX[kind] + base64.b32encode(digest).decode()[:16]

    def new_secret(self, purpose: str) -> str:
        return base64.b64encode(self._digest(f"secret/{purpose}")).decode()[:40]

    def _digest(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.id}/{text}".encode()).digest()

    def days_ago(self, days: float) -> datetime:
        return self.clock.now() - timedelta(days=days)

    def add_user(
        self,
        name: str,
        *,
        path: str = "/",
        tags: Mapping[str, str] | None = None,
        age_days: float = 500,
        created: datetime | None = None,
        keys: Iterable[Key] = (),
        groups: Iterable[str] = (),
        password_age_days: float | None = None,
        password_last_used_days: float | None = None,
        mfa_active: bool = False,
    ) -> User:
        """A user, as old as ``age_days`` or ``created`` says. Groups that do not exist are made."""
        with self._lock:
            user = User(
                name=name,
                path=path,
                id=self.new_id("user"),
                arn=self.arn("user", path, name),
                created=created or self.days_ago(age_days),
                tags=dict(tags or {}),
                mfa_active=mfa_active,
            )
            if password_age_days is not None:
                user.password_created = self.days_ago(password_age_days)
            if password_last_used_days is not None:
                user.password_last_used = self.days_ago(password_last_used_days)
            for key in keys:
                self._add_key(user, key)
            self.users.add(name, user)
            for group_name in groups:
                group = self.groups.get(group_name, self.clock.now()) or self.add_group(group_name)
                group.members.add(name, user)
            return user

    def add_key(self, user_name: str, key: Key) -> AccessKey:
        with self._lock:
            return self._add_key(self.user(user_name), key)

    def add_root_key(self, key: Key) -> AccessKey:
        with self._lock:
            return self._add_key(None, key)

    def _add_key(self, owner: User | None, spec: Key) -> AccessKey:
        key = self.make_key(owner, spec.created or self.days_ago(spec.age_days))
        key.status = spec.status
        if spec.changed_days is not None:
            key.changed = self.days_ago(spec.changed_days)
        if spec.last_used_days is not None:
            key.last_use = LastUse(self.days_ago(spec.last_used_days), spec.last_used_service, spec.last_used_region)
        return key

    def keys_of(self, owner: User | None) -> Eventual[AccessKey]:
        return self.root_keys if owner is None else owner.keys

    def make_key(self, owner: User | None, created: datetime, visible_from: datetime = ALWAYS) -> AccessKey:
        """A key in the first free slot of a user, or of the root user."""
        keys = self.keys_of(owner)
        taken = {key.slot for key in keys.recorded()}
        key_id = self.new_id("key")
        key = AccessKey(
            id=key_id,
            secret=self.new_secret(key_id),
            slot=next(slot for slot in range(1, len(taken) + 2) if slot not in taken),
            created=created,
            changed=created,
        )
        keys.add(key_id, key, visible_from)
        self.key_owners[key_id] = owner
        return key

    def add_group(self, name: str, *, path: str = "/", age_days: float = 500) -> Group:
        with self._lock:
            group = Group(name, path, self.new_id("group"), self.arn("group", path, name), self.days_ago(age_days))
            self.groups.add(name, group)
            return group

    def add_role(self, name: str, *, path: str = "/", trust: str = "{}") -> Role:
        with self._lock:
            arn = self.arn("role", path, name)
            role = Role(name, path, self.new_id("role"), arn, self.days_ago(500), trust=trust)
            self.roles.add(name, role)
            return role

    def add_policy(
        self, name: str, *, path: str = "/", document: str = INNOCENT_DOCUMENT, attachable: bool = True
    ) -> Policy:
        with self._lock:
            created = self.days_ago(500)
            policy = Policy(name, path, self.new_id("policy"), self.arn("policy", path, name), created, created)
            policy.versions["v1"] = PolicyVersion("v1", document, created)
            policy.attachable = attachable
            self.policies.add(policy.arn, policy)
            return policy

    def user(self, name: str) -> User:
        """As recorded, whether the API would show it yet or not."""
        return self.users[name]

    def user_names(self, path_prefix: str = "/") -> list[str]:
        with self._lock:
            return [user.name for user in self.users.recorded() if user.path.startswith(path_prefix)]

    def group_names(self, path_prefix: str = "/") -> list[str]:
        with self._lock:
            return [group.name for group in self.groups.recorded() if group.path.startswith(path_prefix)]

    def deny(self, action: str, *, principal: str | None = None, explicit: bool = False) -> None:
        """Answer AccessDenied to an action (a shell pattern) of everybody or of one user or role name."""
        self.authorizer.deny(action, principal, explicit=explicit)

    def enforce_policies(self) -> None:
        """Let callers do only what their own and their groups' policies allow."""
        self.authorizer.enforce_policies = True

    def allow_all(self) -> None:
        """End what ``deny`` and ``enforce_policies`` began."""
        self.authorizer.allow_all()
