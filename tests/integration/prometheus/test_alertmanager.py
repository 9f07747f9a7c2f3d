# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The way of an alert to a person: from the rules in Prometheus through Alertmanager to a webhook."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from aiohttp import web

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from testbed.drivers.programs import free_address, serving
from testbed.drivers.waiting import wait_until
from testbed.fakes.serving.server import Served, Server
from testbed.scenarios.prometheus import ACCOUNT, collected, export
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULES = ROOT / "examples" / "prometheus" / "rules.yml"
PROGRAMS = ("prometheus", "prometheus-alertmanager", "prometheus-pushgateway")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(bool(MISSING), reason=f"Debian's packages {', '.join(MISSING)} are not installed"),
]


class Webhook(Served):
    """Alertmanager's notifications, alert by alert."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        self._server = Server([web.post("/", self._receive)], 0, None)

    def told(self, name: str, status: str) -> list[dict[str, Any]]:
        return [each for each in self.alerts if each["labels"]["alertname"] == name and each["status"] == status]

    async def _receive(self, request: web.Request) -> web.Response:
        self.alerts += (await request.json())["alerts"]
        return web.Response()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as receiver:
        yield receiver


@pytest.fixture
def alertmanager(webhook: Webhook, tmp_path: Path) -> Iterator[str]:
    route = {"receiver": "person", "group_wait": "0s", "group_interval": "1s", "group_by": ["alertname"]}
    configuration = {"route": route, "receivers": [{"name": "person", "webhook_configs": [{"url": webhook.url}]}]}
    (tmp_path / "alertmanager.yml").write_text(json.dumps(configuration), encoding="utf-8")
    address = free_address()
    command = [
        "prometheus-alertmanager",
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'alerts'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with serving(f"http://{address}/-/ready", *command, cwd=tmp_path):
        yield address


@pytest.fixture
def _prometheus(pushgateway: str, alertmanager: str, tmp_path: Path) -> Iterator[None]:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for group in rules["groups"]:
        group["interval"] = "1s"
        for rule in group["rules"]:
            # How long each waits is tried with Prometheus' own test of rules.
            rule.pop("for", None)
    (tmp_path / "rules.yml").write_text(json.dumps(rules), encoding="utf-8")
    pushed = [{"targets": [pushgateway.removeprefix("http://")]}]
    configuration = {
        "rule_files": [str(tmp_path / "rules.yml")],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [
            {"job_name": "push", "scrape_interval": "1s", "honor_labels": True, "static_configs": pushed}
        ],
    }
    (tmp_path / "prometheus.yml").write_text(json.dumps(configuration), encoding="utf-8")
    address = free_address()
    command = [
        "prometheus",
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address={address}",
    ]
    with serving(f"http://{address}/-/ready", *command, cwd=tmp_path):
        yield


@pytest.mark.usefixtures("_prometheus")
def test_an_old_key_and_a_failed_profile_are_told_to_a_person_and_so_is_their_end(
    pushgateway: str, webhook: Webhook
) -> None:
    export(None, collected(("alice", 209), ("bob", 3), at=100), pushgateway=pushgateway)
    wait_until(lambda: webhook.told("AwsIamAccessKeyTooOld", "firing"), pause=0.1)
    [old] = webhook.told("AwsIamAccessKeyTooOld", "firing")
    assert old["labels"].items() >= {"name": "alice", "account": ACCOUNT, "severity": "critical"}.items()
    assert old["annotations"]["summary"] == f"Access key 12345 of alice in {ACCOUNT} is 209 days old"

    failed = export(None, collected(ok=False, account=None, at=200), pushgateway=pushgateway)
    assert failed.status is ExportStatus.ACCEPTED
    wait_until(lambda: webhook.told("AwsIamCollectorFailing", "firing"), pause=0.1)
    [failing] = webhook.told("AwsIamCollectorFailing", "firing")
    assert failing["labels"].items() >= {"profile": "p", "account": ACCOUNT}.items()

    # The key is deleted, and the profile is read again.
    export(None, collected(("bob", 3), at=300), pushgateway=pushgateway)
    for name in ("AwsIamAccessKeyTooOld", "AwsIamCollectorFailing"):
        wait_until(lambda: webhook.told(name, "resolved"), pause=0.1)  # noqa: B023 - called at once
