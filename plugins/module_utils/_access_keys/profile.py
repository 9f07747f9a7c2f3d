# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Gathers the access keys that one AWS profile can see."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import itertools
import time
import typing as t

from .._aws.account import UNKNOWN_ACCOUNT, Account, account_in, ask_account
from .._aws.boto import BotoCoreError, ClientError, ProfileNotFound, Session
from .._aws.errors import CREDENTIAL_CODES, ErrorDetails, UserError, error_code, explain
from .._aws.instrumentation import CallCounter
from .._aws.profiles import unknown_profile
from .._aws.session import DEFAULT_PROFILE, ConnectionSettings, ProfileSession
from . import credential_report
from .model import AccessKey, AgeLimits, age_facts, is_exempt
from .report_matching import report_facts, root_keys

if t.TYPE_CHECKING:
    import datetime as dt

    from .credential_report import CredentialReport
    from .listing import Found, KeyFinder


@dataclasses.dataclass(frozen=True)
class Task:
    """What to gather, the same for every profile. C(now) is the moment all ages are told at, in UTC."""

    settings: ConnectionSettings
    find_keys: KeyFinder
    limits: AgeLimits
    now: dt.datetime
    path_prefix: str = "/"
    exempt_users: t.Sequence[str] = ()
    credential_report: bool = True
    concurrency: int = 16
    data_loader: t.Any = None


@dataclasses.dataclass
class ProfileKeys:
    """What one profile gave. C(failure) marks the keys as partial; C(warnings) say what else is missing."""

    profile: str
    keys: list[AccessKey] = dataclasses.field(default_factory=list)
    account: Account = UNKNOWN_ACCOUNT
    region: str | None = None
    users: int = 0
    root_keys: int | None = None
    report_age: int | None = None
    failure: ErrorDetails | None = None
    warnings: list[str] = dataclasses.field(default_factory=list)
    calls: CallCounter = dataclasses.field(default_factory=CallCounter)
    duration_ms: int = 0


def gather_profile(name: str | None, task: Task) -> ProfileKeys:
    """Gathers one profile; C(None) stands for the ambient credentials. Never raises for what AWS answers."""
    outcome = ProfileKeys(name or DEFAULT_PROFILE)
    started = time.monotonic()
    try:
        session = ProfileSession(name, task.settings, outcome.calls, task.data_loader, task.concurrency)
        outcome.profile = name or session.ambient_profile
        outcome.region = session.region_label
        _gather(outcome, session, task)
    except (BotoCoreError, ClientError, UserError, ValueError) as error:
        if isinstance(error, ProfileNotFound):
            error = unknown_profile(Session(), error.kwargs["profile"])
        outcome.failure = explain(error)
    outcome.duration_ms = round((time.monotonic() - started) * 1000)
    return outcome


def _gather(outcome: ProfileKeys, session: ProfileSession, task: Task) -> None:
    client = session.create_client("iam")
    with concurrent.futures.ThreadPoolExecutor(task.concurrency) as pool:
        fetching = pool.submit(credential_report.fetch, client, task.now) if task.credential_report else None
        found = task.find_keys(client, task.path_prefix, pool)
    outcome.users = found.users
    outcome.failure = found.failure.explained if found.failure else None
    report = _report(outcome, fetching, task) if fetching else None
    outcome.account = _account(outcome, session, found, report)
    outcome.region = outcome.region or outcome.account.control_plane_region
    outcome.keys = _user_keys(found, report, task)
    if report is not None and task.path_prefix == "/":
        roots = root_keys(report, task.now, task.limits)
        outcome.root_keys = len(roots)
        outcome.keys.extend(roots)
    where = {
        "account_id": outcome.account.account_id,
        "partition": outcome.account.partition,
        "profile": outcome.profile,
        "region": outcome.region,
    }
    outcome.keys = [{**where, **key, "exempt": is_exempt(key["user_name"], task.exempt_users)} for key in outcome.keys]


def _report(
    outcome: ProfileKeys, fetching: concurrent.futures.Future[CredentialReport], task: Task
) -> CredentialReport | None:
    try:
        report = fetching.result()
    except (BotoCoreError, ClientError) as error:
        if outcome.failure is None:
            outcome.warnings.append(
                f"last-used data, root keys and reactivation are missing without the credential report: "
                f"{explain(error).sentence}"
            )
        return None
    outcome.report_age = max(0, round((task.now - report.generated_time).total_seconds()))
    if report.stale_because:
        outcome.warnings.append(
            f"last-used data, root keys and reactivation are from a credential report that is "
            f"{outcome.report_age // 3600} hours old: {report.stale_because}"
        )
    return report


def _account(outcome: ProfileKeys, session: ProfileSession, found: Found, report: CredentialReport | None) -> Account:
    told = account_in(found.sample_arn) or account_in(report.root_arn if report else None)
    if told is None and found.failure is not None:
        error = found.failure.error
        if not isinstance(error, ClientError) or error_code(error) in CREDENTIAL_CODES:
            return UNKNOWN_ACCOUNT
        told = account_in(str(error))
    try:
        return told or ask_account(session)
    except (BotoCoreError, ClientError) as error:
        if outcome.failure is None:
            outcome.warnings.append(
                f"the account id is not known, since there is no user to show it: {explain(error).sentence}"
            )
        return UNKNOWN_ACCOUNT


def _user_keys(found: Found, report: CredentialReport | None, task: Task) -> list[AccessKey]:
    keys: list[AccessKey] = []
    for _arn, group in itertools.groupby(found.keys, key=lambda key: key.user_arn):
        of_user = list(group)
        facts = report_facts(of_user, report, task.now) if report else {}
        keys.extend(
            {
                "user_name": key.user_name,
                "user_arn": key.user_arn,
                "user_path": key.user_path,
                "access_key_id": key.access_key_id,
                "status": key.status,
                "root": False,
                **age_facts(key.create_date, task.now, task.limits),
                **facts.get(key.access_key_id, {}),
            }
            for key in of_user
        )
    return keys
