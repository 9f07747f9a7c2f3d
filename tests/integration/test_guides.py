# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Holds the papers against the tree, and runs what the guide for several accounts says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names
from testbed.fakes.aws import Key
from testbed.fakes.wql import Ts, parse, walk
from tools.checkout import ROOT, listed_files

from .observe.points import every_point

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

METRICS = (ROOT / "docs" / "metrics.md").read_text()
ACCOUNTS = (ROOT / "docs" / "accounts.md").read_text()
ROWS = {
    row[0]: row[1:]
    for row in re.findall(
        r"^\| `(aws\.[\w.]+)` \| ([^|]+) \| ([^|]*) ?\| ([^|]+) \| `([^`]+)` \|$", METRICS, re.MULTILINE
    )
}
PAPERS = sorted(name for name in listed_files() if name.endswith(".md") and not name.startswith("docs/plugins/"))


def test_every_metric_is_described() -> None:
    assert set(ROWS) == set(names.DESCRIPTIONS)


def test_every_metric_has_its_name_in_prometheus_and_a_query() -> None:
    rows = re.findall(r"^\| `(aws\.[\w.]+)` \| `(\w+)` \| ([^|`]+) \| `([^`]+)` \|$", METRICS, re.MULTILINE)
    told = {metric: (name, meaning) for metric, name, meaning, _query in rows}
    described = names.DESCRIPTIONS | names.PROMETHEUS_ONLY
    assert told == {metric: (entry.prometheus, entry.meaning) for metric, entry in described.items()}
    assert all(name in query for _metric, name, _meaning, query in rows)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Debian's package prometheus is not installed")
def test_the_queries_for_prometheus_are_valid(tmp_path: Path) -> None:
    queries = re.findall(r"^\| `aws\.[\w.]+` \| `\w+` \| [^|`]+ \| `([^`]+)` \|$", METRICS, re.MULTILINE)
    assert queries
    rules = [{"record": f"query_{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "docs", "rules": rules}]}))
    subprocess.run(["promtool", "check", "rules", tmp_path / "rules.yml"], check=True, capture_output=True)


@pytest.mark.parametrize("metric", ROWS)
def test_the_query_of_a_metric_is_about_it(metric: str) -> None:
    asked = {node.metric for node in walk(parse(ROWS[metric][-1])) if isinstance(node, Ts)}
    assert asked == {metric}


def test_the_units_are_those_that_are_exported() -> None:
    units = {"d": "days", "ms": "milliseconds", "s": "seconds"}
    told = {metric: row[0] if row[0] in units.values() else "1" for metric, row in ROWS.items()}
    assert told == {metric: units.get(entry.unit, entry.unit) for metric, entry in names.DESCRIPTIONS.items()}


def test_the_tags_of_a_metric_are_those_it_has() -> None:
    reported: dict[str, set[str]] = {}
    for point in every_point():
        reported.setdefault(point.metric, set()).update(point.tags)
    of_all = {"profile", "region", "account"}
    told = {metric: set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", row[1]))) for metric, row in ROWS.items()}
    assert told == {metric: tags - of_all for metric, tags in reported.items()}


@pytest.mark.parametrize("name", PAPERS)
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name
    links = re.findall(r"\]\((?!https?://)([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_targets_of_make_are_those_that_are_described() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^  (make [\w-]+)", listed, re.MULTILINE))
    described = re.findall(r"^\| `(make [\w-]+)` \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert targets == set(described)
    workflows = [path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml")]
    assert len(workflows) == 2
    assert {target for text in workflows for target in re.findall(r"run: (make [\w-]+)", text)} <= targets


def test_what_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    tree = {name for name in listed_files() if name.startswith("plugins/")}
    named = set(re.findall(r"`(?:plugins/(?:module_utils|plugin_utils)/)?(_[a-z][a-z_]+(?:/\w+\.py)?)", text))
    assert named
    assert [name for name in sorted(named) if not any(f"/{name}" in path for path in tree)] == []
    packages = {
        path.split("/")[2] for path in tree if path.startswith(("plugins/module_utils", "plugins/plugin_utils"))
    }
    assert sorted(name for name in packages if name not in text) == []


def test_each_claim_about_security_has_its_test() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    claims = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    assert len(claims) > 20
    assert [claim for claim in claims if f"\ndef {claim[1]}(" not in (ROOT / claim[0]).read_text()] == []
    rows = [line for line in text.splitlines() if line.startswith("| ") and text.index(line) > text.index("## Where")]
    tables = text.split("## Dependencies")[0]
    assert [
        row for row in rows if row in tables and not re.search(r"`tests/[^`]+::\w+` \|$|\| (Test|nothing) \|$", row)
    ] == []


def block(name: str) -> str:
    [found] = re.findall(rf"<!-- {name} -->\n```\w+\n(.*?)```", ACCOUNTS, re.DOTALL)
    return str(found)


@pytest.fixture
def five_accounts(aws: AwsEndpoint, ansible: Ansible) -> Path:
    """As the guide tells to set them up; the file of the credentials and that of the profiles are in ``~/.aws``."""
    roles = re.findall(r"arn:aws:iam::(\d+):role/(\S+)", block("config"))
    for number, role in roles:
        aws.account(number).add_user(f"user-of-{number}", keys=[Key(age_days=209)])
        aws.account(number).add_role(role, trust=block("trust"))
        aws.account(number).report.generate()
    security = aws.account("111122223333")
    security.report.generate()
    directory = ansible.home / ".aws"
    directory.mkdir()
    (directory / "credentials").write_text(security.admin_credentials.profile("security"))
    (directory / "config").write_text(block("config"))
    ansible.set(AWS_ENDPOINT_URL=aws.url)
    return directory


@pytest.mark.once
@pytest.mark.usefixtures("five_accounts")
def test_the_commands_for_several_accounts(ansible: Ansible, wavefront: WavefrontReceiver) -> None:
    one, everything = re.findall(r"^ *```shell\n(.*?)```", ACCOUNTS, re.MULTILINE | re.DOTALL)
    run = ansible.command("bash", "-ec", one)
    assert run.code == 0, run.output
    assert "1 access key of 1 user in 1 profile" in run
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN="a-test-token",
    )
    run = ansible.command("bash", "-ec", everything)
    assert run.code == 0, run.output
    succeeded = {point.tags["profile"]: point.value for point in wavefront.points_of("aws.iam.collector.success")}
    assert succeeded == dict.fromkeys(["security", "production", "staging", "sandbox", "archive"], 1)


def test_the_policies_for_several_accounts_are_policies() -> None:
    for name in ("assume", "trust"):
        [statement] = json.loads(block(name))["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
