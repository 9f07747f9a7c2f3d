# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an access key is to this collection: its age, its severity, and how many there are of each."""

from __future__ import annotations

import dataclasses
import fnmatch
import typing as t

from .._common.dates import iso, whole_days

if t.TYPE_CHECKING:
    import datetime as dt

Severity = t.Literal["ok", "expiring", "expired"]
Status = t.Literal["Active", "Inactive", "Expired"]

ROOT_USER_NAME = "<root_account>"


class AgeLimits(t.NamedTuple):
    """Ages in whole days from which an access key is V(expiring) and V(expired)."""

    warn_days: int
    max_days: int

    def severity(self, age_days: int) -> Severity:
        if age_days >= self.max_days:
            return "expired"
        return "expiring" if age_days >= self.warn_days else "ok"


class KeyAge(t.NamedTuple):
    """C(days_left) and C(severity) are None where the limits are not known."""

    create_date: dt.datetime
    days: int
    days_left: int | None
    severity: Severity | None


def key_age(create_date: dt.datetime, now: dt.datetime, limits: AgeLimits | None) -> KeyAge:
    days = whole_days(create_date, now)
    if limits is None:
        return KeyAge(create_date, days, None, None)
    return KeyAge(create_date, days, limits.max_days - days, limits.severity(days))


class Exemption(t.NamedTuple):
    """
    What a tag says: C(until) is its last day, None for one without end. C(odd_value) is a value that looks like a date
    and is none.
    """

    until: dt.date | None
    reason: str | None
    expired: bool
    odd_value: str | None = None


class LastUse(t.NamedTuple):
    """When and where a key was last used; without a date it never was."""

    date: dt.datetime | None = None
    days: int | None = None
    service: str | None = None
    region: str | None = None


class ListedKey(t.NamedTuple):
    """One access key as IAM lists it. Dates are aware datetimes in UTC."""

    user_name: str
    user_arn: str
    user_path: str
    access_key_id: str
    status: Status
    create_date: dt.datetime


class ReportedKey(t.NamedTuple):
    """What the credential report adds to a key. None is what it leaves open."""

    reactivated: bool | None = None
    last_use: LastUse | None = None
    inactive_days: int | None = None
    """How long an inactive key has been so, where it was changed after it was created."""


NOT_REPORTED = ReportedKey()


class KeyOrigin(t.NamedTuple):
    """What all keys of one profile have in common."""

    account_id: str | None
    partition: str | None
    profile: str
    region: str | None


@dataclasses.dataclass(frozen=True)
class AccessKey:
    """
    One access key as the module returns it. A key of the root user has a C(slot) and no id. C(exempt) is None where it
    depends on tags that are not known, C(rule_max_days) is the limit of a rule.
    """

    origin: KeyOrigin
    user_name: str
    user_arn: str | None
    user_path: str
    status: Status
    exempt: bool | None
    access_key_id: str | None = None
    slot: int | None = None
    age: KeyAge | None = None
    reported: ReportedKey = NOT_REPORTED
    rule_max_days: int | None = None
    tags: t.Mapping[str, str] | None = None
    exemption: Exemption | None = None

    @property
    def root(self) -> bool:
        return self.slot is not None

    @property
    def is_due(self) -> bool:
        """Whether somebody has to do something about it."""
        due = self.age is not None and self.age.severity in ("expired", "expiring")
        return self.root or bool(self.reported.reactivated) or (self.status == "Active" and not self.exempt and due)

    @property
    def sort_key(self) -> tuple[t.Any, ...]:
        created = iso(self.age.create_date) if self.age else ""
        return (self.origin.profile, self.user_name, created, self.access_key_id or "", self.slot or 0)

    def as_result(self) -> dict[str, t.Any]:
        """See RETURN of keyward.iam.access_key_info. What is not known is left out."""
        result: dict[str, t.Any] = {
            **self.origin._asdict(),
            "user_name": self.user_name,
            "user_arn": self.user_arn,
            "user_path": self.user_path,
            "status": self.status,
            "root": self.root,
            "exempt": self.exempt,
        }
        if self.access_key_id is not None:
            result["access_key_id"] = self.access_key_id
        if self.slot is not None:
            result["slot"] = self.slot
        if self.age is not None:
            result["create_date"] = iso(self.age.create_date)
            result["age_days"] = self.age.days
            if self.age.severity is not None:
                result["days_left"] = self.age.days_left
                result["severity"] = self.age.severity
        if self.rule_max_days is not None:
            result["max_age_days"] = self.rule_max_days
        if self.tags is not None:
            result["tags"] = dict(self.tags)
        if self.exemption is not None:
            result.update(_exemption_as_result(self.exemption))
        result.update(_reported_as_result(self.reported))
        return result


def _exemption_as_result(exemption: Exemption) -> dict[str, t.Any]:
    result: dict[str, t.Any] = {}
    if exemption.until is not None:
        result["exempt_until"] = exemption.until.isoformat()
        result["exempt_expired"] = exemption.expired
    if exemption.reason is not None:
        result["exempt_reason"] = exemption.reason
    return result


def _reported_as_result(reported: ReportedKey) -> dict[str, t.Any]:
    known = {"reactivated": reported.reactivated, "inactive_days": reported.inactive_days}
    last_use = {} if reported.last_use is None else _last_use_as_result(reported.last_use)
    return {**{name: value for name, value in known.items() if value is not None}, **last_use}


def _last_use_as_result(use: LastUse) -> dict[str, t.Any]:
    if use.date is None:
        return {"last_used_date": None}
    optional = {"last_used_service": use.service, "last_used_region": use.region}
    return {
        "last_used_date": iso(use.date),
        "last_used_days": use.days,
        **{name: value for name, value in optional.items() if value},
    }


def is_exempt(user_name: str, patterns: t.Sequence[str]) -> bool:
    """Whether a shell pattern names the user. Case counts, whatever the platform."""
    return any(fnmatch.fnmatchcase(user_name, pattern) for pattern in patterns)


@dataclasses.dataclass(frozen=True)
class KeyCounts:
    """
    An exempt key counts in C(access_keys) and C(exempt) and nowhere else; C(expired) and C(expiring) take active keys
    only. C(oldest_age_days) is None where no age is known.
    """

    access_keys: int = 0
    active: int = 0
    expired: int = 0
    expiring: int = 0
    exempt: int = 0
    reactivated: int = 0
    root_keys: int = 0
    oldest_age_days: int | None = None

    @classmethod
    def of(cls, keys: t.Sequence[AccessKey]) -> KeyCounts:
        counted = [key for key in keys if not key.exempt]
        active = [key for key in counted if key.status == "Active"]
        severities = [key.age.severity for key in active if key.age]
        return cls(
            access_keys=len(keys),
            active=len(active),
            expired=severities.count("expired"),
            expiring=severities.count("expiring"),
            exempt=len(keys) - len(counted),
            reactivated=sum(bool(key.reported.reactivated) for key in counted),
            root_keys=sum(key.root for key in counted),
            oldest_age_days=max((key.age.days for key in counted if key.age), default=None),
        )

    def as_result(self) -> dict[str, int]:
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}
