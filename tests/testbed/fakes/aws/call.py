# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One call, as the operations see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from testbed.fakes.aws.errors import AwsError, no_such_entity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from testbed.fakes.aws.account import Account
    from testbed.fakes.aws.cloud import Caller, Cloud
    from testbed.fakes.aws.entities import Group, Policy, Role, User
    from testbed.fakes.aws.eventual import Eventual

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    cloud: Cloud
    caller: Caller
    service: str
    action: str
    params: Mapping[str, Any]
    now: datetime

    @property
    def account(self) -> Account:
        return self.caller.account

    @property
    def visible_from(self) -> datetime:
        """When others see what this call makes."""
        return self.now + timedelta(seconds=self.account.consistency.delay[self.action])

    @property
    def gone_from(self) -> datetime:
        """When others no longer see what this call removes."""
        return self.now + timedelta(seconds=self.account.consistency.removal_delay[self.action])

    def user(self) -> User:
        name = self.params.get("UserName") or self._own_name()
        return self.find(self.account.users, name, no_such_entity("user", name))

    def _own_name(self) -> str:
        if self.caller.user is None:
            raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
        return self.caller.user.name

    def group(self) -> Group:
        name = self.params["GroupName"]
        return self.find(self.account.groups, name, no_such_entity("group", name))

    def role(self) -> Role:
        name = self.params["RoleName"]
        return self.find(self.account.roles, name, no_such_entity("role", name))

    def policy(self, missing: str = "Policy {} was not found.") -> Policy:
        arn = self.params["PolicyArn"]
        error = AwsError("NoSuchEntity", missing.format(arn))
        if arn.startswith(f"arn:{self.account.partition}:iam::aws:"):
            return self.find(self.cloud.managed_policies(self.account.partition), arn, error)
        return self.find(self.account.policies, arn, error)

    def find(self, store: Eventual[T], key: str, missing: AwsError) -> T:
        """What the store shows to this call. What is gone can still be read for a while, but not be changed."""
        item = store.get(key, self.now)
        reading = self.action.startswith(("Get", "List"))
        if item is not None and (reading or key in store):
            return item
        code = self.account.consistency.write_error
        if not reading and key in store and code != "NoSuchEntity":
            raise AwsError(code, f"{key} was changed a moment ago. Wait and try the request again.")
        raise missing

    def require_room(self, quota: str, taken: int) -> None:
        limit = self.account.quotas[quota]
        if taken >= limit:
            raise AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}")
