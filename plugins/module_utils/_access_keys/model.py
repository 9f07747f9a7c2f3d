# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an access key is to this collection: its age, its severity, and how many there are of each."""

from __future__ import annotations

import datetime as dt
import fnmatch
import typing as t

from .._common.dates import iso, whole_days

ROOT_USER_NAME = "<root_account>"

AccessKey = dict[str, t.Any]
"""One access key as the module returns it: see RETURN of keyward.iam.access_key_info."""


class FoundKey(t.NamedTuple):
    """One access key as a method of finding keys hands it over. Dates are aware datetimes in UTC."""

    user_name: str
    user_arn: str
    user_path: str
    access_key_id: str
    status: str
    create_date: dt.datetime


class AgeLimits(t.NamedTuple):
    """Ages in whole days from which an access key is V(expiring) and V(expired)."""

    warn_days: int
    max_days: int

    def severity(self, age_days: int) -> str:
        if age_days >= self.max_days:
            return "expired"
        return "expiring" if age_days >= self.warn_days else "ok"


def age_facts(create_date: dt.datetime, now: dt.datetime, limits: AgeLimits) -> AccessKey:
    age_days = whole_days(create_date, now)
    return {
        "create_date": iso(create_date),
        "age_days": age_days,
        "days_left": limits.max_days - age_days,
        "severity": limits.severity(age_days),
    }


def is_exempt(user_name: str, patterns: t.Sequence[str]) -> bool:
    """Whether a shell pattern names the user. Case counts, whatever the platform."""
    return any(fnmatch.fnmatchcase(user_name, pattern) for pattern in patterns)


def sort_key(key: AccessKey) -> tuple[str, str, str, str]:
    return (key["profile"], key["user_name"], key.get("create_date", ""), key.get("access_key_id", ""))


def summarize(keys: t.Iterable[AccessKey]) -> dict[str, int]:
    """
    Counts of access keys. An exempt key counts in C(access_keys) and C(exempt) and nowhere else;
    C(expired) and C(expiring) take active keys only. C(oldest_age_days) is left out where no age is known.
    """
    everything = list(keys)
    counted = [key for key in everything if not key["exempt"]]
    active = [key for key in counted if key["status"] == "Active"]
    counts = {
        "access_keys": len(everything),
        "active": len(active),
        "expired": sum(key.get("severity") == "expired" for key in active),
        "expiring": sum(key.get("severity") == "expiring" for key in active),
        "exempt": len(everything) - len(counted),
        "reactivated": sum(bool(key.get("reactivated")) for key in counted),
        "root_keys": sum(key["root"] for key in counted),
    }
    ages = [key["age_days"] for key in counted if "age_days" in key]
    if ages:
        counts["oldest_age_days"] = max(ages)
    return counts
