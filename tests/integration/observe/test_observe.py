# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The playbook keyward.iam.observe against a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.fakes.grafana import Grafana
from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible

OBSERVE = "keyward.iam.observe"
TOKEN = "a-tenant-token"
TARGETS = {"severe": "target:onCall1", "warn": "team@example.com,target:Team2", "info": "team@example.com"}
ALERTS = {
    "AWS IAM: access key too old",
    "AWS IAM: access key unused",
    "AWS IAM: other credential too old",
    "AWS IAM: root user has an access key",
    "AWS IAM: collector silent",
    "AWS IAM: collector failing",
    "AWS IAM: delivery loses points",
}
PROBE_ALERTS = {
    "AWS IAM probe: degraded",
    "AWS IAM probe: down",
    "AWS IAM probe: misconfigured",
    "AWS IAM probe: silent",
}


@pytest.mark.once
def test_puts_up_everything_and_then_mends_what_is_different(ansible: Ansible) -> None:
    with WavefrontTenant(TOKEN) as tenant:
        ansible.set(ANSIBLE_PIPELINING="1", WAVEFRONT_URL=tenant.url, WAVEFRONT_API_TOKEN=TOKEN)

        run = ansible.playbook(OBSERVE, keyward_alert_targets=TARGETS)

        assert run.code == 0, run.output
        assert "[WARNING]" not in run
        assert TOKEN not in run
        assert f"{tenant.url}/dashboards/keyward-iam-probe" in run
        assert tenant.dashboards.keys() == {"keyward-iam-access-keys", "keyward-iam-probe"}
        alerts = {alert["name"]: alert for alert in tenant.alerts.values()}
        assert alerts.keys() == ALERTS | PROBE_ALERTS
        too_old = alerts.pop("AWS IAM: access key too old")
        assert too_old["targets"] == {severity: TARGETS[severity] for severity in ("warn", "severe")}
        assert {alert["severity"] for alert in alerts.values()} == {"INFO", "WARN", "SEVERE"}
        assert all(alert["target"] == TARGETS[alert["severity"].lower()] for alert in alerts.values())

        assert "last(13h" in alerts["AWS IAM: collector failing"]["condition"]
        assert "last(10m" in alerts["AWS IAM probe: down"]["condition"]

        down, silent = alerts["AWS IAM probe: down"], alerts["AWS IAM probe: silent"]
        down["minutes"] = 99
        down["target"] = None
        del tenant.alerts[silent["id"]]
        tenant.calls.clear()

        # Without targets, whom a person chose in Wavefront is left alone.
        mended = ansible.playbook(OBSERVE, "--diff", keyward_observe=["probe"])

        assert mended.code == 0, mended.output
        assert '-    "minutes": 99' in mended
        assert '+    "minutes": 2' in mended
        assert "unless keyward_alert_targets has targets for them: severe, warn, info" in mended
        assert tenant.changes == [f"PUT alert/{down['id']}", "POST alert"]
        assert {alert["name"] for alert in tenant.alerts.values()} == ALERTS | PROBE_ALERTS


@pytest.mark.once
def test_puts_the_dashboards_up_in_grafana_alone(ansible: Ansible, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    options = {
        "keyward_grafana_api_token_file": str(file),
        "keyward_grafana_folder": "Security",
        "keyward_max_age_days": 90,
        "keyward_exempt_users": "break-glass-*,ops.bot",
    }
    with Grafana(TOKEN) as grafana:
        ansible.set(GRAFANA_URL=grafana.url)
        checked = ansible.playbook(OBSERVE, "--check", **options)
        assert (checked.code, grafana.changes) == (0, []), checked.output
        run = ansible.playbook(OBSERVE, **options)
        assert run.code == 0, run.output
        assert f"{grafana.url}/d/keyward-iam-probe/aws-iam-probe" in run
        assert TOKEN not in run
        assert grafana.dashboards.keys() == {"keyward-iam-access-keys", "keyward-iam-probe"}
        assert set(grafana.folder_of.values()) == {"folder0"}
        boxes = {
            each["name"]: each["query"]
            for each in grafana.dashboards["keyward-iam-access-keys"]["templating"]["list"]
            if each["type"] == "textbox"
        }
        assert boxes == {"severe": "90", "warn": "60", "unused": "90", "exempt": r"break\-glass\-.*|ops\.bot"}

        again = ansible.playbook(OBSERVE, **options)
        assert "changed=0" in again

        removed = ansible.playbook(OBSERVE, keyward_observe_state="absent", **options)
        assert removed.code == 0, removed.output
        assert grafana.dashboards == {}


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "missing"),
    [
        ({}, "Set one of keyward_wavefront_url, keyward_grafana_url, or"),
        ({"keyward_wavefront_url": "http://127.0.0.1:9"}, "Set one of keyward_wavefront_api_token, "),
        ({"keyward_grafana_url": "http://127.0.0.1:9"}, "Set one of keyward_grafana_api_token, "),
    ],
)
def test_without_an_address_or_a_token_nothing_is_done(ansible: Ansible, address: dict[str, str], missing: str) -> None:
    run = ansible.playbook(OBSERVE, **address)
    assert run.code != 0
    assert missing in run
    assert "changed=0" in run
