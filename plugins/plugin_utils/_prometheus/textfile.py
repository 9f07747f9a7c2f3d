# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The text file of one job, for node_exporter."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._files import atomic
from ansible_collections.keyward.iam.plugins.module_utils._files.locks import take

from .._metrics import names as metrics
from .groups import Group, Key, key_of
from .text import samples_of, text_of

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .encoder import Sample

_MODE = 0o644
"""node_exporter runs as a user of its own."""

_MOST_BYTES = 256_000_000
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_ALL = metrics.DESCRIPTIONS | metrics.PROMETHEUS_ONLY
HELPS = {description.prometheus: description.meaning for description in _ALL.values()}
_METRICS = {description.prometheus: name for name, description in _ALL.items()}


class TextFile:
    """Other jobs have other files, which are never touched."""

    def __init__(self, directory: Path, job: str) -> None:
        self.path = directory / f"keyward_{job}.prom"

    def update(self, groups: Sequence[Group], seconds: float) -> None:
        """Put the groups in the place of those that were there. Raises OSError, and LockedError."""
        directory = os.open(self.path.parent, _DIRECTORY)
        try:
            take(directory, self.path.parent, seconds)
            samples = merged(self._read(directory), groups)
            atomic.replace(directory, self.path.name, text_of(samples, HELPS), mode=_MODE)
        finally:
            os.close(directory)

    def _read(self, directory: int) -> list[Sample]:
        """What cannot be read is made anew."""
        with contextlib.suppress(OSError, ValueError):
            descriptor = os.open(self.path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
            with os.fdopen(descriptor, "rb") as file:
                return samples_of(file.read(_MOST_BYTES).decode(), _METRICS)
        return []


def merged(before: Sequence[Sample], groups: Sequence[Group]) -> list[Sample]:
    """All series after what came was put in the place of what was there."""
    series: dict[Key, list[Sample]] = {}
    for sample in before:
        series.setdefault(key_of(sample), []).append(sample)
    for group in groups:
        if group.whole:
            _end_failures_without_account(series, group.key)
            series[group.key] = list(group.samples)
            continue
        known = _accounts_of(series, group.key)
        for key in known:
            series[key] = [_failed(sample, group) for sample in series[key]]
        if group.key in series or not known:
            kept = [sample for sample in series.get(group.key, []) if sample.name not in group.names]
            series[group.key] = [*kept, *group.samples]
    return [sample for samples in series.values() for sample in samples]


def _end_failures_without_account(series: dict[Key, list[Sample]], key: Key) -> None:
    """A profile whose credentials failed had no account to name."""
    for name, value in key:
        if name == "profile" and len(key) > 1 and dict(key).get("account"):
            series.pop(((name, value),), None)


def _accounts_of(series: Mapping[Key, t.Any], key: Key) -> list[Key]:
    """The groups that a failure is about which names a profile and no account."""
    if [name for name, _value in key] != ["profile"]:
        return []
    return [other for other in series if other != key and set(key) < set(other) and dict(other).get("account")]


def _failed(sample: Sample, group: Group) -> Sample:
    of_failure = {each.name: each for each in group.samples if each.metric == metrics.COLLECTOR_SUCCESS}
    return sample._replace(value=0.0) if sample.name in of_failure else sample
