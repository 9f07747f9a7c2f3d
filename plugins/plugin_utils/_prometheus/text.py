# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The text format of Prometheus, written and read by its own library."""

from __future__ import annotations

import contextlib
import typing as t

from .encoder import Sample, is_written
from .groups import told_apart

# The callback says that the library is missing before it uses any of it.
with contextlib.suppress(ImportError):
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.metrics_core import Metric
    from prometheus_client.parser import text_string_to_metric_families

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class _Families:
    """As the library takes metrics that come from elsewhere."""

    def __init__(self, samples: Iterable[Sample], helps: Mapping[str, str]) -> None:
        self._samples = samples
        self._helps = helps

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for sample in sorted(self._samples):
            if sample.name not in families:
                families[sample.name] = Metric(sample.name, self._helps.get(sample.name, ""), "gauge")
            families[sample.name].add_sample(sample.name, dict(sample.labels), sample.value)
        yield from families.values()


def text_of(samples: Iterable[Sample], helps: Mapping[str, str]) -> bytes:
    """Without timestamps, which node_exporter does not take."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(samples, helps))
    return generate_latest(registry)


def samples_of(text: str, metrics: Mapping[str, str]) -> list[Sample]:
    """
    What a text of one's own holds, each series once; ``metrics`` are the points' names by Prometheus' own. Raises
    ValueError for what is no such text.
    """
    try:
        found = [
            Sample(metrics[sample.name], sample.name, tuple(sorted(sample.labels.items())), float(sample.value), 0)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name in metrics and is_written(sample.labels.items())
        ]
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    # Nobody reads a text that has one twice.
    return list(told_apart(found))
