# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Gathers the access keys of many AWS profiles side by side: one failing profile costs the others nothing."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from .._aws.boto import BotoCoreError, Session
from .._aws.errors import UserError, explain
from .._aws.profiles import select_profiles
from .._aws.session import shared_data_loader
from .._common.dates import iso
from .model import sort_key, summarize
from .profile import ProfileKeys, Task, gather_profile

PROFILES_AT_ONCE = 8
"""Throttling is per account, so profiles run side by side; more than this only contend for one processor."""


@dataclasses.dataclass(frozen=True)
class Gathered:
    """C(result) is what the module returns, C(failures) and C(warnings) are sentences for people."""

    result: dict[str, t.Any]
    failures: list[str]
    warnings: list[str]


def gather(profiles: t.Sequence[str], task: Task) -> Gathered:
    """Gathers the named profiles, or the ambient credentials' account where none is named."""
    task = dataclasses.replace(task, data_loader=shared_data_loader())
    try:
        names: t.Sequence[str | None] = select_profiles(Session(), profiles) or [None]
    except (BotoCoreError, UserError) as error:
        return _assemble([ProfileKeys(",".join(profiles), failure=explain(error))], task)
    with concurrent.futures.ThreadPoolExecutor(PROFILES_AT_ONCE) as pool:
        outcomes = list(pool.map(lambda name: gather_profile(name, task), names))
    return _assemble(outcomes, task)


def _assemble(outcomes: t.Sequence[ProfileKeys], task: Task) -> Gathered:
    keys = sorted((key for outcome in outcomes for key in outcome.keys), key=sort_key)
    return Gathered(
        result={
            "access_keys": keys,
            "profiles": [_profile_entry(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.profile)],
            "summary": {"users": sum(outcome.users for outcome in outcomes), **summarize(keys)},
            "collected_at": iso(task.now),
            "timestamp": int(task.now.timestamp()),
        },
        failures=_by_sentence((outcome.failure.sentence, outcome.profile) for outcome in outcomes if outcome.failure),
        warnings=_by_sentence((warning, outcome.profile) for outcome in outcomes for warning in outcome.warnings),
    )


def _profile_entry(outcome: ProfileKeys) -> dict[str, t.Any]:
    return {
        "profile": outcome.profile,
        "account_id": outcome.account.account_id,
        "region": outcome.region,
        "ok": outcome.failure is None,
        "error": outcome.failure.sentence if outcome.failure else None,
        "error_code": outcome.failure.code if outcome.failure else None,
        "users": outcome.users,
        "access_keys": len(outcome.keys),
        "root_keys": outcome.root_keys,
        "credential_report_age": outcome.report_age,
        "api_calls": outcome.calls.calls,
        "throttled": outcome.calls.throttled,
        "duration_ms": outcome.duration_ms,
    }


def _by_sentence(said: t.Iterable[tuple[str, str]]) -> list[str]:
    """One line per sentence with the profiles it is about: a hundred profiles with one fault are one line."""
    profiles: dict[str, list[str]] = {}
    for sentence, profile in said:
        profiles.setdefault(sentence, []).append(profile)
    return [
        f"{'profile' if len(names) == 1 else 'profiles'} {', '.join(sorted(names))}: {sentence}"
        for sentence, names in profiles.items()
    ]
