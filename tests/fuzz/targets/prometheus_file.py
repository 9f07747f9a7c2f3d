# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The text file for node_exporter: whatever is in it, a run leaves one that can be read, with the series of others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.encoder import label_name
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.state import METRICS
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.text import text_of
from testbed.scenarios.prometheus import ACCOUNT, collected, encoded, exporter, probed

if TYPE_CHECKING:
    from pathlib import Path

_SAMPLES = encoded(exporter(None), [*collected(("bob", 7), profile="q"), *probed()])
_LABELS = f'account="{ACCOUNT}",profile="q"'

SEEDS = (
    text_of(_SAMPLES, {}),
    f'aws_iam_access_key_age_days{{{_LABELS},name="b\\"o\\\\b\\n"}} 7 1800000000000\n'.encode(),
    f"aws_iam_collector_timestamp_seconds{{{_LABELS}}} +Inf\naws_iam_access_key_age_days{{{_LABELS}}} NaN\n".encode(),
    b'# TYPE x histogram\nx_bucket{le="1"} 1\n# HELP a \xc3\xa4\na 1\n',
    b'aws_iam_collector_success{host="h"} 1\n{"aws_iam_collector_success","a b"="c"} 1\n',
)
FOUND = (
    f"aws_iam_access_key_age_days{{{_LABELS}}} 1\n".encode() * 2,
    f"aws_iam_access_key_age_days{{{_LABELS}}} {'9' * 400}\n".encode(),
    b'{"aws_iam_collector_success","a b"="c"} 1\naws_iam_collector_success{a_b="c"} 1\n',
)


def _series(content: bytes) -> Counter[tuple[str, tuple[tuple[str, str], ...], str]]:
    """Of the collection's own metrics, as the library's own parser reads them. Raises ValueError."""
    return Counter(
        (sample.name, tuple(sorted(sample.labels.items())), repr(float(sample.value)))
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
        if sample.name in METRICS
    )


def _is_odd_or_replaced(labels: dict[str, str]) -> bool:
    """Labels by which no series of the collection is told apart are not written again."""
    return labels.get("profile") == "p" or any(label_name(label) != label for label in labels)


def check(data: bytes, room: Path) -> None:
    path = room / "keyward_collect.prom"
    path.write_bytes(data)
    made = exporter(room)
    assert made.export(encoded(made, collected(("alice", 209), at=1_700_000_000)), 5).status is ExportStatus.ACCEPTED
    after = _series(path.read_bytes())
    told = Counter((name, labels) for name, labels, _value in after.elements())
    assert max(told.values()) == 1, "a series is there twice"
    try:
        before = _series(data)
    except (ArithmeticError, ValueError):
        before = Counter()
    kept = {each for each in before if not _is_odd_or_replaced(dict(each[1]))}
    assert {each[:2] for each in kept} <= told.keys()
    # Of one that is there twice, either value stays.
    values = Counter(each[:2] for each in kept)
    assert {each for each in kept if values[each[:2]] == 1} <= after.keys()
