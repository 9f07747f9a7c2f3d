# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The exporter of the callback otlp against a real database that takes OTLP."""

from __future__ import annotations

import json
import time
import urllib.parse
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Tls
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._otlp.exporter import Otlp
from testbed.drivers.programs import free_address, get, serving
from testbed.scenarios.prometheus import Labels, collected, probed
from tools.debian import UNPACKED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

PROGRAM = UNPACKED / "usr" / "bin" / "victoria-metrics"
NOW = int(time.time())

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not PROGRAM.exists(), reason=f"there is no {PROGRAM}, which python -m tools.debian unpacks"),
]

Sample = tuple[str, frozenset[tuple[str, str]], int, float]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    address = free_address()
    command = [str(PROGRAM), f"-storageDataPath={tmp_path / 'data'}", f"-httpListenAddr={address}"]
    with serving(f"http://{address}/-/ready", *command, cwd=tmp_path):
        yield f"http://{address}"


def samples(url: str) -> set[Sample]:
    get(f"{url}/internal/force_flush")
    query = urllib.parse.urlencode({"match[]": '{__name__!=""}'})
    found: set[Sample] = set()
    for series in map(json.loads, get(f"{url}/api/v1/export?{query}").splitlines()):
        labels = series["metric"]
        metric = labels.pop("__name__")
        values = zip(series["timestamps"], series["values"], strict=True)
        found |= {(metric, frozenset(labels.items()), at // 1000, value) for at, value in values}
    return found


def expected(point: Point) -> Sample:
    labels = {"service.name": "keyward.iam", **point.tags}
    labels |= {"cloud.account.id": point.tags["account"], "cloud.region": point.tags["region"]}
    return point.metric, frozenset(labels.items()), point.timestamp, float(point.value)


@pytest.mark.parametrize("compress", [True, False])
def test_every_point_is_there_with_its_time_and_attributes(database: str, *, compress: bool) -> None:
    # The last one is what an outage has held up.
    collections = [
        [*collected(("alice", 209), ("bob", 3), at=NOW - 60), *probed(at=NOW - 30)],
        collected(("alice", 208), at=NOW - 86400),
    ]
    exporter = Otlp(
        f"{database}/opentelemetry/v1/metrics",
        dict,
        {"service.name": "keyward.iam"},
        names.DESCRIPTIONS,
        Tls(),
        Labels(),  # type: ignore[arg-type]
        compress=compress,
        timeout=10,
    )
    try:
        for points in collections:
            result = exporter.export([exporter.encoder().encode(point) for point in points], 10)
            assert result.status is ExportStatus.ACCEPTED, result.reason
    finally:
        exporter.shutdown()
    assert samples(database) == {expected(point) for points in collections for point in points}
