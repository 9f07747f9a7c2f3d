# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The series of a job, as they are in its text file or at a Pushgateway, and what becomes of them with what a run tells.

Batches may arrive in another order than they were gathered in: what is older than what is there changes nothing. A
time in the future is the fault of a clock: it is taken for the oldest, and holds nothing back.
"""

from __future__ import annotations

import typing as t

from .._metrics import names as metrics
from .groups import FAILURES, OF_A_FAILURE, key_of, moment_of, told_apart

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .encoder import Sample
    from .groups import Group, Key

_ALL = metrics.DESCRIPTIONS | metrics.PROMETHEUS_ONLY
HELPS = {description.prometheus: description.meaning for description in _ALL.values()}
METRICS = {description.prometheus: name for name, description in _ALL.items()}
_GOOD = frozenset({metrics.COLLECTOR_TIMESTAMP, metrics.PROBE_TIMESTAMP})
_FAILED = frozenset(FAILURES.values())
_NEVER = float("-inf")


class Times(t.NamedTuple):
    """When the run began that delivers, and the time of the delivery."""

    began: float
    now: float


def series_of(samples: Iterable[Sample]) -> dict[Key, list[Sample]]:
    series: dict[Key, list[Sample]] = {}
    for sample in samples:
        series.setdefault(key_of(sample), []).append(sample)
    return series


def merge(series: dict[Key, list[Sample]], groups: Iterable[Group], times: Times) -> None:
    """Put what the groups tell, in the order of their times, in the place of what is there."""
    for group in sorted(groups, key=lambda group: group.time if group.time <= times.now else _NEVER):
        if not group.key:
            series[group.key] = list(group.samples)
            _fail_hosts(series, group, times.now)
        elif group.whole:
            _succeed(series, group, times.now)
        elif group.part:
            _complete(series, group)
        else:
            _fail(series, group, times)


def _succeed(series: dict[Key, list[Sample]], group: Group, now: float) -> None:
    before = series.get(group.key, [])
    if group.time < _time(before, _GOOD, now):
        return
    after = list(group.samples)
    if group.time < _time(before, _FAILED, now):
        after = _replaced(after, [sample for sample in before if sample.metric in OF_A_FAILURE | _FAILED])
    series[group.key] = after
    _take_over(series, group.key, now)


def _complete(series: dict[Key, list[Sample]], group: Group) -> None:
    """The rest of what an earlier batch began."""
    before = series.get(group.key, [])
    if any(sample.metric in _GOOD and sample.value == group.time for sample in before):
        series[group.key] = list(told_apart([*before, *group.samples]))


def _fail(series: dict[Key, list[Sample]], group: Group, times: Times) -> None:
    accounts = [key for key in series if set(group.key) < set(key) and _has_account(key)]
    # On several hosts, one profile may be several accounts. Those that this run has read are not the one that failed.
    unread = [key for key in accounts if _time(series[key], _GOOD, times.now) < times.began]
    for key in unread or accounts or [group.key]:
        before = series.get(key, [])
        if group.time >= _time(before, _GOOD | _FAILED, times.now):
            series[key] = _marked(before, group.time) if accounts else _replaced(before, group.samples)
            _take_over(series, key, times.now)


def _fail_hosts(series: dict[Key, list[Sample]], group: Group, now: float) -> None:
    """What hosts that cannot be reached now have collected before, with credentials that have no profile."""
    failed = {sample.label("host"): sample.timestamp for sample in group.samples if sample.metric in FAILURES}
    for key, samples in list(series.items()):
        hosts = {sample.label("host") for sample in samples if sample.metric in FAILURES and key}
        for host in hosts & failed.keys() - {""}:
            if failed[host] >= _time(samples, _GOOD | _FAILED, now):
                series[key] = _marked(samples, failed[host])


def _take_over(series: dict[Key, list[Sample]], key: Key, now: float) -> None:
    """A profile whose credentials failed had no account to name: what that told is the account's, once it is known."""
    if not _has_account(key):
        return
    unnamed = _time(series.pop(key[:1], []), _FAILED, now)
    if unnamed > _time(series[key], _GOOD | _FAILED, now):
        series[key] = _marked(series[key], unnamed)


def _has_account(key: Key) -> bool:
    return [name for name, _value in key] == ["profile", "account"]


def _time(samples: Iterable[Sample], moments: frozenset[str], now: float) -> float:
    return max((each.value for each in samples if each.metric in moments and each.value <= now), default=_NEVER)


def _replaced(samples: Iterable[Sample], by: Sequence[Sample]) -> list[Sample]:
    names = {sample.name for sample in by}
    return [*(sample for sample in samples if sample.name not in names), *by]


def _marked(samples: Sequence[Sample], time: float) -> list[Sample]:
    """As failed at that time."""
    told = [sample._replace(value=0.0) for sample in samples if sample.metric in FAILURES]
    return _replaced(samples, [*told, moment_of(told, FAILURES, time)]) if told else list(samples)
