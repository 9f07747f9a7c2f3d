# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A report, whatever it is written as: what was read, what is due, what failed, and how it was before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .advice import URGENCY, Advice, Standing, advice, owner, standing, unused_days
from .history import Entry, History
from .results import HostResult, Result, holds_access_keys, holds_probe, printable_result, unpacked

COUNTS = ("users", "access_keys", "active", "expired", "expiring", "exempt", "reactivated", "root_keys")

Level = t.Literal["failed", "due", "soon", "fine"]


@dataclasses.dataclass(frozen=True)
class KeyRow:
    """An access key once, however many profiles and hosts it was reached through."""

    key: Result
    profiles: tuple[str, ...]
    standing: Standing
    advice: Advice

    @property
    def label(self) -> str:
        """What tells the key apart where its whole id is not to be shown: its last five characters."""
        return f"root-{self.key.get('slot', '?')}" if self.key.get("root") else str(self.key["access_key_id"])[-5:]

    @property
    def unused_days(self) -> int | None:
        return unused_days(self.key)

    @property
    def owner(self) -> str:
        return owner(self.key)


@dataclasses.dataclass(frozen=True)
class Failure:
    """Something that could not be read, in one sentence. C(evidence) are the other side's own words."""

    what: t.Literal["profile", "credential report", "host"]
    name: str
    sentence: str
    account: str = ""
    host: str = ""
    code: str = ""
    evidence: str = ""
    request_id: str = ""

    @property
    def label(self) -> str:
        return f"credential report of {self.name}" if self.what == "credential report" else f"{self.what} {self.name}"

    @property
    def profile(self) -> str:
        return "" if self.what == "host" else self.name


@dataclasses.dataclass(frozen=True)
class ProbeRun:
    host: str
    result: Result
    earlier: t.Sequence[Entry]

    @property
    def subject(self) -> str:
        return " ".join(str(self.result.get(name) or "") for name in ("namespace", "region", "profile")).strip()


@dataclasses.dataclass(frozen=True)
class Report:
    title: str
    created: dt.datetime
    collected: dt.datetime
    keys: t.Sequence[KeyRow]
    credentials: t.Sequence[Result]
    profiles: t.Sequence[t.Mapping[str, t.Any]]
    probes: t.Sequence[ProbeRun]
    failures: t.Sequence[Failure]
    summary: t.Mapping[str, int]
    previous: t.Mapping[str, int] | None
    """The numbers of the last report of the same accounts; None where one of them is new."""
    previous_date: dt.date | None
    trend: t.Sequence[tuple[dt.date, t.Mapping[str, int]]]
    accounts: t.Mapping[str, t.Mapping[str, int]]
    """The counts of each account that one profile at least read whole."""

    @property
    def level(self) -> Level:
        if self.failures or any(probe.result.get("state") not in {"up", None} for probe in self.probes):
            return "failed"
        if self.summary["expired"]:
            return "due"
        return "soon" if self.summary["expiring"] else "fine"

    @property
    def verdict(self) -> str:
        """What matters most first, each in a sentence."""
        sentences = [_unread(self.failures)] if self.failures else []
        if self.profiles:
            sentences.append(self._keys_sentence())
        sentences += [
            f"The IAM probe {probe.result.get('namespace')} is {probe.result.get('state') or 'in an unknown state'}."
            for probe in self.probes
        ]
        return " ".join(sentences)

    def _keys_sentence(self) -> str:
        active, expired, expiring = (self.summary[name] for name in ("active", "expired", "expiring"))
        if not active:
            return "There are no active access keys."
        read = " that could be read" if self.failures else ""
        whole = f"{plural(active, 'active access key')}{read}"
        if expired:
            soon = f", and {expiring} will be soon" if expiring else ""
            return f"{expired} of {whole} {'is' if expired == 1 else 'are'} over the age limit{soon}."
        if expiring:
            return f"None of {whole} is over the age limit; {expiring} will be soon."
        return f"None of {whole} is over the age limit or near it."


def build(sources: t.Sequence[HostResult], title: str, history: History, now: dt.datetime) -> Report:
    """Put a report together. C(history) holds the entries of earlier reports."""
    sources = [HostResult(source.host, printable_result(unpacked(source.result))) for source in sources]
    collections = [source for source in sources if holds_access_keys(source.result)]
    rows = _key_rows([source.result for source in collections])
    summary = _summary(rows, collections)
    accounts = _accounts(collections, rows)
    stamps = [source.result["timestamp"] for source in sources if isinstance(source.result.get("timestamp"), int)]
    collected = dt.datetime.fromtimestamp(min(stamps), dt.UTC) if stamps else now
    probes = [ProbeRun(source.host, source.result, []) for source in sources if holds_probe(source.result)]
    probes = [dataclasses.replace(probe, earlier=history.of("probe", probe.subject)) for probe in probes]
    earlier = [history.previous("account", account, int(collected.timestamp())) for account in accounts]
    known = [entry for entry in earlier if entry]
    whole = bool(earlier) and len(known) == len(earlier)
    current = history.with_entries(_account_entries(accounts, collected), int(now.timestamp()))
    return Report(
        title=title,
        created=now,
        collected=collected,
        keys=rows,
        credentials=[each for source in collections for each in source.result.get("credentials") or []],
        profiles=[{**profile, "host": source.host} for source in collections for profile in source.result["profiles"]],
        probes=probes,
        failures=list(_failures(sources)),
        summary=summary,
        previous={name: sum(entry.values.get(name, 0) for entry in known) for name in COUNTS} if whole else None,
        previous_date=(
            dt.datetime.fromtimestamp(max(entry.timestamp for entry in known), dt.UTC).date() if whole else None
        ),
        trend=current.trend(accounts),
        accounts=accounts,
    )


