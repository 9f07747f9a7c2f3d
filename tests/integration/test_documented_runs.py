# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the commands of the documents that no guide's own test runs, and knows for each command which test that is."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.plugin_utils._variables import specifications
from testbed.drivers.deployment import PROGRAM
from testbed.fakes.aws import Key
from testbed.fakes.awx import Awx
from testbed.fakes.grafana import Grafana
from testbed.fakes.wavefront_tenant import WavefrontTenant
from tools.checkout import ROOT

from .papers import PAPERS, blocks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.aws import Account, AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

pytestmark = pytest.mark.once

HERE = "tests/integration/test_documented_runs.py"
README = "tests/e2e/test_readme.py"
MOVING = "tests/integration/test_moving.py"
GUIDES = "tests/integration/test_guides.py"
HOST = "tests/integration/test_host_examples.py"
ORGANIZATION = "tests/integration/organization/test_guide.py"

HOLDERS = {
    "CONTRIBUTING.md": [f"{HERE}::test_the_tests_that_touch_a_change"],
    "README.md": [
        *[f"{README}::test_make_demo"] * 4,
        f"{README}::test_make_demo",
        f"{README}::test_make_test",
        f"{README}::test_install",
        f"{README}::test_collect",
        f"{README}::test_the_table_only",
        f"{README}::test_ad_hoc",
    ],
    "docs/accounts.md": [f"{GUIDES}::test_the_commands_for_several_accounts"] * 2,
    "docs/awx.md": [
        "tests/integration/awx/test_project.py::test_the_context_of_the_execution_environment_holds_all_that_it_needs",
        f"{HERE}::test_the_jobs_of_the_guide_for_awx",
        "tests/integration/test_documented_commands.py::test_output_is_that_of_a_run",
    ],
    "docs/dashboards.md": [f"{HERE}::test_dashboards_and_alerts", f"{HERE}::test_dashboards_for_grafana"],
    "docs/host.md": [
        f"{HOST}::test_the_commands_of_the_guide_work_with_an_encrypted_vault",
        f"{HERE}::test_the_wheels_are_asked_for_as_the_guide_says",
        f"{HERE}::test_the_identities_are_shown_by_the_program_of_the_role",
        f"{HOST}::test_the_commands_of_the_guide_work_with_an_encrypted_vault",
    ],
    "docs/moving.md": [
        f"{MOVING}::test_the_way_from_wavefront",
        f"{MOVING}::test_the_way_from_wavefront",
        f"{MOVING}::test_the_way_from_wavefront",
        f"{MOVING}::test_the_rules_are_checked_as_the_guide_says",
        f"{MOVING}::test_the_way_from_wavefront",
    ],
    "docs/organization.md": [
        f"{HERE}::test_the_stack_set_is_asked_for_as_the_service_takes_it",
        *[f"{ORGANIZATION}::test_the_commands_for_an_organization"] * 3,
    ],
    "docs/permissions.md": [f"{HERE}::test_the_identities_are_made_and_removed"] * 2,
    "docs/report.md": [f"{HERE}::test_the_report"],
    "roles/awx/README.md": [f"{HERE}::test_the_jobs_of_the_guide_for_awx"],
    "roles/bootstrap/README.md": [f"{HERE}::test_the_identities_are_made_and_removed"],
    "roles/observe/README.md": [f"{HERE}::test_dashboards_and_alerts"],
    "tests/testbed/README.md": [f"{HERE}::test_the_example_of_a_test"],
}
"""For each document, which test holds its first command, output or program, its second, and so on."""

TOKEN = "a-test-token"


def blocks(paper: str, *languages: str) -> list[str]:
    return [block.text for block in blocks_of(paper) if block.language in languages]


def run(ansible: Ansible, script: str) -> Run:
    done = ansible.command("bash", "-ec", script)
    assert done.code == 0, done.output
    return done


def replaced(text: str, **others: str) -> str:
    """With ``others`` in place of what the document has; each has to be there."""
    for before, after in others.items():
        assert before in text
        text = text.replace(before, after)
    return text


