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

_PROBE = frozenset(name for name in metrics.DESCRIPTIONS if name.startswith(metrics.PROBE_PREFIX))
_DELIVERY = frozenset({metrics.DELIVERY_POINTS, metrics.DELIVERY_REQUESTS})
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

    @property
    def names(self) -> frozenset[str]:
        return frozenset(sample.name for sample in self.samples)


def groups_of(samples: Iterable[Sample], job: str) -> list[Group]:
    """The groups of a batch, in the order of their times."""
    found: dict[tuple[int, Key], list[Sample]] = {}
    for sample in samples:
        found.setdefault((sample.timestamp, key_of(sample)), []).append(sample)
    groups = [_group(key, of_key, job, time) for (time, key), of_key in found.items()]
    return sorted(groups, key=lambda group: group.time)


def key_of(sample: Sample) -> Key:
    names = ("namespace", "profile") if sample.metric in _PROBE else ("profile", "account")
    # A host that could not be reached has no profile, and a delivery has neither.
    found = {} if sample.metric in _DELIVERY or sample.label("host") else {name: sample.label(name) for name in names}
    return tuple((name, value) for name, value in found.items() if value)


def _group(key: Key, samples: list[Sample], job: str, time: int) -> Group:
    if not key:
        return Group(key, tuple(_of_job(sample, job) for sample in samples), whole=True, time=time)
    if _succeeded(samples):
        return Group(key, (*samples, moment_of(samples, _TIMES, time)), whole=True, time=time)
    told = [sample for sample in samples if sample.metric in OF_A_FAILURE]
    if not any(sample.metric in FAILURES for sample in told):
        return Group(key, tuple(told), whole=False, time=time)
    return Group(key, (*told, moment_of(told, FAILURES, time)), whole=False, time=time)


def _succeeded(samples: Sequence[Sample]) -> bool:
    """A probe tells the state of the whole wherever it ran, whether its steps went well or not."""
    return any(
        (sample.metric == metrics.COLLECTOR_SUCCESS and sample.value == 1)
        or (sample.metric == metrics.PROBE_STATE and sample.label("step") == _EVERY_STEP)
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
