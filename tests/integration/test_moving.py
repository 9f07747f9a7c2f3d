# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The guide from Wavefront to Prometheus and Grafana, as it stands there."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from testbed.fakes.aws import Key
from testbed.fakes.grafana import Grafana
from testbed.fakes.wavefront_tenant import WavefrontTenant
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account
    from testbed.fakes.wavefront import WavefrontReceiver

pytestmark = pytest.mark.once

GUIDE = (ROOT / "docs" / "moving.md").read_text()
TOKEN = "a-test-token"


def block(name: str) -> str:
    [found] = re.findall(rf"<!-- {name} -->\n```shell\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def test_the_way_from_wavefront(
    ansible: Ansible,
    account: Account,
    profiles: Callable[..., None],
    wavefront: WavefrontReceiver,
    tmp_path: Path,
) -> None:
    account.add_user("alice", keys=[Key(age_days=209.5), Key(age_days=3.5)])
    account.report.generate()
    profiles(default=account)
    textfiles = tmp_path / "textfiles"
    textfiles.mkdir()
    token = ansible.home / ".config" / "keyward" / "grafana-token"
    token.parent.mkdir(parents=True)
    token.write_text(TOKEN)
    ansible.set(WAVEFRONT_URL=wavefront.url, WAVEFRONT_API_TOKEN=TOKEN)
    both = block("both").replace("/var/lib/prometheus/node-exporter", str(textfiles))
    run = ansible.command("bash", "-ec", both)
    assert run.code == 0, run.output
    delivered = re.findall(
        r"^(\w+): (\d+) points delivered in 1 request, 0 invalid, 0 in the journal$", run.output, re.MULTILINE
    )
    assert dict(delivered).keys() == {"wavefront", "prometheus"}
    assert len({count for _callback, count in delivered}) == 1
    [shown] = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    assert run.output.endswith(re.sub(r"\b\d+ points", f"{delivered[0][1]} points", shown))
    held = {point.value for point in wavefront.points_of("aws.iam.accessKey")}
    assert ages(textfiles) == held == {209, 3}

    with Grafana(TOKEN) as grafana, WavefrontTenant(TOKEN) as tenant:
        ansible.set(WAVEFRONT_URL=tenant.url)
        put_up = ansible.command("bash", "-ec", block("grafana").replace("https://grafana.example.com", grafana.url))
        assert put_up.code == 0, put_up.output
        assert grafana.dashboards.keys() == tenant.dashboards.keys()
        assert list(grafana.folders.values()) == ["Security"]

        journal, *removal, enabled, collect = block("leave").splitlines(keepends=True)
        ansible.set(GRAFANA_URL=grafana.url)
        removed = ansible.command("bash", "-ec", "".join(removal))
        assert removed.code == 0, removed.output
        assert tenant.dashboards == {}
        assert len(grafana.dashboards) == 2
    ansible.set(WAVEFRONT_URL=wavefront.url, KEYWARD_TEXTFILE_DIR=str(textfiles))
    before = wavefront.accepted
    left = ansible.command("bash", "-ec", f"{journal}{enabled}{collect}")
    assert left.code == 0, left.output
    assert wavefront.accepted == before
    assert ages(textfiles) == {209, 3}


def ages(textfiles: Path) -> set[float]:
    [file] = textfiles.glob("*.prom")
    families = text_string_to_metric_families(file.read_text())
    name = names.DESCRIPTIONS[names.KEY_AGE].prometheus
    return {sample.value for family in families for sample in family.samples if sample.name == name}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus is not installed")
def test_the_rules_are_checked_as_the_guide_says() -> None:
    subprocess.run(["bash", "-ec", block("rules")], cwd=ROOT, check=True, capture_output=True)


def test_the_pairs_to_compare_name_the_same_metrics() -> None:
    pairs = re.findall(r'^\| `\w+\(last\(13h, ts\("([\w.]+)"\)\)\)` \| `\w+\((\w+)\)` \|$', GUIDE, re.MULTILINE)
    assert len(pairs) == 4
    assert {metric: names.DESCRIPTIONS[metric].prometheus for metric, _name in pairs} == dict(pairs)
