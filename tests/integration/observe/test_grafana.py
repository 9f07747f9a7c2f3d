# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The dashboards for Grafana: each chart of Wavefront's is there, and its queries find in Prometheus what runs told."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from ansible_collections.keyward.iam.plugins.plugin_utils._http.connection import Connection
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Tls
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.exporter import Prometheus
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.textfile import TextFile
from testbed.drivers.waiting import wait_until
from testbed.fakes.node_exporter import TextfileExporter
from tools import grafana

from .points import collected, delivered, key, probed
from .test_queries import charts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Content

pytestmark = pytest.mark.once

DASHBOARDS = {path.stem: json.loads(path.read_text()) for path in sorted(grafana.FILES.glob("*.json"))}
VARIABLES = {"profile": ".*", "account": ".*", "namespace": ".*", "region": ".*"}


def panels(uid: str) -> dict[str, dict[str, Any]]:
    return {panel["title"]: panel for panel in DASHBOARDS[uid]["panels"] if panel["type"] != "row"}


def defaults(uid: str) -> dict[str, str]:
    boxes = {each["name"]: each["query"] for each in DASHBOARDS[uid]["templating"]["list"] if each["type"] == "textbox"}
    return VARIABLES | boxes


def test_the_files_are_those_of_the_templates() -> None:
    assert grafana.dashboards() == {f"{uid}.json": dashboard for uid, dashboard in DASHBOARDS.items()}


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_grafanas_own_types_take_all_of_it(uid: str) -> None:
    def missing(wanted: Any, found: Any, path: str) -> list[str]:
        if isinstance(wanted, dict):
            return [
                lost for name, value in wanted.items() for lost in missing(value, found.get(name), f"{path}/{name}")
            ]
        if isinstance(wanted, list):
            pairs = zip(wanted, found or [None] * len(wanted), strict=True)
            return [lost for number, pair in enumerate(pairs) for lost in missing(*pair, f"{path}/{number}")]
        return [] if wanted == found else [path]

    assert missing(DASHBOARDS[uid], grafana.checked(DASHBOARDS[uid]), "") == []


def test_each_chart_and_source_of_wavefront_is_there(content: Content) -> None:
    for uid, dashboard in content.dashboards.items():
        charts = {chart["name"]: len(chart["sources"]) for chart in charts_of(dashboard)}
        assert {title: len(panel["targets"]) for title, panel in panels(uid).items()} == charts
    queries = yaml.safe_load((grafana.FILES.parent / "promql.yml").read_text())
    for name, asked in queries.items():
        sources = {
            chart["name"]: {each["name"] for each in chart["sources"]} for chart in charts_of(grafana.wavefront(name))
        }
        assert {chart: set(queries) - {"unit"} for chart, queries in asked["charts"].items()} == sources


def test_they_ask_for_metrics_that_there_are_and_for_all_of_them() -> None:
    text = json.dumps(DASHBOARDS)
    known = {entry.prometheus for entry in (names.DESCRIPTIONS | names.PROMETHEUS_ONLY).values()}
    failures = {names.PROMETHEUS_ONLY[name].prometheus for name in (names.COLLECTOR_FAILURE, names.PROBE_FAILURE)}
    assert set(re.findall(r"aws_iam_\w+", text)) == known - failures


