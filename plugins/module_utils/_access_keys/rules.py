# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What applies to a user: the age limits of the first rule that matches, and the exemption that a tag grants."""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
import types
import typing as t

from .._common.text import cleaned, plural
from .model import AgeLimits, Exemption

if t.TYPE_CHECKING:
    from .model import AccessKey

Tags = t.Mapping[str, str]
"""By tag key. IAM takes two keys that differ in case alone for one."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_REASON = "-reason"
_MOST_NAMED = 10


class AgeRule(t.NamedTuple):
    """Limits for the users that all of its conditions match. A condition that is not set matches everybody."""

    limits: AgeLimits
    users: t.Sequence[str] = ()
    path_prefix: str | None = None
    tags: Tags = types.MappingProxyType({})

    def matches(self, user_name: str, user_path: str, tags: Tags | None) -> bool | None:
        """None where it depends on tags that are not known."""
        if self.users and not any(fnmatch.fnmatchcase(user_name, pattern) for pattern in self.users):
            return False
        if self.path_prefix and not user_path.startswith(self.path_prefix):
            return False
        if not self.tags:
            return True
        if tags is None:
            return None
        return all(_has(tags, key, pattern) for key, pattern in self.tags.items())


def limits_of(
    rules: t.Sequence[AgeRule], default: AgeLimits, user_name: str, user_path: str, tags: Tags | None
) -> tuple[AgeLimits | None, bool]:
    """The limits, or None where they depend on tags that are not known; and whether a rule gave them."""
    for rule in rules:
        matches = rule.matches(user_name, user_path, tags)
        if matches is None:
            return None, False
        if matches:
            return rule.limits, True
    return default, False


def exemption_of(tags: Tags, tag_key: str, today: dt.date) -> Exemption | None:
    """
    The exemption that a user's tags grant, or None. A date is its last day, in UTC; any other value is without end.
    """
    value = tag_value(tags, tag_key)
    if value is None:
        return None
    until = _date(value)
    reason = tag_value(tags, tag_key + _REASON)
    odd = cleaned(value) if until is None and _LIKE_A_DATE.match(value.strip()) else None
    return Exemption(until, reason or None, until is not None and until < today, odd)


def exemption_warnings(keys: t.Iterable[AccessKey]) -> list[str]:
    """What people must know of exemptions, in a sentence each."""
    over: dict[str, str] = {}
    odd: dict[str, str] = {}
    for key in keys:
        exemption = key.exemption
        if exemption is not None and exemption.expired and exemption.until is not None and not key.exempt:
            over[cleaned(key.user_name)] = exemption.until.isoformat()
        if exemption is not None and exemption.odd_value is not None:
            odd[cleaned(key.user_name)] = exemption.odd_value
    return [
        *(["the exemption is over of " + _named(over)] if over else []),
        *(
            [f"the end of the exemption is no date such as 2027-03-31, and so it has no end, of {_named(odd)}"]
            if odd
            else []
        ),
    ]


def _named(users: t.Mapping[str, str]) -> str:
    shown = [f"{name} ({value})" for name, value in sorted(users.items())[:_MOST_NAMED]]
    more = len(users) - len(shown)
    return ", ".join(shown) + (f" and {plural(more, 'more user')}" if more else "")


def tag_value(tags: Tags, key: str) -> str | None:
    """The value of a tag, whatever the case of its key."""
    if key in tags:
        return tags[key]
    return next((value for name, value in tags.items() if name.lower() == key.lower()), None)


def _has(tags: Tags, key: str, pattern: str) -> bool:
    value = tag_value(tags, key)
    return value is not None and fnmatch.fnmatchcase(value, pattern)


def _date(value: str) -> dt.date | None:
    text = value.strip()
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
