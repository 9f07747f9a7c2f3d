# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Removes users and groups together with whatever really is attached to them."""

from __future__ import annotations

import time
import typing as t

from .._aws.errors import error_code
from .._common.deadlines import BoundedCalls, TimedOutError
from .connection import ProbeConnection
from .errors import CALL_ERRORS, DELETE_CONFLICT, NO_SUCH_ENTITY, Cause, diagnose
from .settings import Entity
from .step_runner import delays

PAGE_SIZE = 1000
_CALL_SECONDS = 10
"""Tidying up is not measured: what hangs is better tried again than waited for."""


class Janitor:
    """Throttling is waited out here, all other errors are the caller's. All calls end by C(ends)."""

    def __init__(self, connection: ProbeConnection, calls: BoundedCalls, step_timeout: float, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self._connection = connection
        self._calls = calls
        self._call_seconds = min(step_timeout, _CALL_SECONDS)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.ends - time.monotonic())

    def remove(self, entity: Entity) -> None:
        """Raises one of CALL_ERRORS, NoSuchEntity included."""
        try:
            self._delete(entity)
        except CALL_ERRORS as error:
            if error_code(error) != DELETE_CONFLICT:
                raise
            self._strip(entity)
            self._delete(entity)

    def undo(self, operation: str, **parameters: t.Any) -> None:
        """Removes a tie; one that is not there is as good."""
        try:
            self.call(operation, **parameters)
        except CALL_ERRORS as error:
            if error_code(error) != NO_SUCH_ENTITY:
                raise

    def listed(self, operation: str, field: str, **parameters: t.Any) -> list[dict[str, t.Any]]:
        """All pages of what a call lists."""
        page = self.call(operation, MaxItems=PAGE_SIZE, **parameters)
        items: list[dict[str, t.Any]] = page[field]
        while page.get("IsTruncated"):
            page = self.call(operation, MaxItems=PAGE_SIZE, Marker=page["Marker"], **parameters)
            items += page[field]
        return items

    def call(self, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        waits = delays()
        while self.seconds_left > 0:
            try:
                return self._connection.call(operation, parameters, min(self.seconds_left, self._call_seconds))
            except CALL_ERRORS as error:
                if diagnose(error).cause is not Cause.THROTTLING:
                    raise
            self._calls.pause(next(waits))
        raise TimedOutError

    def _delete(self, entity: Entity) -> None:
        if entity.kind == "user":
            self.call("delete_user", UserName=entity.name)
        else:
            self.call("delete_group", GroupName=entity.name)

    def _strip(self, entity: Entity) -> None:
        if entity.kind == "user":
            for group in self.listed("list_groups_for_user", "Groups", UserName=entity.name):
                self.undo("remove_user_from_group", GroupName=group["GroupName"], UserName=entity.name)
            for policy in self.listed("list_attached_user_policies", "AttachedPolicies", UserName=entity.name):
                self.undo("detach_user_policy", UserName=entity.name, PolicyArn=policy["PolicyArn"])
        else:
            for user in self.listed("get_group", "Users", GroupName=entity.name):
                self.undo("remove_user_from_group", GroupName=entity.name, UserName=user["UserName"])
