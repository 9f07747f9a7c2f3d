# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Removes what killed runs of the same namespace left, and nothing else."""

from __future__ import annotations

import datetime as dt
import typing as t

from .._common.deadlines import BoundedCalls
from .entities import Entity, Kind, is_of_namespace, is_tagged_by_probe
from .errors import NO_SUCH_ENTITY, CallError, ErrorClass, Failure
from .removal import Removal, Remover
from .settings import ProbeSettings

SWEEP_SECONDS = 120
"""Thousands of leftovers are removed over several runs."""

_ROUNDS = 3
_PAUSE_SECONDS = 1.0
"""What was detached may be seen as attached for a moment."""


class Sweep:
    """A name alone makes no leftover: people name their users as well. C(removal) tells what became of them."""

    def __init__(self, remover: Remover, calls: BoundedCalls, settings: ProbeSettings, now: dt.datetime) -> None:
        self._remover = remover
        self._calls = calls
        self._settings = settings
        self._newest = now - dt.timedelta(seconds=settings.sweep_after)
        self._failures: dict[Entity, Failure] = {}
        self._passed_over: set[Entity] = set()
        self.removal = Removal()

    def find(self) -> list[Entity]:
        """
        What may be a leftover by its name, path and age. Users come first: once they are deleted, their groups are
        empty. Raises StoppedError.
        """
        found: list[Entity] = []
        try:
            found += self._list("user", self._settings.user_path)
            found += self._list("group", self._settings.group_path)
        except CallError as error:
            self.removal.warnings.append(f"not all leftovers of earlier runs were found: {error.failure.sentence}")
        return found

    def own(self, found: t.Iterable[Entity]) -> t.Iterator[Entity]:
        """Those that a probe of this namespace made, one after the other, since each takes a call."""
        for entity in found:
            if entity.kind == "group" or self._is_own(entity):
                yield entity
            elif self._timed_out(entity):
                return

    def remove(self, found: t.Sequence[Entity]) -> None:
        """Ends early when a signal comes, and may raise StoppedError."""
        pending = self._round(self.own(found))
        for _number in range(_ROUNDS - 1):
            if pending:
                self._calls.pause(_PAUSE_SECONDS)
                pending = self._round(pending)
        gone = {*self.removal.removed}
        self.removal.leftovers = [
            entity.name for entity in found if entity.name not in gone and entity not in self._passed_over
        ]
        self._warn()

    def _list(self, kind: Kind, path: str) -> list[Entity]:
        title = kind.capitalize()
        return [
            Entity(kind, item[f"{title}Name"])
            for item in self._remover.listed(f"list_{kind}s", f"{title}s", PathPrefix=path)
            # The listing also has what is under deeper paths, where no run of this probe makes anything.
            if item["Path"] == path
            and item["CreateDate"] <= self._newest
            and is_of_namespace(kind, item[f"{title}Name"], self._settings.namespace)
        ]

    def _is_own(self, entity: Entity) -> bool:
        try:
            tags = self._remover.call("list_user_tags", UserName=entity.name)["Tags"]
        except CallError as error:
            if error.failure.code == NO_SUCH_ENTITY:
                self._passed_over.add(entity)
            else:
                self._failures[entity] = error.failure
            return False
        if is_tagged_by_probe(tags, self._settings.namespace):
            return True
        self._passed_over.add(entity)
        self.removal.warnings.append(
            f"the user {entity.name} is named like those of this probe, but does not have their tags: it is left alone"
        )
        return False

    def _timed_out(self, entity: Entity) -> bool:
        return entity in self._failures and self._failures[entity].error_class is ErrorClass.TIMEOUT

    def _round(self, entities: t.Iterable[Entity]) -> list[Entity]:
        """What is worth another try."""
        again = []
        for entity in entities:
            if self._calls.stop_reason:
                return []
            failure = self._remove(entity)
            if failure is None:
                self.removal.removed.append(entity.name)
                self._failures.pop(entity, None)
                continue
            self._failures[entity] = failure
            if self._timed_out(entity):
                return []
            if failure.error_class is not ErrorClass.MISCONFIGURED:
                again.append(entity)
        return again

    def _remove(self, entity: Entity) -> Failure | None:
        try:
            self._remover.remove_leftover(entity)
        except CallError as error:
            return None if error.failure.code == NO_SUCH_ENTITY else error.failure
        return None

    def _warn(self) -> None:
        by_sentence: dict[str, list[str]] = {}
        for entity, failure in self._failures.items():
            by_sentence.setdefault(failure.sentence, []).append(entity.name)
        for sentence, names in by_sentence.items():
            others = f" and {len(names) - 1} more" if len(names) > 1 else ""
            self.removal.warnings.append(
                f"{names[0]}{others}, which earlier runs left, could not be removed: {sentence}"
            )
