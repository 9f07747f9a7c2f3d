# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The rules for Prometheus, in Prometheus' own test of rules: when each alert fires, holds and ends."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from tools.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

RULES = ROOT / "examples" / "prometheus" / "rules.yml"
CONTENT = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
ALERTS = {rule["alert"] for group in CONTENT for rule in group["rules"] if "alert" in rule}
KEY = 'account="1",key="ABCDE",name="alice",profile="p",region="us-east-1"'
PROFILE = 'account="1",profile="p",region="us-east-1"'
PROBE = 'account="1",namespace="lab",profile="p",region="us-east-1"'

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus is not installed"),
]


def firing(tmp_path: Path, alert: str, at: str, series: dict[str, str], rules: Path = RULES) -> bool:
    """Whether an alert fires at a time, of series with their values as promtool writes them."""
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    test = {
        "rule_files": [str(rules)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "5m",
                "input_series": inputs,
                "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": []}],
            }
        ],
    }
    path = tmp_path / "test.yml"
    path.write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)
    if done.returncode:
        assert f'alertname="{alert}"' in done.stdout + done.stderr, done.stdout + done.stderr
    return bool(done.returncode)


def test_they_are_valid() -> None:
    done = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_alert_of_wavefront_is_there() -> None:
    template = (ROOT / "roles" / "observe" / "templates" / "alerts.yml.j2").read_text(encoding="utf-8")
    wanted = re.findall(r'- name: "AWS IAM(?: (probe))?: ([^"]+)"', template)
    assert {
        "AwsIam" + "".join(word[0].upper() + word[1:] for word in f"{kind} {name}".split()) for kind, name in wanted
    } == ALERTS


def test_they_ask_for_metrics_that_there_are() -> None:
    known = {entry.prometheus for entry in (names.DESCRIPTIONS | names.PROMETHEUS_ONLY).values()}
    recorded = {rule["record"] for group in CONTENT for rule in group["rules"] if "record" in rule}
    asked = {
        name for group in CONTENT for rule in group["rules"] for name in re.findall(r"aws_iam[\w:]+", rule["expr"])
    }
    assert asked <= known | recorded


# Values of six hours each: 72 samples of five minutes.
def test_an_old_key_fires_holds_between_runs_and_ends_when_it_is_rotated(tmp_path: Path) -> None:
    age = f'aws_iam_access_key_age_days{{{KEY},status="Active"}}'
    values = {age: "149+0x72 150+0x72 stale"}
    found = {at: firing(tmp_path, "AwsIamAccessKeyTooOld", at, values) for at in ("5h", "7h", "11h", "13h")}
    assert found == {"5h": False, "7h": True, "11h": True, "13h": False}


def test_a_failed_account_keeps_what_was_known_of_it(tmp_path: Path) -> None:
    """The last good series stay in the file, beside a success of 0."""
    values = {f'aws_iam_access_key_age_days{{{KEY},status="Active"}}': "200+0x144"}
    values[f"aws_iam_collector_success{{{PROFILE}}}"] = "1+0x72 0+0x72"
    assert firing(tmp_path, "AwsIamAccessKeyTooOld", "11h", values)
    assert not firing(tmp_path, "AwsIamCollectorFailing", "5h", values)
    assert firing(tmp_path, "AwsIamCollectorFailing", "7h", values)


def test_a_key_that_is_deactivated_ends_its_alerts(tmp_path: Path) -> None:
    values = {
        f'{metric}{{{KEY},status="{status}"}}': told
        for metric in ("aws_iam_access_key_age_days", "aws_iam_access_key_last_used_days")
        for status, told in {"Active": "200+0x72 stale", "Inactive": "_x72 200+0x72"}.items()
    }
    for alert in ("AwsIamAccessKeyTooOld", "AwsIamAccessKeyUnused"):
        assert firing(tmp_path, alert, "5h", values)
        assert not firing(tmp_path, alert, "7h", values)