def test_each_command_has_the_test_that_holds_it() -> None:
    counted = {paper: len(blocks(paper, "shell", "text", "python")) for paper in PAPERS}
    # How the peers of a benchmark are set up, which takes the Internet.
    del counted["docs/performance.md"]
    assert {paper: number for paper, number in counted.items() if number} == {
        paper: len(tests) for paper, tests in HOLDERS.items()
    }
    tests = {test for each in HOLDERS.values() for test in each}
    missing = [
        test
        for test in sorted(tests)
        for path, _colons, name in [test.partition("::")]
        if f"\ndef {name}(" not in (ROOT / path).read_text()
    ]
    assert missing == []


def test_the_roles_readmes_say_what_the_guides_say() -> None:
    for role, guide in (("awx", "awx"), ("bootstrap", "permissions"), ("observe", "dashboards")):
        [command] = blocks(f"roles/{role}/README.md", "shell")
        assert command in "".join(blocks(f"docs/{guide}.md", "shell"))


def test_the_report(
    ansible: Ansible, account: Account, profiles: Callable[..., None], wavefront: WavefrontReceiver
) -> None:
    account.add_user("alice", keys=[Key(age_days=209)])
    account.report.generate()
    profiles(production=account)
    ansible.set(ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront", WAVEFRONT_URL=wavefront.url)
    ansible.set(WAVEFRONT_API_TOKEN=TOKEN)
    [command] = blocks("docs/report.md", "shell")
    run(ansible, command)
    paths = [ansible.home / f"keys.{kind}" for kind in ("html", "csv", "json")]
    assert ["alice" in path.read_text() for path in paths] == [True] * 3
    assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths] == [0] * 3
    assert len(list((ansible.home / ".local/state/keyward/report").iterdir())) > 0


def test_the_identities_are_made_and_removed(ansible: Ansible, aws: AwsEndpoint) -> None:
    """In the account whose number the commands for the removal have."""
    create, remove = blocks("docs/permissions.md", "shell")
    [number] = set(re.findall(r"arn:aws:iam::(\d+):", remove))
    account = aws.account(number)
    ansible.set(AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="", **aws.environment(account.admin_credentials))
    run(ansible, f"{create.strip()} -e keyward_create_access_keys=true")
    made = {"keyward-collector", "keyward-probe-lab-us-east-1"}
    assert made <= set(account.user_names())
    files = {path.name for path in (ansible.home / ".config/keyward").iterdir()}
    assert files == {f"{number}-{user}" for user in made}
    for user in sorted(made):
        commands = remove.replace("keyward-collector", user)
        run(ansible, replaced(commands, **{"AKIA…": account.user(user).key().id}))
    assert made & set(account.user_names()) == set()
    [left] = account.policies.recorded()
    assert left.arn.partition(":policy")[2] == "/AwsIamMonitorTestPolicies/lab-us-east-1-awsiam-testpolicy"


def test_dashboards_and_alerts(ansible: Ansible) -> None:
    command, _grafana = blocks("docs/dashboards.md", "shell")
    with WavefrontTenant(TOKEN) as tenant:
        there = {"https://example.wavefront.com": tenant.url, "TOKEN=...": f"TOKEN={TOKEN}"}
        told = run(ansible, replaced(command, **there))
        assert "changed=0" not in told
        number = len(tenant.alerts)
        assert f"two dashboards and {_IN_WORDS[number]} alerts" in (ROOT / "docs/dashboards.md").read_text()
        assert len(tenant.dashboards) == 2
        reached = {target for alert in tenant.alerts.values() for target in _targets(alert)}
        assert reached == {"target:a1B2", "team@example.com"}


def _targets(alert: dict[str, Any]) -> list[str]:
    """An alert of one severity has one, and that of several one for each."""
    return [*alert.get("targets", {}).values(), *([alert["target"]] if alert.get("target") else [])]