def entries(report: Report) -> list[Entry]:
    """The lines that this report adds to the history: one for each account that was read whole, and each probe."""
    found = _account_entries(report.accounts, report.collected)
    for probe in report.probes:
        durations = {
            step["name"]: round(step["duration_ms"])
            for step in probe.result["steps"]
            if step["status"] == "ok" and isinstance(step.get("duration_ms"), (int, float))
        }
        found.append(Entry(int(report.collected.timestamp()), "probe", probe.subject, durations))
    return found


def _key_rows(results: t.Iterable[Result]) -> list[KeyRow]:
    keys: dict[tuple[str, ...], Result] = {}
    profiles: dict[tuple[str, ...], dict[str, None]] = {}
    for result in results:
        for key in result["access_keys"]:
            account, profile = str(key.get("account_id") or ""), str(key.get("profile") or "")
            # Where the account is not known, two profiles may lead to two accounts.
            identity = (account or f"profile {profile}", key.get("access_key_id") or f"root-{key.get('slot')}")
            keys.setdefault(identity, key)
            profiles.setdefault(identity, {})[profile] = None
    rows = [KeyRow(key, tuple(profiles[identity]), standing(key), advice(key)) for identity, key in keys.items()]
    return sorted(rows, key=lambda row: (URGENCY[row.standing], -_age(row.key), str(row.key.get("user_name"))))


def _age(key: Result) -> int:
    age = key.get("age_days")
    return age if isinstance(age, int) else -1


def _counts(rows: t.Iterable[KeyRow]) -> dict[str, int]:
    everything = list(rows)
    counted = [row for row in everything if row.standing != "exempt"]
    standings = Counter(row.standing for row in everything)
    return {
        "access_keys": len(everything),
        "active": sum(row.standing != "inactive" for row in counted),
        "expired": standings["expired"],
        "expiring": standings["expiring"],
        "exempt": standings["exempt"],
        "reactivated": sum(bool(row.key.get("reactivated")) for row in counted),
        "root_keys": sum(bool(row.key.get("root")) for row in counted),
    }


def _summary(rows: t.Sequence[KeyRow], collections: t.Sequence[HostResult]) -> dict[str, int]:
    return {"users": sum(_users(collections).values()), **_counts(rows)}


def _users(collections: t.Sequence[HostResult]) -> dict[str, int]:
    """The users of each account once; a profile whose account is not known stands for itself."""
    users: dict[str, int] = {}
    for profile in _profiles(collections):
        account = str(profile.get("account_id") or f"profile {profile.get('profile')}")
        users[account] = max(users.get(account, 0), profile.get("users") or 0)
    return users


def _profiles(collections: t.Sequence[HostResult]) -> t.Iterator[Result]:
    for source in collections:
        yield from source.result["profiles"]


def _accounts(collections: t.Sequence[HostResult], rows: t.Sequence[KeyRow]) -> dict[str, dict[str, int]]:
    """The counts of each account that one profile at least read whole."""
    users = _users(collections)
    whole = {profile["account_id"] for profile in _profiles(collections) if profile["ok"] and profile.get("account_id")}
    by_account: dict[str, list[KeyRow]] = {account: [] for account in sorted(whole)}
    for row in rows:
        if row.key.get("account_id") in by_account:
            by_account[row.key["account_id"]].append(row)
    return {account: {"users": users[account], **_counts(of_account)} for account, of_account in by_account.items()}


def _account_entries(accounts: t.Mapping[str, t.Mapping[str, int]], collected: dt.datetime) -> list[Entry]:
    return [Entry(int(collected.timestamp()), "account", account, counts) for account, counts in accounts.items()]


def _unread(failures: t.Sequence[Failure]) -> str:
    counts = Counter(failure.what for failure in failures)
    return f"{' and '.join(plural(count, what) for what, count in counts.items())} could not be read."


def _failures(sources: t.Sequence[HostResult]) -> t.Iterator[Failure]:
    for source in sources:
        if holds_access_keys(source.result):
            for profile in source.result["profiles"]:
                if not profile["ok"]:
                    yield _failed_profile(profile, source.host)
                elif profile.get("credential_report_error"):
                    yield _without_report(profile, source.host)
        elif not holds_probe(source.result):
            yield Failure("host", source.host, str(source.result.get("msg") or "The task failed without a message."))


def _failed_profile(profile: Result, host: str) -> Failure:
    return Failure(
        what="profile",
        name=str(profile.get("profile") or "?"),
        sentence=str(profile.get("error") or "It failed without a message."),
        account=str(profile.get("account_id") or ""),
        host=host,
        code=str(profile.get("error_code") or ""),
        evidence=str(profile.get("error_message") or ""),
        request_id=str(profile.get("request_id") or ""),
    )


def _without_report(profile: Result, host: str) -> Failure:
    return Failure(
        what="credential report",
        name=str(profile.get("profile") or "?"),
        sentence=str(profile["credential_report_error"]),
        account=str(profile.get("account_id") or ""),
        host=host,
    )
