# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Removes what the steps of this run left, until it is gone or time is up."""

from __future__ import annotations

import time

from .._aws.errors import error_code
from .._common.deadlines import BoundedCalls
from .errors import CALL_ERRORS, NO_SUCH_ENTITY, Cause, Diagnosis, diagnose
from .removal import Janitor
from .settings import Entity, Names
from .step_runner import delays
from .steps import Ledger, Presence, Thing
from .sweep import Swept


class CleanUp:
    """C(patience) is for how many seconds a create may stay invisible."""

    def __init__(self, janitor: Janitor, calls: BoundedCalls, ledger: Ledger, names: Names, patience: float) -> None:
        self._janitor = janitor
        self._calls = calls
        self._ledger = ledger
        self._names = names
        self._patience_ends = time.monotonic() + patience

    def run(self, policy_arn: str) -> Swept:
        """Never raises for what AWS answers."""
        own = {Thing.USER: Entity("user", self._names.user), Thing.GROUP: Entity("group", self._names.group)}
        pending = {thing: entity for thing, entity in own.items() if self._may_exist(thing)}
        failures: dict[Entity, Diagnosis] = {}
        waits = delays()
        while pending:
            for thing, entity in tuple(pending.items()):
                failure = self._remove(thing, entity, policy_arn)
                if failure is None:
                    failures.pop(entity, None)
                elif entity not in failures or self._janitor.seconds_left > 0:
                    failures[entity] = failure
                if failure is None or failure.cause is Cause.MISCONFIGURED:
                    del pending[thing]
            if not pending or self._janitor.seconds_left <= 0:
                break
            self._calls.pause(min(next(waits), self._janitor.seconds_left))
        return Swept(
            leftovers=[entity.name for entity in failures],
            warnings=[f"{entity.name} could not be removed: {why.sentence}" for entity, why in failures.items()],
        )

    def _may_exist(self, thing: Thing) -> bool:
        return self._ledger.presence[thing] is not Presence.ABSENT

    def _remove(self, thing: Thing, entity: Entity, policy_arn: str) -> Diagnosis | None:
        try:
            # Lists may not show a tie that was just made, so those known of are not looked for.
            if self._may_exist(Thing.MEMBERSHIP):
                self._janitor.undo("remove_user_from_group", GroupName=self._names.group, UserName=self._names.user)
            if thing is Thing.USER and self._may_exist(Thing.ATTACHMENT):
                self._janitor.undo("detach_user_policy", UserName=self._names.user, PolicyArn=policy_arn)
            self._janitor.remove(entity)
        except CALL_ERRORS as error:
            if error_code(error) == NO_SUCH_ENTITY and self._is_gone(thing):
                return None
            failure = diagnose(error)
            if failure.uncertain:
                self._ledger.presence[thing] = Presence.UNKNOWN
            return failure
        return None

    def _is_gone(self, thing: Thing) -> bool:
        """Whether an entity that IAM does not find will not be found later either."""
        if thing in self._ledger.seen:
            return True
        return self._ledger.presence[thing] is Presence.UNKNOWN and time.monotonic() >= self._patience_ends
