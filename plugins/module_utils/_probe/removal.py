# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Removes users and groups: those of this run with whatever is attached, leftovers whole or not at all."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from .._aws.errors import UserError
from .._common.deadlines import BoundedCalls, TimedOutError
from .connection import ProbeConnection
from .entities import Entity
from .errors import DELETE_CONFLICT, NO_SUCH_ENTITY, CallError, ErrorClass
from .step_runner import waits_between_attempts

PAGE_SIZE = 1000
_CALL_SECONDS = 10
"""Removal is not measured: a call that hangs is better tried again than waited for."""

_NEVER_OF_A_PROBE = (
    ("list_access_keys", "AccessKeyMetadata", "access keys"),
    ("list_user_policies", "PolicyNames", "inline policies"),
    ("list_mfa_devices", "MFADevices", "MFA devices"),
    ("list_signing_certificates", "Certificates", "signing certificates"),
    ("list_ssh_public_keys", "SSHPublicKeys", "SSH keys"),
    ("list_service_specific_credentials", "ServiceSpecificCredentials", "service-specific credentials"),
)
"""What keeps IAM from deleting a user, and what this module never takes away."""


@dataclasses.dataclass
class Removal:
    """C(warnings) tell why something was not removed; a removal never fails."""

    removed: list[str] = dataclasses.field(default_factory=list)
    leftovers: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)


class Remover:
    """Throttling is waited out here, all other errors are raised as CallError. All calls end by C(ends)."""

    def __init__(self, connection: ProbeConnection, calls: BoundedCalls, step_timeout: float, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self._connection = connection
        self._calls = calls
        self._call_seconds = min(step_timeout, _CALL_SECONDS)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.ends - time.monotonic())

    def remove(self, entity: Entity) -> None:
        """Removes what this run made. Raises CallError, also for what does not exist."""
        self._remove(entity, check=False)

    def remove_leftover(self, entity: Entity) -> None:
        """Detaches nothing from a user that IAM would not delete then. Raises CallError."""
        self._remove(entity, check=True)

    def detach(self, operation: str, **parameters: t.Any) -> None:
        """Removes a membership or an attachment; one that does not exist is as good."""
        try:
            self.call(operation, **parameters)
        except CallError as error:
            if error.failure.code != NO_SUCH_ENTITY:
                raise

    def listed(self, operation: str, field: str, **parameters: t.Any) -> list[t.Any]:
        """All pages of a list."""
        page = self.call(operation, MaxItems=PAGE_SIZE, **parameters)
        items: list[t.Any] = page[field]
        while page.get("IsTruncated"):
            page = self.call(operation, MaxItems=PAGE_SIZE, Marker=page["Marker"], **parameters)
            items += page[field]
        return items

    def call(self, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        waits = waits_between_attempts()
        while self.seconds_left > 0:
            try:
                return self._connection.call(operation, parameters, min(self.seconds_left, self._call_seconds))
            except CallError as error:
                if error.failure.error_class is not ErrorClass.THROTTLING:
                    raise
            self._calls.pause(min(next(waits), self.seconds_left))
        raise CallError(TimedOutError())

    def _remove(self, entity: Entity, *, check: bool) -> None:
        try:
            self._delete(entity)
        except CallError as error:
            if error.failure.code != DELETE_CONFLICT or entity.kind != "user":
                raise
            if check:
                self._check_deletable(entity.name)
            self._detach_all(entity.name)
            self._delete(entity)

    def _delete(self, entity: Entity) -> None:
        if entity.kind == "user":
            self.call("delete_user", UserName=entity.name)
        else:
            self.call("delete_group", GroupName=entity.name)

    def _check_deletable(self, user: str) -> None:
        found = [
            title for operation, field, title in _NEVER_OF_A_PROBE if self.call(operation, UserName=user).get(field)
        ]
        if self._has_password(user):
            found.append("a password")
        if found:
            raise CallError(
                UserError(
                    "InUse", f"it has {' and '.join(found)}, which no probe makes: delete it by hand if it may go"
                )
            )

    def _has_password(self, user: str) -> bool:
        try:
            self.call("get_login_profile", UserName=user)
        except CallError as error:
            if error.failure.code != NO_SUCH_ENTITY:
                raise
            return False
        return True

    def _detach_all(self, user: str) -> None:
        groups = self.listed("list_groups_for_user", "Groups", UserName=user)
        policies = self.listed("list_attached_user_policies", "AttachedPolicies", UserName=user)
        for group in groups:
            self.detach("remove_user_from_group", GroupName=group["GroupName"], UserName=user)
        for policy in policies:
            self.detach("detach_user_policy", UserName=user, PolicyArn=policy["PolicyArn"])
