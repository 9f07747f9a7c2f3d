# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Keeps one registration as wanted, although Metrist's API does not change registrations, and may not list them.

A changed registration is a new one in place of the old. What was registered is looked up in the back end's list, or in
a file where the back end has none.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .api import MONITOR, BackEnd, Config, MetristError, MonitorStatus, Registration, same
from .memory import Memory


class Outcome(t.NamedTuple):
    """C(result) is what the module returns."""

    result: dict[str, t.Any]
    warnings: list[str]


def manage(back_end: BackEnd, memory: Memory, config: Config, *, present: bool, check: bool) -> Outcome:
    """Registers, or removes, what the configuration says. Raises KeywardError."""
    status = back_end.status()
    listed = back_end.registrations()
    found = Found(memory.recall(), listed, config, present=present)
    change = Change(found.registration, config if present else None)
    warning = found.warning(status)
    registration_id = change.before.id if change.before else None
    if change.needed and not check:
        registration_id = change.apply(back_end, memory)
    result = {
        "changed": change.needed,
        "diff": {"before": change.before.config if change.before else {}, "after": change.wanted or {}},
        **({"id": registration_id} if registration_id else {}),
        **(status._asdict() if status else {}),
    }
    return Outcome(result, [warning] if warning else [])


class Found:
    """The registration that is this module's, by the back end's list or else by memory."""

    def __init__(
        self, remembered: Registration | None, listed: list[Registration] | None, config: Config, *, present: bool
    ) -> None:
        self._remembered = remembered
        self._listed = listed
        self._config = config
        self._present = present
        self.registration = remembered if listed is None else self._in_list(listed)

    def _in_list(self, listed: list[Registration]) -> Registration | None:
        """By its id, or else by its run groups, which no two registrations should share."""
        own = [entry for entry in listed if self._remembered and entry.id == self._remembered.id]
        groups = sorted(self._config["run_groups"])
        own += [entry for entry in listed if same(entry.config, self._config)]
        own += [entry for entry in listed if sorted(entry.config["run_groups"]) == groups]
        if not self._present and not groups and len(listed) == 1:
            own += listed
        return next(iter(own), None)

    def warning(self, status: MonitorStatus | None) -> str | None:
        """A sentence about what is left as it is, or cannot be known."""
        if self._listed is not None:
            return self._others(self._listed)
        before = self.registration
        if before is None and status is not None:
            outcome = "now exists a second time" if self._present else "is left as it is"
            return (
                f"the back end has a state of the monitor {MONITOR}, and id_path remembers no registration: "
                f"one that was made elsewhere {outcome}, as the API does not tell its id"
            )
        if before is not None and self._present and same(before.config, self._config) and status is None:
            return (
                f"the back end has no state of the monitor {MONITOR}: no orchestrator has run it yet, or its "
                f"registration {before.id} was removed elsewhere, which the API does not tell; "
                "with state=absent and then state=present it is registered again"
            )
        return None

    def _others(self, listed: list[Registration]) -> str | None:
        others = [entry.id for entry in listed if entry != self.registration]
        if not others:
            return None
        return (
            f"the back end has other registrations of the monitor {MONITOR}, which are left as they are: "
            f"{', '.join(others)}; state=absent with their run_groups removes them one by one"
        )


@dataclasses.dataclass(frozen=True)
class Change:
    """From what is registered to what is wanted; either may be nothing."""

    before: Registration | None
    wanted: Config | None

    @property
    def needed(self) -> bool:
        if self.before is None or self.wanted is None:
            return self.before is not None or self.wanted is not None
        return not same(self.before.config, self.wanted)

    def apply(self, back_end: BackEnd, memory: Memory) -> str | None:
        """Makes the change, and returns the id of the registration that exists then."""
        memory.prepare()
        if self.before is not None:
            back_end.unregister(self.before.id)
            memory.forget()
        if self.wanted is None:
            return None
        registration = Registration(back_end.register(self.wanted), self.wanted)
        try:
            memory.remember(registration)
        except MetristError as error:
            raise MetristError(f"the probe is registered as {registration.id}, but {error}") from None
        return registration.id
