# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The eight steps of the probe, what each changes, and what it needs to exist or to be gone."""

from __future__ import annotations

import enum
import typing as t


class Presence(enum.Enum):
    ABSENT = "absent"
    PRESENT = "present"
    UNKNOWN = "unknown"


class Resource(enum.Enum):
    """What the steps make and remove."""

    USER = "user"
    GROUP = "group"
    MEMBERSHIP = "membership"
    ATTACHMENT = "attachment"


class Step(t.NamedTuple):
    """C(operation) is botocore's name for the one API call, which leaves C(resource) in C(leaves)."""

    name: str
    operation: str
    resource: Resource
    leaves: Presence
    needs: dict[Resource, Presence]


_PRESENT, _ABSENT = Presence.PRESENT, Presence.ABSENT
_USER, _GROUP, _MEMBERSHIP, _ATTACHMENT = Resource

STEPS = {
    step.name: step
    for step in (
        Step("CreateUser", "create_user", _USER, _PRESENT, {}),
        Step("CreateGroup", "create_group", _GROUP, _PRESENT, {}),
        Step("AddUserToGroup", "add_user_to_group", _MEMBERSHIP, _PRESENT, {_USER: _PRESENT, _GROUP: _PRESENT}),
        Step("RemoveUserFromGroup", "remove_user_from_group", _MEMBERSHIP, _ABSENT, {_MEMBERSHIP: _PRESENT}),
        Step("DeleteGroup", "delete_group", _GROUP, _ABSENT, {_GROUP: _PRESENT, _MEMBERSHIP: _ABSENT}),
        Step("AttachPolicy", "attach_user_policy", _ATTACHMENT, _PRESENT, {_USER: _PRESENT}),
        Step("DetachPolicy", "detach_user_policy", _ATTACHMENT, _ABSENT, {_ATTACHMENT: _PRESENT}),
        Step(
            "DeleteUser",
            "delete_user",
            _USER,
            _ABSENT,
            {_USER: _PRESENT, _MEMBERSHIP: _ABSENT, _ATTACHMENT: _ABSENT},
        ),
    )
}
"""By Metrist's names, in Metrist's order."""


class ResourceTracker:
    """What exists of what this run makes, as far as it can know."""

    def __init__(self) -> None:
        self.presence = dict.fromkeys(Resource, Presence.ABSENT)
        self.seen: set[Resource] = set()
        self._failed_by: dict[Resource, str] = {}

    def unmet(self, step: Step) -> list[Resource]:
        return [resource for resource, wanted in step.needs.items() if self.presence[resource] is not wanted]

    def failed_dependency(self, step: Step) -> str | None:
        """The failed step that a skipped one depends on; None if that was never run."""
        return next((self._failed_by[resource] for resource in self.unmet(step) if resource in self._failed_by), None)

    def may_exist(self, resource: Resource) -> bool:
        return self.presence[resource] is not Presence.ABSENT

    def done(self, step: Step) -> None:
        """What a successful change needed was visible to IAM."""
        self.presence[step.resource] = step.leaves
        self.seen.update(resource for resource, wanted in step.needs.items() if wanted is Presence.PRESENT)

    def not_done(self, step: Step, *, uncertain: bool) -> None:
        self._failed_by[step.resource] = step.name
        if uncertain:
            self.presence[step.resource] = Presence.UNKNOWN

    def not_tried(self, step: Step) -> None:
        failed = self.failed_dependency(step)
        if failed is not None:
            self._failed_by.setdefault(step.resource, failed)
