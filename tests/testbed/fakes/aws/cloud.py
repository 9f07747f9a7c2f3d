# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""All accounts, and whose an access key is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import RLock

from testbed.fakes.aws.account import Account
from testbed.fakes.aws.clock import Clock
from testbed.fakes.aws.credentials import Credentials
from testbed.fakes.aws.entities import AccessKey, Policy, PolicyVersion, Principal, Role, User
from testbed.fakes.aws.eventual import Eventual

_ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
_READ_IAM = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:Get*",'
    '"iam:List*"],"Resource":"*"}]}'
)
_MANAGED = {
    "/AdministratorAccess": _ALLOW_ALL,
    "/IAMFullAccess": _ALLOW_ALL.replace('"*"', '"iam:*"', 1),
    "/IAMReadOnlyAccess": _READ_IAM,
    "/aws-service-role/AWSSupportServiceRolePolicy": _READ_IAM,
}


@dataclass(frozen=True)
class Caller:
    """Whom an access key id stands for, and what proves it."""

    account: Account
    arn: str
    name: str
    unique_id: str
    credentials: Credentials
    user: User | None = None
    key: AccessKey | None = None
    expires: datetime | None = None
    role: Role | None = None

    @property
    def policy_bound(self) -> Principal | None:
        """Whose policies say what the caller may do, where policies are enforced."""
        return self.user or self.role


class Cloud:
    """``lock`` is held by every operation and by everything that seeds."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.lock = RLock()
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[str, Caller] = {}
        self._managed: dict[str, Eventual[Policy]] = {}

    @property
    def accounts(self) -> list[Account]:
        with self.lock:
            return list(self._accounts.values())

    def find_account(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id)

    def account(self, account_id: str, partition: str = "aws") -> Account:
        """The account of that id, made at its first mention."""
        with self.lock:
            if account_id not in self._accounts:
                account = Account(account_id, partition, self.clock, self.lock)
                self._accounts[account_id] = account
                self._sessions[account.admin_credentials.access_key_id] = self._admin(account)
            return self._accounts[account_id]

    def _admin(self, account: Account) -> Caller:
        """The identity behind the seeding: a session, so that it stands in no list of users."""
        return Caller(
            account=account,
            arn=f"arn:{account.partition}:sts::{account.id}:assumed-role/testbed-admin/testbed",
            name="testbed-admin",
            unique_id=f"{account.new_id('role')}:testbed",
            credentials=account.admin_credentials,
        )

    def caller(self, access_key_id: str) -> Caller | None:
        session = self._sessions.get(access_key_id)
        if session is not None:
            return session
        for account in self._accounts.values():
            if access_key_id in account.key_owners:
                return self._key_caller(account, account.key_owners[access_key_id], access_key_id)
        return None

    def _key_caller(self, account: Account, owner: User | None, access_key_id: str) -> Caller | None:
        key = account.keys_of(owner).get(access_key_id, self.clock.now())
        if key is None:
            return None
        if owner is None:
            arn = f"arn:{account.partition}:iam::{account.id}:root"
            return Caller(account, arn, "root", account.id, key.credentials, key=key)
        return Caller(account, owner.arn, owner.name, owner.id, key.credentials, user=owner, key=key)

    def start_role_session(self, account: Account, role_name: str, session_name: str, seconds: float) -> Caller:
        """Temporary credentials of a role, which need not exist."""
        with self.lock:
            role = account.roles.get(role_name, self.clock.now())
            arn = f"arn:{account.partition}:sts::{account.id}:assumed-role/{role_name}/{session_name}"
            unique_id = f"{role.id if role else account.new_id('role')}:{session_name}"
            identity = Caller(account, arn, role_name, unique_id, account.admin_credentials, role=role)
            return self.start_session(identity, seconds)

    def start_session(self, identity: Caller, seconds: float) -> Caller:
        """Temporary credentials for an identity."""
        with self.lock:
            key_id = identity.account.new_id("session")
            secret, token = (identity.account.new_secret(key_id + part) for part in ("", "/token"))
            session = replace(
                identity,
                credentials=Credentials(key_id, secret, token),
                key=None,
                expires=self.clock.now() + timedelta(seconds=seconds),
            )
            self._sessions[key_id] = session
            return session

    def managed_policies(self, partition: str) -> Eventual[Policy]:
        """AWS's own policies: a few of them, the same for every account of a partition."""
        with self.lock:
            if partition not in self._managed:
                self._managed[partition] = _managed_policies(partition, self.clock.now() - timedelta(days=3000))
            return self._managed[partition]


def _managed_policies(partition: str, created: datetime) -> Eventual[Policy]:
    policies: Eventual[Policy] = Eventual()
    for number, (full_name, document) in enumerate(_MANAGED.items()):
        path, name = full_name.rsplit("/", 1)
        arn = f"arn:{partition}:iam::aws:policy{full_name}"
        policy = Policy(name, path + "/", f"ANPATESTBEDMANAGED{number:03}", arn, created, created)
        policy.versions["v1"] = PolicyVersion("v1", document, created)
        policy.attachable = not path.startswith("/aws-service-role")
        policies.add(arn, policy)
    return policies
