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
SEVERITIES = {"severe": "critical", "warn": "warning", "info": "info"}
PROFILE = 'account="1",profile="p",region="us-east-1"'
PROBE = 'account="1",namespace="lab",profile="p",region="us-east-1"'

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus is not installed"),
]


def firing(tmp_path: Path, alert: str, at: str, series: dict[str, str], rules: Path = RULES) -> bool:
    """Whether an alert fires at a time, of series with their values as promtool writes them."""
    return not holds(tmp_path, rules, series, "alert_rule_test", eval_time=at, alertname=alert, exp_alerts=[])


def fire_once(tmp_path: Path, alert: str, at: str, series: dict[str, str], severity: str = "critical|warning") -> bool:
    """Whether exactly one alert of the name, and of a severity, fires at a time."""
    asked = f'count(ALERTS{{alertname="{alert}",alertstate="firing",severity=~"{severity}"}})'
    one = [{"labels": "{}", "value": 1}]
    return holds(tmp_path, RULES, series, "promql_expr_test", eval_time=at, expr=asked, exp_samples=one)


def holds(tmp_path: Path, rules: Path, series: dict[str, str], kind: str, **case: Any) -> bool:
    """Whether a case of promtool's test of rules holds."""
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    test = {
        "rule_files": [str(rules)],
        "evaluation_interval": "1m",
        "tests": [{"interval": "5m", "input_series": inputs, kind: [case]}],
    }
    path = tmp_path / "test.yml"
    path.write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    assert not done.returncode or "got:" in output, output
    return not done.returncode


def test_they_are_valid() -> None:
    done = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_alert_of_wavefront_is_there_as_severe_as_there() -> None:
    template = (ROOT / "roles" / "observe" / "templates" / "alerts.yml.j2").read_text(encoding="utf-8")
    wanted = {
        "AwsIam" + "".join(word[0].upper() + word[1:] for word in f"{kind} {name}".split()): {
            SEVERITIES[severity.lower()]
            for severity in re.findall(r"^ +(?:severity: )?(SEVERE|WARN|INFO|severe|warn)\b", about, re.MULTILINE)
        }
        for kind, name, about in re.findall(r'- name: "AWS IAM(?: (probe))?: ([^"]+)"\n((?:      .*\n|\n)+)', template)
    }
    found: dict[str, set[str]] = {alert: set() for alert in ALERTS}
    for rule in (rule for group in CONTENT for rule in group["rules"] if "alert" in rule):
        found[rule["alert"]].add(rule["labels"]["severity"])
    assert found == wanted


def test_they_have_the_limits_that_observe_has_at_first() -> None:
    defaults = yaml.safe_load((ROOT / "roles" / "observe" / "defaults" / "main.yml").read_text(encoding="utf-8"))
    rules = " ".join(rule["expr"] for group in CONTENT for rule in group["rules"])
    severe, unused = defaults["keyward_max_age_days"], defaults["keyward_unused_days"]
    hours = 2 * defaults["keyward_collect_every_hours"] + 1
    assert f"age_days >= {severe - 30} < {severe}" in rules
    assert f"age_days >= {severe} " in rules
    assert f"last_used_days >= {unused}" in rules
    assert f"> {hours} * 3600" in rules
    assert f"> {(2 * defaults['keyward_probe_every_minutes'] + 6) * 60}" in rules


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
        ("AwsIamProbeMisconfigured", f'aws_iam_probe_success{{{PROBE},step="all"}}', 0, 1),
    ],
)
def test_each_fires_once_for_two_ways_to_it_and_holds_and_ends(
    tmp_path: Path, alert: str, series: str, fires: int, rests: int
) -> None:
    """An hour of rest, one of what it watches for, and one of rest, by node_exporter and by a Pushgateway."""
    ways = [series.replace("{", '{job="node",instance="host:9100",'), series.replace("{", '{job="collect",')]
    values = dict.fromkeys(ways, f"{rests}+0x11 {fires}+0x11 {rests}+0x11")
    found = {at: fire_once(tmp_path, alert, at, values, ".*") for at in ("55m", "70m", "115m", "125m")}
    assert found == {"55m": False, "70m": True, "115m": True, "125m": False}


def test_a_probe_that_does_not_report_is_silent_until_it_does(tmp_path: Path) -> None:
    values = {f"aws_iam_probe_timestamp_seconds{{{PROBE}}}": "0+300x11 3300+0x11 7200+300x11"}
    found = {at: fire_once(tmp_path, "AwsIamProbeSilent", at, values) for at in ("55m", "75m", "115m", "125m")}
    assert found == {"55m": False, "75m": True, "115m": True, "125m": False}


def test_a_key_is_warned_about_before_it_is_critical(tmp_path: Path) -> None:
    values = {f'aws_iam_access_key_age_days{{{KEY},status="Active"}}': "149+0x11 150+0x11 179+0x11 180+0x11"}
    for at, severity in {"115m": "warning", "175m": "warning", "235m": "critical"}.items():
        assert fire_once(tmp_path, "AwsIamAccessKeyTooOld", at, values), at
        assert fire_once(tmp_path, "AwsIamAccessKeyTooOld", at, values, severity), at


def test_a_host_that_was_not_reached_is_named(tmp_path: Path) -> None:
    values = {'aws_iam_collector_success{host="web1"}': "0+0x12"}
    summary = {"summary": "web1 could not be read completely"}
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    [rule] = [
        rule for group in rules["groups"] for rule in group["rules"] if rule.get("alert") == "AwsIamCollectorFailing"
    ]
    expected = {
        "exp_labels": {"host": "web1", "severity": "warning"},
        "exp_annotations": rule["annotations"] | summary,
    }
    case = {"eval_time": "30m", "alertname": "AwsIamCollectorFailing", "exp_alerts": [expected]}
    assert holds(tmp_path, RULES, values, "alert_rule_test", **case)


def test_every_alert_is_tried() -> None:
    tried = set(re.findall(r'"(AwsIam\w+)"', (ROOT / "tests/integration/prometheus/test_rules.py").read_text()))
    assert tried >= ALERTS
