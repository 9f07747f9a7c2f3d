# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The eight steps of the probe, what each changes, and what it needs to be there or gone."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class Presence(enum.Enum):
    ABSENT = "absent"
    PRESENT = "present"
    UNKNOWN = "unknown"


class Thing(enum.Enum):
    """What the steps make and remove."""

    USER = "user"
    GROUP = "group"
    MEMBERSHIP = "membership"
    ATTACHMENT = "attachment"


class Step(t.NamedTuple):
    """C(operation) is botocore's name for the one API call, which leaves C(thing) in C(leaves)."""

    name: str
    operation: str
    thing: Thing
    leaves: Presence
    needs: dict[Thing, Presence]


_THERE, _GONE = Presence.PRESENT, Presence.ABSENT
_USER, _GROUP, _MEMBERSHIP, _ATTACHMENT = Thing

STEPS = {
    step.name: step
    for step in (
        Step("CreateUser", "create_user", _USER, _THERE, {}),
        Step("CreateGroup", "create_group", _GROUP, _THERE, {}),
        Step("AddUserToGroup", "add_user_to_group", _MEMBERSHIP, _THERE, {_USER: _THERE, _GROUP: _THERE}),
        Step("RemoveUserFromGroup", "remove_user_from_group", _MEMBERSHIP, _GONE, {_MEMBERSHIP: _THERE}),
        Step("DeleteGroup", "delete_group", _GROUP, _GONE, {_GROUP: _THERE, _MEMBERSHIP: _GONE}),
        Step("AttachPolicy", "attach_user_policy", _ATTACHMENT, _THERE, {_USER: _THERE}),
        Step("DetachPolicy", "detach_user_policy", _ATTACHMENT, _GONE, {_ATTACHMENT: _THERE}),
        Step("DeleteUser", "delete_user", _USER, _GONE, {_USER: _THERE, _MEMBERSHIP: _GONE, _ATTACHMENT: _GONE}),
    )
}
"""By Metrist's names, in Metrist's order."""


class Ledger:
    """What is there of what this run makes, as far as it can know."""

    def __init__(self) -> None:
        self.presence = dict.fromkeys(Thing, Presence.ABSENT)
        self.seen: set[Thing] = set()
        self._spoiled_by: dict[Thing, str] = {}

    def unmet(self, step: Step) -> list[Thing]:
        return [thing for thing, wanted in step.needs.items() if self.presence[thing] is not wanted]

    def culprit(self, step: Step) -> str | None:
        """The failed step that a skipped one waits for in vain; None where that was never run."""
        return next((self._spoiled_by[thing] for thing in self.unmet(step) if thing in self._spoiled_by), None)

    def done(self, step: Step) -> None:
        """What a successful change needed was plainly visible to IAM."""
        self.presence[step.thing] = step.leaves
        self.seen.update(thing for thing, wanted in step.needs.items() if wanted is Presence.PRESENT)

    def not_done(self, step: Step, *, uncertain: bool) -> None:
        self._spoiled_by[step.thing] = step.name
        if uncertain:
            self.presence[step.thing] = Presence.UNKNOWN

    def not_tried(self, step: Step) -> None:
        culprit = self.culprit(step)
        if culprit is not None:
            self._spoiled_by.setdefault(step.thing, culprit)


@dataclasses.dataclass
class StepResult:
    """One step as the module returns it: see RETURN of keyward.iam.probe."""

    name: str
    status: str = "skipped"
    duration_ms: float | None = None
    attempts: int = 0
    propagation_ms: float | None = None
    error_code: str | None = None
    error: str | None = None
    request_id: str | None = None
    state: str | None = None

    @property
    def failed(self) -> bool:
        return self.status not in ("ok", "skipped")
