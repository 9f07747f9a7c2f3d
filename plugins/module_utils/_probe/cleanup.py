# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Removes what the steps of this run left, until it is gone or time is up."""

from __future__ import annotations

import time

from .._common.deadlines import BoundedCalls
from .entities import Entity, Names
from .errors import NO_SUCH_ENTITY, CallError, ErrorClass, Failure
from .removal import Removal, Remover
from .step_runner import waits_between_attempts
from .steps import Presence, Resource, ResourceTracker


class CleanUp:
    """C(patience) is for how many seconds a create may stay invisible."""

    def __init__(
        self, remover: Remover, calls: BoundedCalls, tracker: ResourceTracker, names: Names, patience: float
    ) -> None:
        self._remover = remover
        self._calls = calls
        self._tracker = tracker
        self._names = names
        self._patience_ends = time.monotonic() + patience

    def run(self, policy_arn: str) -> Removal:
        """Never raises for what AWS answers."""
        pending = made(self._tracker, self._names)
        failures: dict[Entity, Failure] = {}
        waits = waits_between_attempts()
        while pending:
            for resource, entity in tuple(pending.items()):
                failure = self._remove(resource, entity, policy_arn)
                if failure is None:
                    failures.pop(entity, None)
                elif entity not in failures or self._remover.seconds_left > 0:
                    failures[entity] = failure
                if failure is None or failure.error_class is ErrorClass.MISCONFIGURED:
                    del pending[resource]
            if not pending or self._remover.seconds_left <= 0:
                break
            self._calls.pause(min(next(waits), self._remover.seconds_left))
        return Removal(
            leftovers=[entity.name for entity in failures],
            warnings=[f"{entity.name} could not be removed: {why.sentence}" for entity, why in failures.items()],
        )

    def _remove(self, resource: Resource, entity: Entity, policy_arn: str) -> Failure | None:
        try:
            # Lists may not show what was attached a moment ago, so what is known of is not looked for.
            if self._tracker.may_exist(Resource.MEMBERSHIP):
                self._remover.detach("remove_user_from_group", GroupName=self._names.group, UserName=self._names.user)
            if resource is Resource.USER and self._tracker.may_exist(Resource.ATTACHMENT):
                self._remover.detach("detach_user_policy", UserName=self._names.user, PolicyArn=policy_arn)
            self._remover.remove(entity)
        except CallError as error:
            if error.failure.code == NO_SUCH_ENTITY and self._is_gone(resource):
                return None
            if error.failure.uncertain:
                self._tracker.presence[resource] = Presence.UNKNOWN
            return error.failure
        return None

    def _is_gone(self, resource: Resource) -> bool:
        """Whether an entity that IAM does not find will not be found later either."""
        if resource in self._tracker.seen:
            return True
        return self._tracker.presence[resource] is Presence.UNKNOWN and time.monotonic() >= self._patience_ends


def made(tracker: ResourceTracker, names: Names) -> dict[Resource, Entity]:
    """The entities of a run that may still exist."""
    own = {Resource.USER: Entity("user", names.user), Resource.GROUP: Entity("group", names.group)}
    return {resource: entity for resource, entity in own.items() if tracker.may_exist(resource)}
