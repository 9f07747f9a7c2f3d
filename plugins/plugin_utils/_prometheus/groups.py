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
    from collections.abc import Iterable, Sequence

_PROBE = frozenset(name for name in metrics.DESCRIPTIONS if name.startswith(metrics.PROBE_PREFIX))
_DELIVERY = frozenset({metrics.DELIVERY_POINTS, metrics.DELIVERY_REQUESTS})
_OF_A_FAILURE = frozenset(
    {metrics.COLLECTOR_SUCCESS, metrics.COLLECTOR_API_CALLS, metrics.COLLECTOR_DURATION, metrics.PROBE_SUCCESS}
)
_EVERY_STEP = "all"

Key = tuple[tuple[str, str], ...]
"""The labels that all samples of a group have in common. Without any, it is that of the job itself."""


class Group(t.NamedTuple):
    """``whole``: the samples are all that the group has. Else they go beside what it had."""

    key: Key
    samples: tuple[Sample, ...]
    whole: bool

    @property
    def names(self) -> frozenset[str]:
        return frozenset(sample.name for sample in self.samples)


def groups_of(samples: Iterable[Sample], job: str) -> list[Group]:
    """The groups of a batch. Of two collections of one group, the later one counts."""
    by_key: dict[Key, list[Sample]] = {}
    for sample in samples:
        by_key.setdefault(key_of(sample), []).append(sample)
    return [_group(key, found, job) for key, found in by_key.items()]


def key_of(sample: Sample) -> Key:
    names = ("namespace", "profile") if sample.metric in _PROBE else ("profile", "account")
    # A host that could not be reached has no profile, and a delivery has neither.
    found = {} if sample.metric in _DELIVERY or sample.label("host") else {name: sample.label(name) for name in names}
    return tuple((name, value) for name, value in found.items() if value)


def _group(key: Key, samples: list[Sample], job: str) -> Group:
    latest = max(sample.timestamp for sample in samples)
    current = [sample for sample in samples if sample.timestamp == latest]
    if not key:
        return Group(key, tuple(_of_job(sample, job) for sample in current), whole=True)
    if _succeeded(current):
        return Group(key, (*current, _collected(current)), whole=True)
    return Group(key, tuple(sample for sample in current if sample.metric in _OF_A_FAILURE), whole=False)


def _succeeded(samples: Sequence[Sample]) -> bool:
    """A probe tells the state of the whole wherever it ran, whether its steps went well or not."""
    return any(
        (sample.metric == metrics.COLLECTOR_SUCCESS and sample.value == 1)
        or (sample.metric == metrics.PROBE_STATE and sample.label("step") == _EVERY_STEP)
        for sample in samples
    )


def _collected(samples: Sequence[Sample]) -> Sample:
    """When it was, since samples have no timestamps of their own."""
    first = next(sample for sample in samples if sample.metric in {metrics.COLLECTOR_SUCCESS, metrics.PROBE_STATE})
    metric = metrics.PROBE_TIMESTAMP if first.metric in _PROBE else metrics.COLLECTOR_TIMESTAMP
    labels = tuple(label for label in first.labels if label[0] != "step")
    return Sample(metric, metrics.PROMETHEUS_ONLY[metric].prometheus, labels, float(first.timestamp), first.timestamp)


def _of_job(sample: Sample, job: str) -> Sample:
    """Every job has these: without a label of its own, two jobs on one host would give one series twice."""
    return sample._replace(labels=tuple(sorted({**dict(sample.labels), "keyward_job": job}.items())))
