# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an access key is to the person who must act: where it stands, and the next step with its reason."""

from __future__ import annotations

import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

UNUSED_DAYS = 90
"""Days without use from which an active key is better made inactive than rotated."""

Key = t.Mapping[str, t.Any]

Standing = t.Literal["expired", "expiring", "ok", "inactive", "exempt", "unknown"]

URGENCY: dict[Standing, int] = {"expired": 0, "expiring": 1, "unknown": 2, "ok": 3, "exempt": 4, "inactive": 5}
"""The order in which people want to see keys."""


class Advice(t.NamedTuple):
    """C(step) is a word to filter by, empty where nothing is to be done; C(reason) says why, in one sentence."""

    step: str
    reason: str


NOTHING = Advice("", "")


def standing(key: Key) -> Standing:
    """Where a key stands. Exempt and inactive keys have an age too, and are not due."""
    if key.get("exempt"):
        return "exempt"
    if key.get("status") != "Active":
        return "inactive"
    severity = key.get("severity")
    return severity if severity in {"expired", "expiring", "ok"} else "unknown"


def advice(key: Key) -> Advice:
    """The next step for a key. What is not known (use, age) is never taken for a reason."""
    if standing(key) == "exempt":
        return NOTHING
    if key.get("root"):
        return Advice("delete", "The root user should have no access keys: give the work to a role or a user.")
    unused = unused_days(key)
    if standing(key) == "inactive":
        since = key.get("inactive_days")
        inactive = f"It has been inactive for {plural(since, 'day')}" if isinstance(since, int) else "It is inactive"
        return Advice("delete", f"{inactive}." if unused is None else f"{inactive} and was {_not_used(key, unused)}.")
    if unused is not None and unused >= UNUSED_DAYS:
        return Advice("deactivate", f"It is active and was {_not_used(key, unused)}.")
    return _by_age(key)


def _by_age(key: Key) -> Advice:
    if standing(key) == "expired":
        over = -key["days_left"]
        reached = f"{plural(over, 'day')} over its limit" if over else "at its limit"
        return Advice("rotate", f"It is {plural(key['age_days'], 'day')} old, {reached}.")
    if standing(key) == "expiring":
        return Advice("rotate", f"It reaches its limit in {plural(key['days_left'], 'day')}.")
    if key.get("reactivated"):
        return Advice("look", "It was changed after it was created, such as made inactive and active again.")
    return NOTHING


def unused_days(key: Key) -> int | None:
    """Days since the last use, or since the creation of a key that was never used; None where that is not known."""
    if "last_used_date" not in key:
        return None
    days = key.get("age_days") if key["last_used_date"] is None else key.get("last_used_days")
    return days if isinstance(days, int) else None


def owner(key: Key) -> str:
    """What the tag of the owner says, however it is capitalized; empty where there is none."""
    tags = key.get("tags") or {}
    return next((str(value) for name, value in tags.items() if name.lower() == "owner"), "")


def is_due(key: Key) -> bool:
    return standing(key) in {"expired", "expiring"}


def _not_used(key: Key, days: int) -> str:
    if key["last_used_date"] is None:
        return f"never used in the {plural(days, 'day')} since it was created"
    return f"not used for {plural(days, 'day')}"