_IN_WORDS = {10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen"}


def test_dashboards_for_grafana(ansible: Ansible) -> None:
    _wavefront, command = blocks("docs/dashboards.md", "shell")
    token = ansible.home / ".config" / "keyward" / "grafana-token"
    token.parent.mkdir(parents=True)
    token.write_text(TOKEN)
    with Grafana(TOKEN) as grafana:
        run(ansible, replaced(command, **{"https://grafana.example.com": grafana.url}))
        assert len(grafana.dashboards) == 2
        assert list(grafana.folders.values()) == ["Security"]


def test_the_jobs_of_the_guide_for_awx(ansible: Ansible) -> None:
    _build, command = blocks("docs/awx.md", "shell")
    variables, *_others = blocks("docs/awx.md", "yaml")
    settings = yaml.safe_load(variables)
    for path, text in (
        (".aws/credentials", "[production]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = a-secret\n"),
        (".aws/config", "[profile production]\nregion = eu-west-1\n"),
        (".config/keyward/wavefront-token", TOKEN),
    ):
        (ansible.home / path).parent.mkdir(parents=True, exist_ok=True)
        (ansible.home / path).write_text(text)
    with Awx(repositories={settings["keyward_awx_project_url"]: ["collect.yml", "probe.yml"]}) as awx:
        awx.add("organizations", name=settings["keyward_awx_organization"])
        export, check, change = replaced(command, **{"TOKEN=...": f"TOKEN={awx.token}"}).splitlines()
        # Ansible's client reads the system's certificates for each request.
        ansible.set(ANSIBLE_PIPELINING="1", SSL_CERT_FILE=os.devnull)
        file = ansible.home / "awx-vars.yml"
        file.write_text(replaced(variables, **{settings["keyward_awx_url"]: awx.url}))
        told = run(ansible, f"{export}\n{check}")
        assert awx.changes == []
        assert "a-secret" not in told
        run(ansible, f"{export}\n{change}")
        template = awx.named("job_templates", "Keyward probe")
        assert json.loads(template["extra_vars"])["keyward_probe_profile"] == "probe"
        assert awx.credentials_of("Keyward collect") == {"Keyward Wavefront", "Keyward AWS"}


def test_the_stack_set_is_asked_for_as_the_service_takes_it(ansible: Ansible) -> None:
    """Its own client checks the options, and asks no service."""
    first, *_others = blocks("docs/organization.md", "shell")
    ansible.set(AWS_DEFAULT_REGION="us-east-1")
    enter, *commands = first.replace("\\\n", " ").splitlines()
    for command in commands:
        run(ansible, f"cd {ROOT}\n{enter}\n{command} --generate-cli-skeleton output")
    [template] = re.findall(r"file://(\S+)", first)
    declared = re.findall(r"^  (\w+):$", (ROOT / "examples/organization" / template).read_text(), re.MULTILINE)
    assert set(re.findall(r"ParameterKey=(\w+)", first)) <= set(declared)


def test_the_wheels_are_asked_for_as_the_guide_says(ansible: Ansible) -> None:
    _deploy, download, *_others = blocks("docs/host.md", "shell")
    words = shlex.split(download)
    assert (ROOT / words[words.index("--requirement") + 1]).exists()
    options = run(ansible, f"{sys.executable} -m pip download --help").output
    assert [word for word in words if word.startswith("--") and word.partition("=")[0] not in options] == []


def test_the_identities_are_shown_by_the_program_of_the_role() -> None:
    [command] = [block for block in blocks("docs/host.md", "shell") if block.startswith("sudo")]
    *user, program, action = command.split()
    assert user == ["sudo", "-u", specifications.of_role("collector")["collector_user"]["default"]]
    assert program == PROGRAM
    assert f"\n    {action})\n" in (ROOT / "roles/collector/files/keyward-collector").read_text()


def test_the_tests_that_touch_a_change(ansible: Ansible) -> None:
    """All of them would take minutes, so they are listed."""
    [command] = blocks("CONTRIBUTING.md", "shell")
    assert (ROOT / command.split()[-1]).is_dir()
    listed = run(ansible, f"cd {ROOT}\n{sys.executable} {command.split(maxsplit=1)[1].strip()}/tools --collect-only")
    assert "::test_" in listed


def test_the_example_of_a_test(ansible: Ansible, aws: AwsEndpoint, wavefront: WavefrontReceiver) -> None:
    [program] = blocks("tests/testbed/README.md", "python")
    named: dict[str, Any] = {"Key": Key}
    exec(program, named)  # noqa: S102 - the document's own
    named["test_something"](ansible, aws, wavefront)
    assert aws.account("111122223333").user("alice").keys.recorded()