def test_users_that_are_left_out_cause_no_alert(tmp_path: Path) -> None:
    left_out = tmp_path / "rules.yml"
    text = RULES.read_text(encoding="utf-8")
    assert text.count('name!~""}') == 2
    left_out.write_text(text.replace('name!~""}', 'name!~"ali.*"}'), encoding="utf-8")
    values = {f'aws_iam_access_key_age_days{{{KEY},status="Active"}}': "200+0x72"}
    assert firing(tmp_path, "AwsIamAccessKeyTooOld", "1h", values)
    assert not firing(tmp_path, "AwsIamAccessKeyTooOld", "1h", values, rules=left_out)


def test_an_inactive_key_is_not_too_old(tmp_path: Path) -> None:
    inactive = {f'aws_iam_access_key_age_days{{{KEY},status="Inactive"}}': "200+0x72"}
    assert not firing(tmp_path, "AwsIamAccessKeyTooOld", "1h", inactive)


def test_a_run_that_is_missed_is_silence_and_the_next_run_ends_it(tmp_path: Path) -> None:
    timestamp = f"aws_iam_collector_timestamp_seconds{{{PROFILE}}}"
    success = f"aws_iam_collector_success{{{PROFILE}}}"
    values = {timestamp: "0+0x180 54000+0x60", success: "1+0x240"}
    found = {at: firing(tmp_path, "AwsIamCollectorSilent", at, values) for at in ("12h", "14h", "16h")}
    assert found == {"12h": False, "14h": True, "16h": False}


def test_a_collector_that_never_reported_is_silent(tmp_path: Path) -> None:
    assert firing(tmp_path, "AwsIamCollectorSilent", "14h", {"up": "1+0x300"})


def test_a_host_that_went_away_is_silent(tmp_path: Path) -> None:
    values = {f"aws_iam_collector_timestamp_seconds{{{PROFILE}}}": "0+0x12 stale"}
    assert firing(tmp_path, "AwsIamCollectorSilent", "14h", values)


@pytest.mark.parametrize(
    ("alert", "series", "fires", "rests"),
    [
        ("AwsIamAccessKeyUnused", f'aws_iam_access_key_last_used_days{{{KEY},status="Active"}}', 90, 89),
        ("AwsIamOtherCredentialTooOld", f'aws_iam_credential_age_days{{{KEY},status="Active",type="ssh_key"}}', 180, 9),
        ("AwsIamRootUserHasAnAccessKey", f"aws_iam_collector_root_keys{{{PROFILE}}}", 1, 0),
        ("AwsIamCollectorFailing", f"aws_iam_collector_success{{{PROFILE}}}", 0, 1),
        ("AwsIamDeliveryLosesPoints", 'aws_iam_delivery_points{keyward_job="collect",outcome="dropped"}', 3, 0),
        ("AwsIamProbeDown", f'aws_iam_probe_state{{{PROBE},step="all"}}', 2, 1),
        ("AwsIamProbeDegraded", f'aws_iam_probe_state{{{PROBE},step="all"}}', 1, 0),
        ("AwsIamProbeMisconfigured", f'aws_iam_probe_state{{{PROBE},step="all"}}', 3, 2),
        ("AwsIamProbeSilent", f"aws_iam_probe_timestamp_seconds{{{PROBE}}}", 0, 3000),
    ],
)
def test_each_fires_and_ends(tmp_path: Path, alert: str, series: str, fires: Any, rests: Any) -> None:
    values = {series: f"{fires}+0x12 {rests}+0x12"}
    assert firing(tmp_path, alert, "55m", values)
    assert not firing(tmp_path, alert, "58m" if alert == "AwsIamProbeSilent" else "90m", {series: f"{rests}+0x24"})


def test_every_alert_is_tried() -> None:
    tried = set(re.findall(r'"(AwsIam\w+)"', (ROOT / "tests/integration/prometheus/test_rules.py").read_text()))
    assert tried >= ALERTS
