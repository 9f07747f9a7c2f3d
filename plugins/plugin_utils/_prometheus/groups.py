# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What one run knows, in groups that are replaced as a whole: a profile's account, a probe, and the delivery itself.

A collection that succeeded replaces its group, so that the series of a deleted key end. One that failed leaves the
group as it was, and changes only what tells of the failure.
"""

from __future__ import annotations

import typing as t

from .._metrics import names as metrics
from .encoder import Sample

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PROBE = frozenset(
    name for name in metrics.DESCRIPTIONS | metrics.PROMETHEUS_ONLY if name.startswith(metrics.PROBE_PREFIX)
)
DELIVERY = frozenset({metrics.DELIVERY_POINTS, metrics.DELIVERY_REQUESTS})
OF_A_FAILURE = frozenset(
    {metrics.COLLECTOR_SUCCESS, metrics.COLLECTOR_API_CALLS, metrics.COLLECTOR_DURATION, metrics.PROBE_SUCCESS}
)
_TIMES = {metrics.COLLECTOR_SUCCESS: metrics.COLLECTOR_TIMESTAMP, metrics.PROBE_STATE: metrics.PROBE_TIMESTAMP}
FAILURES = {metrics.COLLECTOR_SUCCESS: metrics.COLLECTOR_FAILURE, metrics.PROBE_SUCCESS: metrics.PROBE_FAILURE}
_EVERY_STEP = "all"

Key = tuple[tuple[str, str], ...]
"""The labels that all samples of a group have in common. Without any, it is that of the job itself."""


class Group(t.NamedTuple):
    """What one collection or probe told. ``whole``: the samples are all that the group has. Else it failed."""

    key: Key
    samples: tuple[Sample, ...]
    whole: bool
    time: int
    """Of the collection, in seconds since the epoch."""
    part: bool = False
    """It lacks what tells whether it is whole: that is in another batch."""


def groups_of(samples: Iterable[Sample], job: str) -> list[Group]:
    """The groups of a batch, in the order of their times."""
    found: dict[tuple[int, Key, bool], list[Sample]] = {}
    for sample in samples:
        key = key_of(sample)
        # A collection and a probe that both fail early may have the same key.
        found.setdefault((sample.timestamp, key, bool(key) and sample.metric in PROBE), []).append(sample)
    groups = [_group(key, of_key, job, time) for (time, key, _of_probe), of_key in found.items()]
    return sorted(groups, key=lambda group: group.time)


def key_of(sample: Sample) -> Key:
    names = ("namespace", "profile") if sample.metric in PROBE else ("profile", "account")
    # A host that could not be reached has neither profile nor account, and one without a profile has an account.
    found = {} if sample.metric in DELIVERY else {name: sample.label(name) for name in names}
    return tuple((name, value) for name, value in found.items() if value)


def told_apart(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Of two samples of one series, the last one."""
    return tuple({(sample.name, sample.labels): sample for sample in samples}.values())


def _group(key: Key, samples: list[Sample], job: str, time: int) -> Group:
    if not key:
        return Group(key, tuple(_of_job(sample, job) for sample in samples), whole=True, time=time)
    current = told_apart(samples)
    failed = [moment_of(current, FAILURES, time)] if _failed(current) else []
    # Of two within one second, the one that succeeded has the series.
    if _succeeded(samples):
        return Group(key, (*current, moment_of(samples, _TIMES, time), *failed), whole=True, time=time)
    if not failed:
        return Group(key, current, whole=False, time=time, part=True)
    told = [sample for sample in current if sample.metric in OF_A_FAILURE]
    return Group(key, (*told, *failed), whole=False, time=time)


def _succeeded(samples: Sequence[Sample]) -> bool:
    """A probe tells the state of the whole wherever it ran, whether its steps went well or not."""
    return any(
        (sample.metric == metrics.COLLECTOR_SUCCESS and sample.value == 1)
        or (sample.metric == metrics.PROBE_STATE and sample.label("step") == _EVERY_STEP)
        for sample in samples
    )


def _failed(samples: Sequence[Sample]) -> bool:
    """A probe that crashed tells of no step of its own."""
    return any(
        sample.value == 0
        and (
            sample.metric == metrics.COLLECTOR_SUCCESS
            or (sample.metric == metrics.PROBE_SUCCESS and sample.label("step") == _EVERY_STEP)
        )
        for sample in samples
    )


def moment_of(samples: Iterable[Sample], moments: Mapping[str, str], time: float) -> Sample:
    """When it was, since samples have no timestamps of their own."""
    first = next(sample for sample in samples if sample.metric in moments)
    metric = moments[first.metric]
    labels = tuple(label for label in first.labels if label[0] != "step")
    return Sample(metric, metrics.PROMETHEUS_ONLY[metric].prometheus, labels, float(time), int(time))


def _of_job(sample: Sample, job: str) -> Sample:
    """Every job has these: without a label of its own, two jobs on one host would give one series twice."""
    return sample._replace(labels=tuple(sorted({**dict(sample.labels), "keyward_job": job}.items())))
