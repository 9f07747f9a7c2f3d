# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Collections as points, and what the exporter for Prometheus makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.keyward.iam.plugins.module_utils._http.faults import SETTINGS
from ansible_collections.keyward.iam.plugins.plugin_utils._http.connection import Connection
from ansible_collections.keyward.iam.plugins.plugin_utils._http.messages import Tls
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.conversion import (
    ACCESS_KEY_INFO,
    PROBE,
    points_of_result,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.exporter import Prometheus
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.pushgateway import Pushgateway
from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.textfile import TextFile

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportResult
    from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.encoder import Sample

ACCOUNT = "111122223333"
AGE = "aws_iam_access_key_age_days"
SUCCESS = "aws_iam_collector_success"
TIME = "aws_iam_collector_timestamp_seconds"
FAILURE = "aws_iam_collector_failure_timestamp_seconds"


class Labels:
    destination = "pushgateway_url"

    def __call__(self, *names: str) -> str:
        return " and ".join(names)


def exporter(directory: Path | None, job: str = "collect", pushgateway: str = "") -> Prometheus:
    connection, label = Connection(Tls(), SETTINGS), Labels()
    return Prometheus(
        job,
        TextFile(directory, job) if directory else None,
        Pushgateway(pushgateway, job, connection, label, 5, lambda: None) if pushgateway else None,  # type: ignore[arg-type]
        connection,
        label,  # type: ignore[arg-type]
    )


def encoded(made: Prometheus, points: list[Point]) -> list[Sample]:
    encode = made.encoder().encode
    return [encode(point) for point in points]


def export(directory: Path | None, points: list[Point], job: str = "collect", pushgateway: str = "") -> ExportResult:
    """As one run does it, with one batch."""
    made = exporter(directory, job, pushgateway)
    try:
        return made.export(encoded(made, points), 5)
    finally:
        made.shutdown()


def collected(
    *keys: tuple[str, int],
    ok: bool = True,
    profile: str | None = "p",
    account: str | None = ACCOUNT,
    at: int = 100,
    host: str = "h",
) -> list[Point]:
    about = {"profile": profile, "region": "us-east-1", "account_id": account}
    result = {
        "timestamp": at,
        "access_keys": [
            {"user_name": name, "access_key_id": f"AKIA{name}12345", "status": "Active", "age_days": age, **about}
            for name, age in keys
        ],
        "profiles": [{"ok": ok, "users": len(keys), "access_keys": len(keys), "api_calls": 3, **about}],
    }
    return list(points_of_result(ACCESS_KEY_INFO, result, at, [{"host": host}]))


def probed(*, at: int = 100, status: str = "ok") -> list[Point]:
    step = {"name": "CreateUser", "status": status, "duration_ms": 250, "state": "up"}
    result = {
        "steps": [step],
        "state": "up",
        "swept": [],
        "leftovers": [],
        "account_id": ACCOUNT,
        "region": "us-east-1",
        "namespace": "lab",
        "profile": "p",
        "timestamp": at,
    }
    return list(points_of_result(PROBE, result, at))


def crashed(*, at: int) -> list[Point]:
    return list(points_of_result(PROBE, {"msg": "it crashed", "namespace": "lab"}, at, [{"profile": "p"}]))


def unreachable(host: str, *, at: int) -> list[Point]:
    return list(points_of_result(ACCESS_KEY_INFO, {"unreachable": True}, at, [{"host": host}]))


def delivered(count: int, *, at: int) -> list[Point]:
    return [Point(names.DELIVERY_POINTS, count, at, {"outcome": "delivered"}, own=True)]


def series(directory: Path, job: str = "collect") -> dict[tuple[str, ...], float]:
    """By name of the metric, and the values of the labels that tell its series apart."""
    return series_of_text((directory / f"keyward_{job}.prom").read_text(encoding="utf-8"))


def series_of_text(text: str) -> dict[tuple[str, ...], float]:
    wanted = ("name", "profile", "account", "step", "outcome", "host")
    samples = [
        ((sample.name, *(sample.labels[label] for label in wanted if sample.labels.get(label))), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("aws_iam_")
    ]
    assert len(samples) == len(dict(samples))
    return dict(samples)


def ages(directory: Path) -> dict[str, float]:
    return {key[1]: value for key, value in series(directory).items() if key[0] == AGE}
