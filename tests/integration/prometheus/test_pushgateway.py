# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A real Pushgateway after collections in any order: it has what the text file has."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import requests

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from testbed.drivers.programs import get
from testbed.scenarios.prometheus import (
    ACCOUNT,
    collected,
    crashed,
    delivered,
    encoded,
    export,
    exporter,
    probed,
    series,
    series_of_text,
    unreachable,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        shutil.which("prometheus-pushgateway") is None, reason="Debian's package prometheus-pushgateway is missing"
    ),
]


def good(at: int, *names: str) -> list[Point]:
    return collected(*((name, at) for name in names), at=at)


def failed(at: int, account: str | None = ACCOUNT) -> list[Point]:
    return collected(ok=False, account=account, at=at)


@pytest.mark.parametrize(
    "exports",
    [
        [good(100, "alice", "bob"), good(200, "bob")],
        [good(200, "bob"), good(100, "alice", "bob")],
        [good(100, "alice"), failed(200)],
        [good(100, "alice") + failed(200)],
        [failed(200), good(100, "alice")],
        [good(100, "alice"), failed(200, account=None)],
        [good(100, "alice") + collected(("bob", 1), account="4", at=300), failed(200, account=None)],
        [failed(200, account=None), good(100, "alice"), good(300, "bob")],
        [good(100, "alice"), unreachable("h", at=200) + delivered(1, at=201)],
        [collected(("alice", 1), profile=None, at=100), unreachable("h", at=200)],
        [probed(at=100), crashed(at=200), probed(at=150)],
        [probed(at=100) + crashed(at=200), probed(at=300)],
    ],
)
def test_it_has_what_the_text_file_has(tmp_path: Path, pushgateway: str, exports: list[list[Point]]) -> None:
    for points in exports:
        assert export(tmp_path, points).status is ExportStatus.ACCEPTED
        assert export(None, points, pushgateway=pushgateway).status is ExportStatus.ACCEPTED
        assert series_of_text(get(f"{pushgateway}/metrics")) == series(tmp_path)


def test_a_collection_that_is_larger_than_a_batch_is_there_whole(tmp_path: Path, pushgateway: str) -> None:
    made = exporter(tmp_path, pushgateway=pushgateway)
    samples = encoded(made, good(100, "alice", "bob", "cyd"))
    for start in range(0, len(samples), 2):
        assert made.export(samples[start : start + 2], 5).status is ExportStatus.ACCEPTED
    made.shutdown()
    assert series_of_text(get(f"{pushgateway}/metrics")) == series(tmp_path)


def test_the_groups_of_other_jobs_stay_as_they_are(pushgateway: str) -> None:
    export(None, good(100, "alice"), job="other", pushgateway=pushgateway)
    # Of the same job, but not in a group of its own.
    foreign = f"{pushgateway}/metrics/job/collect/instance/another"
    metric = "aws_iam_collector_timestamp_seconds"
    text = f'# TYPE {metric} gauge\n{metric}{{profile="q",account="{ACCOUNT}"}} 900\n'
    requests.put(foreign, data=text, timeout=10).raise_for_status()
    before = get(f"{pushgateway}/metrics").splitlines()
    export(None, collected(("bob", 1), profile="q"), pushgateway=pushgateway)
    export(None, failed(200, account=None), pushgateway=pushgateway)
    after = get(f"{pushgateway}/metrics").splitlines()
    assert {line for line in before if line.startswith("aws_iam")} <= set(after)
    assert [line for line in after if line.startswith("aws_iam_access_key_age_days") and 'name="bob"' in line]