class Labels:
    destination = ""

    def __call__(self, *names: str) -> str:
        return " and ".join(names)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Evaluates a target's query in a Prometheus that scraped what two runs told; carol's key is of the first only."""
    if shutil.which("prometheus") is None:
        pytest.skip("Debian's package prometheus is not installed")
    place = tmp_path_factory.mktemp("prometheus")
    now = int(time.time())
    exporter = Prometheus("job", TextFile(place, "job"), None, Connection(Tls()), Labels())  # type: ignore[arg-type]
    first = [*collected(now - 7200, key("carol", 400), key("dave", 300))]
    second = [
        *collected(
            now - 3600,
            key("alice", 180, last_used=90),
            key("alice", 10) | {"access_key_id": "AKIASECOND"},
            key("bob", 179, last_used=89),
            key("dave", 301, status="Inactive"),
            key("erin", 149),
            key("frank", 150),
            root_keys=1,
            with_others=True,
        ),
        *probed(now - 60, "down", failed=["CreateUser"]),
        *delivered(now - 60),
    ]
    for run in (first, second):
        exporter.export([exporter.encoder().encode(point) for point in run], 5)
    with TextfileExporter(place) as textfiles, _prometheus(place, textfiles.url) as url:

        def query(expression: str, variables: dict[str, str]) -> list[dict[str, Any]]:
            for name, value in variables.items():
                expression = re.sub(rf"\${name}\b", value, expression)
            answer = requests.get(f"{url}/api/v1/query", {"query": expression}, timeout=10)
            assert answer.ok, f"{expression}: {answer.text}"
            return [{**each["metric"], "value": float(each["value"][1])} for each in answer.json()["data"]["result"]]

        wait_until(lambda: len(query("aws_iam_collector_success", {})) == 2, pause=0.1)
        # Subqueries step over two minutes, of which none may have begun since.
        yield query


@contextlib.contextmanager
def _prometheus(place: Path, target: str) -> Iterator[str]:
    address = target.removeprefix("http://").removesuffix("/metrics")
    # Two ways to the same collection, as node_exporter and a Pushgateway are: nothing may count twice.
    jobs = [{"job_name": job, "static_configs": [{"targets": [address]}]} for job in ("node", "push")]
    configuration = place / "prometheus.yml"
    configuration.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = f"127.0.0.1:{free.getsockname()[1]}"
    options = [f"--config.file={configuration}", f"--storage.tsdb.path={place / 'data'}", f"--web.listen-address={own}"]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(["prometheus", *options], stdout=log, stderr=log)
    try:

        def ready() -> bool:
            assert process.poll() is None, (place / "log").read_text()
            with contextlib.suppress(requests.ConnectionError):
                return requests.get(f"http://{own}/-/ready", timeout=10).ok
            return False

        wait_until(ready, pause=0.05)
        yield f"http://{own}"
    finally:
        process.terminate()
        process.wait()


def values(ask: Any, uid: str, title: str, target: int = 0) -> list[float]:
    expression = panels(uid)[title]["targets"][target]["expr"]
    return sorted(each["value"] for each in ask(expression, defaults(uid)))


NOTHING_TOLD = {"Reactivated keys by profile", "Failed steps, 24 hours"}
"""The seed has none, and what a subquery of two minutes finds depends on the moment."""


@pytest.mark.parametrize(("uid", "title"), [(uid, title) for uid in DASHBOARDS for title in panels(uid)])
def test_each_query_finds_something(ask: Any, uid: str, title: str) -> None:
    for target in panels(uid)[title]["targets"]:
        found = ask(target["expr"], defaults(uid))
        assert found or title in NOTHING_TOLD, target["expr"]
        assert not any({"job", "instance"} & series.keys() for series in found), "two ways to it would show it twice"


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Overdue keys", [2]),
        ("Keys to rotate soon", [2]),
        ("Unused keys", [1]),
        ("Root user's keys", [1]),
        ("Reactivated keys", [0]),
        ("Profiles not read", [0]),
        ("Users", [1]),
        ("Active keys", [6]),
        ("Inactive keys", [1]),
        ("Exempt keys", [0]),
        ("Oldest active key", [900]),
        ("Overdue, oldest first", [180, 900]),
        ("To rotate soon, oldest first", [150, 179]),
        ("Other credentials, oldest first", [3]),
        ("Owners with two active keys", [2]),
        ("Unused keys, by days since their last use", [90]),
        ("Active keys without a known use, by age", [10, 149, 150, 900]),
        ("Keys of root users", [900]),
        ("Every inactive key", [301]),
        ("Last run of each profile", [1]),
        ("Duration of a run", [0.5]),
        ("Age of the credential report", [1]),
    ],
)
def test_what_the_dashboard_of_access_keys_shows(ask: Any, title: str, found: list[float]) -> None:
    assert values(ask, "keyward-iam-access-keys", title) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("State", [2]),
        ("Probes", [2]),
        ("Steps", [2, 2]),
        ("Slowest step", [0.0805]),
        ("Waiting for consistency", [0.12, 0.12]),
        ("Left behind", [0]),
        ("Successful steps, 24 hours", [50]),
    ],
)
def test_what_the_dashboard_of_the_probe_shows(ask: Any, title: str, found: list[float]) -> None:
    assert values(ask, "keyward-iam-probe", title) == found


def test_bands_of_age_hold_every_active_key_once(ask: Any) -> None:
    bands = [values(ask, "keyward-iam-access-keys", "Active keys by age", target)[0] for target in range(5)]
    assert sum(bands) == 6
