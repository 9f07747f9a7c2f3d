# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Collects the access keys of many AWS profiles side by side: one failing profile costs the others nothing."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from .._aws.boto import Session
from .._aws.boundary import attempt, details_of
from .._aws.instrumentation import CallCounter
from .._aws.profiles import SelectedProfiles, select_profiles
from .._aws.roles import AssumedRole, SourceCredentials
from .._aws.session import ProfileSession, shared_data_loader
from .._common.dates import iso
from .._common.text import cleaned, printable
from .._common.workers import Background, WorkerPool
from .model import KeyCounts
from .packing import pack
from .profile import ProfileResult, collect_profile

if t.TYPE_CHECKING:
    from .request import CollectRequest

_FILES_SECONDS = 30.0
"""How long the shared files may take to read: they may be on a network."""


@dataclasses.dataclass(frozen=True)
class Collected:
    """
    C(result) is what the module returns, C(failures) and C(warnings) are sentences for people, C(tracebacks) are for
    reports of faults.
    """

    result: dict[str, t.Any]
    failures: list[str]
    warnings: list[str]
    tracebacks: list[str]


def collect(profiles: t.Sequence[str], request: CollectRequest) -> Collected:
    """Collects the named profiles, or the ambient credentials' account where none is named."""
    request = dataclasses.replace(request, data_loader=shared_data_loader())
    selected, failure = attempt(
        lambda: Background(functools.partial(_select, profiles, request)).result(_FILES_SECONDS)
    )
    if selected is None:
        return _assemble([ProfileResult(",".join(profiles), [], failure=failure)], [], request)
    results = [ProfileResult("*", [], failure=details_of(error)) for error in selected.failures]
    pool = WorkerPool(request.profile_concurrency)
    names: t.Sequence[str | None] = selected.names or ([] if profiles else [None])
    source = SourceCredentials(lambda: _create_session(names[0], request))
    roles = [AssumedRole(arn, request.role_session_name, request.external_id, source) for arn in request.role_arns]
    targets = [(name, role) for name in names for role in (dict.fromkeys(roles) or [None])]
    request.progress.begin(len(targets))
    for name, role in targets:
        pool.submit(functools.partial(_collect_into, results, name, request, role))
    pool.wait()
    source.stop()
    return _assemble(results, selected.warnings, request)


def _select(profiles: t.Sequence[str], request: CollectRequest) -> SelectedProfiles:
    return select_profiles(Session(), profiles, request.exclude_profiles)


def _create_session(name: str | None, request: CollectRequest) -> ProfileSession:
    return ProfileSession(name, request.settings, CallCounter(), request.data_loader)


def _collect_into(
    results: list[ProfileResult], name: str | None, request: CollectRequest, role: AssumedRole | None
) -> None:
    results.append(collect_profile(name, request, role))


def _assemble(results: t.Sequence[ProfileResult], warnings: t.Sequence[str], request: CollectRequest) -> Collected:
    keys = sorted((key for result in results for key in result.keys), key=lambda key: key.sort_key)
    results = sorted(results, key=lambda result: (result.profile, result.role_arn or ""))
    every_key = [key.as_result() for key in keys]
    due = [result for key, result in zip(keys, every_key) if key.is_due]
    return Collected(
        result={
            **({"access_keys": due, "packed": pack(every_key)} if request.packed else {"access_keys": every_key}),
            "credentials": [credential for result in results for credential in result.credentials],
            "profiles": [_profile_entry(result) for result in results],
            "summary": {"users": sum(result.users for result in results), **KeyCounts.of(keys).as_result()},
            "collected_at": iso(request.now),
            "timestamp": int(request.now.timestamp()),
        },
        failures=_by_sentence((result.failure.sentence, result) for result in results if result.failure),
        warnings=[
            *warnings,
            *_by_sentence((warning, result) for result in results for warning in result.warnings),
        ],
        tracebacks=[result.failure.traceback for result in results if result.failure and result.failure.traceback],
    )


def _profile_entry(result: ProfileResult) -> dict[str, t.Any]:
    failure, counts = result.failure, result.counts
    return {
        "profile": result.profile,
        "account_id": result.account.account_id,
        "role_arn": result.role_arn,
        "region": result.region,
        "ok": failure is None,
        "error": failure.sentence if failure else None,
        "error_code": failure.code if failure else None,
        "error_message": failure.message if failure else None,
        "request_id": failure.request_id if failure else None,
        "users": result.users,
        "access_keys": counts.access_keys,
        "active": counts.active,
        "expired": counts.expired,
        "expiring": counts.expiring,
        "exempt": counts.exempt,
        # The credential report tells of these: without it they are unknown, which is not 0.
        "reactivated": counts.reactivated if result.report_age is not None else None,
        "root_keys": counts.root_keys if result.root_known else None,
        "method": result.method,
        "cached": result.cached,
        "credential_report_age": result.report_age,
        "credential_report_error": result.report_error,
        "api_calls": result.calls,
        "throttled": result.throttled,
        "duration_ms": result.duration_ms,
    }


def _by_sentence(said: t.Iterable[tuple[str, ProfileResult]]) -> list[str]:
    """One line per sentence with the profiles it is about: a hundred profiles with one fault are one line."""
    subjects: dict[str, list[tuple[str, str]]] = {}
    for sentence, result in said:
        subject = (
            ("role", cleaned(result.role_arn or "''")) if result.assumed else ("profile", printable(result.profile))
        )
        subjects.setdefault(sentence, []).append(subject)
    return [f"{_listed(named)}: {sentence}" for sentence, named in subjects.items()]


def _listed(subjects: t.Sequence[tuple[str, str]]) -> str:
    """All of one request are of one kind."""
    kind = subjects[0][0]
    return f"{kind if len(subjects) == 1 else f'{kind}s'} {', '.join(sorted(name for _kind, name in subjects))}"
