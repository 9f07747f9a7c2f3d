# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Knobs that a test turns while the endpoint runs."""

from __future__ import annotations

from dataclasses import dataclass, field


class PerAction:
    """A number for all actions, and for some another: ``latency_ms.default = 30; latency_ms["CreateUser"] = 500``."""

    def __init__(self, default: float = 0.0) -> None:
        self.default = default
        self._of_action: dict[str, float] = {}

    def __getitem__(self, action: str) -> float:
        return self._of_action.get(action, self.default)

    def __setitem__(self, action: str, value: float) -> None:
        self._of_action[action] = value


@dataclass
class Consistency:
    """How late changes are seen.

    What an action made is invisible to others for ``delay`` seconds, and what an action removed stays visible for
    ``removal_delay``. Reading an entity before its time is NoSuchEntity; changing it is ``write_error``.
    """

    delay: PerAction = field(default_factory=PerAction)
    removal_delay: PerAction = field(default_factory=PerAction)
    write_error: str = "NoSuchEntity"


def default_quotas() -> dict[str, int]:
    """AWS's own, by the names that its messages use."""
    return {
        "UsersPerAccount": 5000,
        "GroupsPerAccount": 300,
        "RolesPerAccount": 1000,
        "PoliciesPerAccount": 1500,
        "AccessKeysPerUser": 2,
        "GroupsPerUser": 10,
        "PoliciesPerUser": 10,
        "PoliciesPerGroup": 10,
        "PoliciesPerRole": 10,
        "VersionsPerPolicy": 5,
    }
