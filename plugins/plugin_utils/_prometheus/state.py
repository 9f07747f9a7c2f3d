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
from .groups import FAILURES, OF_A_FAILURE, PROBE, key_of, moment_of, told_apart

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .encoder import Sample
    from .groups import Group, Key

_ALL = metrics.DESCRIPTIONS | metrics.PROMETHEUS_ONLY
HELPS = {description.prometheus: description.meaning for description in _ALL.values()}
METRICS = {description.prometheus: name for name, description in _ALL.items()}
_GOOD = frozenset({metrics.COLLECTOR_TIMESTAMP, metrics.PROBE_TIMESTAMP})
_FAILED = frozenset(FAILURES.values())
_KINDS: dict[tuple[str, ...], str] = {
    ("profile", "account"): metrics.COLLECTOR_SUCCESS,
    ("namespace", "profile"): metrics.PROBE_SUCCESS,
}
_MOMENTS = {
    metrics.COLLECTOR_SUCCESS: frozenset({metrics.COLLECTOR_TIMESTAMP, metrics.COLLECTOR_FAILURE}),
    metrics.PROBE_SUCCESS: frozenset({metrics.PROBE_TIMESTAMP, metrics.PROBE_FAILURE}),
}
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
    """What names only a profile fails all that are known to be of the profile."""
    kind = next(sample.metric for sample in group.samples if sample.metric in FAILURES)
    named = [key for key in series if _kind(key) == kind and _profile(key) == group.key]
    # On several hosts, one profile may be several accounts. Those that this run has read are not the one that failed.
    unread = [key for key in named if _time(series[key], _GOOD, times.now) < times.began]
    for key in unread or named or [group.key]:
        before = series.get(key, [])
        if group.time >= _time(before, _MOMENTS[kind], times.now):
            series[key] = _failed(before, group.samples, key, kind) if named else _replaced(before, group.samples)
            _take_over(series, key, times.now)


def _fail_hosts(series: dict[Key, list[Sample]], group: Group, now: float) -> None:
    """What hosts that cannot be reached now have collected before, with credentials that have no profile."""
    told = [sample for sample in group.samples if sample.metric == metrics.COLLECTOR_SUCCESS]
    failed = {sample.label("host"): sample.timestamp for sample in told}
    for key, samples in list(series.items()):
        hosts = {sample.label("host") for sample in samples if sample.metric in FAILURES and key}
        for host in hosts & failed.keys() - {""}:
            if failed[host] >= _time(samples, _GOOD | _FAILED, now):
                series[key] = _marked(samples, failed[host])


def _take_over(series: dict[Key, list[Sample]], key: Key, now: float) -> None:
    """
    A profile whose credentials failed had no account to name, and a probe that crashed no namespace: what that told is
    the account's, or the namespace's, once it is known.
    """
    kind = _kind(key)
    if kind is None:
        return
    unnamed = series.pop(_profile(key), [])
    others = [sample for sample in unnamed if (sample.metric in PROBE) != (kind in PROBE)]
    if others:
        series[_profile(key)] = others
    if _time(unnamed, frozenset({FAILURES[kind]}), now) > _time(series[key], _GOOD | _FAILED, now):
        series[key] = _failed(series[key], unnamed, key, kind)


def _kind(key: Key) -> str | None:
    """The metric that tells whether it succeeded, of what may fail without telling more than its profile."""
    return _KINDS.get(tuple(name for name, _value in key))


def _profile(key: Key) -> Key:
    return tuple(label for label in key if label[0] == "profile")


def has_account(key: Key) -> bool:
    return _kind(key) == metrics.COLLECTOR_SUCCESS


def _time(samples: Iterable[Sample], moments: frozenset[str], now: float) -> float:
    return max((each.value for each in samples if each.metric in moments and each.value <= now), default=_NEVER)


def _replaced(samples: Iterable[Sample], by: Sequence[Sample]) -> list[Sample]:
    names = {sample.name for sample in by}
    return [*(sample for sample in samples if sample.name not in names), *by]


def _failed(before: Sequence[Sample], unnamed: Iterable[Sample], key: Key, kind: str) -> list[Sample]:
    """A collection keeps its labels. Of a probe that crashed, only the whole is told, by the labels of its group."""
    told = [sample for sample in unnamed if sample.metric in (kind, FAILURES[kind])]
    if kind == metrics.COLLECTOR_SUCCESS:
        return _marked(before, next(sample.value for sample in told if sample.metric == FAILURES[kind]))
    return _replaced(before, [sample._replace(labels=tuple(sorted({*sample.labels, *key}))) for sample in told])


def _marked(samples: Sequence[Sample], time: float) -> list[Sample]:
    """As failed at that time."""
    told = [sample._replace(value=0.0) for sample in samples if sample.metric in FAILURES]
    return _replaced(samples, [*told, moment_of(told, FAILURES, time)]) if told else list(samples)
