# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Removes what killed runs of the same namespace left behind."""

from __future__ import annotations

import dataclasses
import datetime as dt

from .._aws.errors import error_code
from .._common.deadlines import BoundedCalls
from .errors import CALL_ERRORS, NO_SUCH_ENTITY, Cause, Diagnosis, diagnose
from .removal import Janitor
from .settings import Entity, Kind, ProbeSettings, is_of_namespace

SWEEP_SECONDS = 120
"""Thousands of leftovers are removed over several runs."""

_ROUNDS = 3
_PAUSE_SECONDS = 1.0
"""What was detached may be seen as attached for a moment."""


@dataclasses.dataclass
class Swept:
    """C(warnings) tell why something was not removed; a sweep never fails."""

    removed: list[str] = dataclasses.field(default_factory=list)
    leftovers: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)


class Sweep:
    def __init__(self, janitor: Janitor, calls: BoundedCalls, settings: ProbeSettings, now: dt.datetime) -> None:
        self._janitor = janitor
        self._calls = calls
        self._settings = settings
        self._newest = now - dt.timedelta(seconds=settings.sweep_after)
        self._failures: dict[Entity, Diagnosis] = {}
        self.swept = Swept()

    def find(self) -> list[Entity]:
        """Users come first: once they are gone, their groups are empty. Raises StoppedError."""
        found: list[Entity] = []
        try:
            for kind, path in _paths(self._settings).items():
                found += self._list(kind, path)
        except CALL_ERRORS as error:
            self.swept.warnings.append(f"not all leftovers of earlier runs were found: {diagnose(error).sentence}")
        return found

    def remove(self, found: list[Entity]) -> None:
        """Ends early when a signal comes, and may raise StoppedError."""
        pending = found
        for number in range(_ROUNDS):
            if number and pending:
                self._calls.pause(_PAUSE_SECONDS)
            pending = self._round(pending)
        self.swept.leftovers = [entity.name for entity in found if entity.name not in self.swept.removed]
        self._warn()

    def _list(self, kind: Kind, path: str) -> list[Entity]:
        title = kind.capitalize()
        return [
            Entity(kind, item[f"{title}Name"])
            for item in self._janitor.listed(f"list_{kind}s", f"{title}s", PathPrefix=path)
            # The listing also has what is under deeper paths, where no run of this probe makes anything.
            if item["Path"] == path
            and item["CreateDate"] <= self._newest
            and is_of_namespace(kind, item[f"{title}Name"], self._settings.namespace)
        ]

    def _round(self, entities: list[Entity]) -> list[Entity]:
        """What is worth another try."""
        again = []
        for entity in entities:
            if self._calls.stop_reason:
                return []
            failure = self._remove(entity)
            if failure is None:
                self.swept.removed.append(entity.name)
                self._failures.pop(entity, None)
                continue
            self._failures[entity] = failure
            if failure.cause is Cause.TIMEOUT:
                return []
            if failure.cause is not Cause.MISCONFIGURED:
                again.append(entity)
        return again

    def _remove(self, entity: Entity) -> Diagnosis | None:
        try:
            self._janitor.remove(entity)
        except CALL_ERRORS as error:
            return None if error_code(error) == NO_SUCH_ENTITY else diagnose(error)
        return None

    def _warn(self) -> None:
        by_sentence: dict[str, list[str]] = {}
        for entity, failure in self._failures.items():
            by_sentence.setdefault(failure.sentence, []).append(entity.name)
        for sentence, names in by_sentence.items():
            others = f" and {len(names) - 1} more" if len(names) > 1 else ""
            self.swept.warnings.append(f"{names[0]}{others}, which earlier runs left, could not be removed: {sentence}")


def _paths(settings: ProbeSettings) -> dict[Kind, str]:
    return {"user": settings.user_path, "group": settings.group_path}
