# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What to collect, as the options of a task say it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import typing as t

from .._aws.errors import UserError
from .._aws.roles import account_of_role
from .model import AgeLimits
from .other_credentials import BY_REPORT
from .progress import Progress
from .rules import AgeRule

if t.TYPE_CHECKING:
    from .._aws.session import ConnectionSettings

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_WARN_BEFORE_DAYS = 30
_LEAST = {"concurrency": 1, "profile_concurrency": 1, "profile_timeout": 1, "max_age_days": 0}
_MOST = {"concurrency": 1000, "profile_concurrency": 1000, "profile_timeout": 86400, "max_age_days": 100_000}


@dataclasses.dataclass(frozen=True)
class CollectRequest:
    """The same for every profile. C(now) is the time that all ages refer to, in UTC."""

    settings: ConnectionSettings
    limits: AgeLimits
    now: dt.datetime
    exclude_profiles: t.Sequence[str] = ()
    path_prefix: str = "/"
    exempt_users: t.Sequence[str] = ()
    method: str = "list"
    credential_report: bool = True
    age_rules: t.Sequence[AgeRule] = ()
    credentials: t.Sequence[str] = ()
    user_tags: t.Sequence[str] = ()
    exempt_tag: str | None = None
    role_arns: t.Sequence[str] = ()
    external_id: str | None = None
    role_session_name: str = "keyward"
    packed: bool = False
    cache_path: str = "~/.cache/keyward"
    concurrency: int = 16
    profile_concurrency: int = 8
    profile_timeout: float = 900.0
    data_loader: t.Any = None
    progress: Progress = dataclasses.field(default_factory=Progress)

    @property
    def needs_report(self) -> bool:
        return self.credential_report or self.method == "report" or bool(BY_REPORT.intersection(self.credentials))

    @property
    def needs_tags(self) -> bool:
        return bool(self.user_tags or self.exempt_tag or any(rule.tags for rule in self.age_rules))

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any], settings: ConnectionSettings) -> CollectRequest:
        """Raises UserError for options that do not fit."""
        for name, least in _LEAST.items():
            if not least <= options[name] <= _MOST[name]:
                bound = f"at least {least}" if options[name] < least else f"at most {_MOST[name]}"
                raise UserError("InvalidOption", f"{name} ({options[name]}) must be {bound}")
        _check_roles(options)
        # An empty text is no setting: an empty cache_path would be the working directory.
        given = {
            field.name: options[field.name] for field in dataclasses.fields(cls) if options.get(field.name, "") != ""
        }
        rules = [
            _rule(rule, f"age_rules[{number}]", options["max_age_days"])
            for number, rule in enumerate(options["age_rules"])
        ]
        return cls(
            **{**given, "age_rules": rules},
            settings=settings,
            limits=_limits("", options["warn_age_days"], options["max_age_days"]),
            now=dt.datetime.now(dt.timezone.utc),
        )


def _check_roles(options: t.Mapping[str, t.Any]) -> None:
    """Malformed ARNs fail on their own; here is what makes the whole request unclear."""
    profiles, arns = options["profiles"] or [], options["role_arns"]
    if arns and (len(profiles) > 1 or "*" in profiles):
        raise UserError("InvalidOption", "role_arns are assumed from one profile: name one in profiles, or none")
    if options["external_id"] and not arns:
        raise UserError("InvalidOption", "external_id is for role_arns: set both, or put it into the profile")
    if not _SESSION_NAME.fullmatch(options["role_session_name"]):
        raise UserError("InvalidOption", "role_session_name must be 2 to 64 letters, digits, and characters of +=,.@-_")
    roles: dict[str, str] = {}
    for arn in arns:
        account = account_of_role(arn)
        if account and roles.setdefault(account, arn) != arn:
            raise UserError("InvalidOption", f"role_arns has two roles in account {account}: name one of them")


def _rule(rule: t.Mapping[str, t.Any], place: str, max_days: int) -> AgeRule:
    if rule["max_age_days"] is None and rule["warn_age_days"] is None:
        raise UserError("InvalidOption", f"{place} has no limits: set max_age_days or warn_age_days in it")
    own_max = max_days if rule["max_age_days"] is None else rule["max_age_days"]
    return AgeRule(
        _limits(f"{place}: ", rule["warn_age_days"], own_max),
        rule["users"] or (),
        rule["path_prefix"],
        {str(key): str(pattern) for key, pattern in (rule["tags"] or {}).items()},
    )


def _limits(place: str, warn_days: int | None, max_days: int) -> AgeLimits:
    if not 0 <= max_days <= _MOST["max_age_days"]:
        raise UserError(
            "InvalidOption", f"{place}max_age_days ({max_days}) must be between 0 and {_MOST['max_age_days']}"
        )
    if warn_days is None:
        warn_days = max(0, max_days - _WARN_BEFORE_DAYS)
    if not 0 <= warn_days <= max_days:
        raise UserError(
            "InvalidOption", f"{place}warn_age_days ({warn_days}) must be between 0 and max_age_days ({max_days})"
        )
    return AgeLimits(warn_days, max_days)
