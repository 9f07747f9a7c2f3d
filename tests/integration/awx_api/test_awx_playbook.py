# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The playbook keyward.iam.awx against an AWX: what it sets up, changes, leaves and says."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.awx import CREDENTIAL_TYPES, Awx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.drivers.runs import Ansible, Run

AWX = "keyward.iam.awx"
REPOSITORY = "https://git.example.com/iam.git"
TOKEN = "a-token-of-the-tenant"
HEADERS = "api-key=a-key-of-the-receiver"
PASSWORD = "a-password-of-the-gateway"
CREDENTIALS = "[production]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = an-aws-secret\n"
HOSTS = {name: {"keyward_profiles": [name]} for name in ("production", "staging")}
VARIABLES: dict[str, Any] = {
    "keyward_awx_project_url": REPOSITORY,
    "keyward_awx_hosts": HOSTS,
    "keyward_awx_slices": 2,
    "keyward_awx_aws_credentials": CREDENTIALS,
    "keyward_awx_aws_config": "[profile production]\nregion = eu-west-1\n",
    "keyward_awx_execution_environment_image": "registry.example.com/keyward-ee:1",
    "keyward_awx_collect_vars": {"keyward_max_age_days": 90},
    "keyward_otlp_endpoint": "https://otel.example.com/v1/metrics",
    "keyward_otlp_headers": HEADERS,
    "keyward_pushgateway_url": "https://pushgateway.example.com",
    "keyward_pushgateway_username": "a-user",
    "keyward_pushgateway_password": PASSWORD,
}


@pytest.fixture
def awx() -> Iterator[Awx]:
    with Awx(repositories={REPOSITORY: ["collect.yml", "probe.yml"]}) as running:
        yield running


@pytest.fixture(autouse=True)
def _environment(ansible: Ansible, awx: Awx) -> None:
    ansible.set(
        ANSIBLE_PIPELINING="1",
        CONTROLLER_HOST=awx.url,
        CONTROLLER_OAUTH_TOKEN=awx.token,
        METRIST_NAMESPACE="iam-test",
        # Ansible's client reads the system's certificates for each request.
        SSL_CERT_FILE=os.devnull,
        WAVEFRONT_API_TOKEN=TOKEN,
        WAVEFRONT_URL="https://example.wavefront.com",
    )


def changed(run: Run) -> int:
    found = re.search(r"changed=(\d+)", run.output)
    assert found, run.output
    return int(found[1])


def test_sets_up_everything_and_leaves_what_is_others(ansible: Ansible, awx: Awx) -> None:
    other = awx.add("organizations", name="Other")
    theirs = awx.add("inventories", name="Keyward", organization=other)

    made = ansible.playbook(AWX, "--diff", "-vvv", **VARIABLES)
    assert made.code == 0, made.output
    assert "[WARNING]" not in made
    assert not [secret for secret in (awx.token, TOKEN, HEADERS, PASSWORD, "an-aws-secret") if secret in made]
    _assert_all_is_there(awx)
    assert [each["id"] for each in awx.objects("inventories") if each["organization"] == other] == [theirs]


def _in_organization(awx: Awx, path: str) -> dict[str, Any]:
    [only] = [each for each in awx.objects(path) if each["organization"] == awx.named("organizations", "Default")["id"]]
    return only


def _assert_all_is_there(awx: Awx) -> None:
    types = {each["name"]: each for each in awx.objects("credential_types")}
    assert types.keys() == {about["name"] for about in CREDENTIAL_TYPES.values()}
    for about in CREDENTIAL_TYPES.values():
        assert {name: types[about["name"]][name] for name in about} == about
    assert awx.named("credentials", "Keyward Wavefront")["inputs"] == {
        "url": "https://example.wavefront.com",
        "api_token": TOKEN,
    }
    assert awx.named("credentials", "Keyward OTLP")["inputs"] == {
        "endpoint": "https://otel.example.com/v1/metrics",
        "headers": HEADERS,
    }
    assert awx.named("credentials", "Keyward Pushgateway")["inputs"] == {
        "url": "https://pushgateway.example.com",
        "username": "a-user",
        "password": PASSWORD,
    }
    assert awx.named("credentials", "Keyward AWS")["inputs"] == {
        "credentials": CREDENTIALS,
        "config": VARIABLES["keyward_awx_aws_config"],
    }
    inventory, project = _in_organization(awx, "inventories"), awx.named("projects", "Keyward")
    assert {each["name"]: json.loads(each["variables"]) for each in awx.objects("hosts")} == HOSTS
    assert project["scm_update_on_launch"] is True
    environment = awx.named("execution_environments", "Keyward")
    for job, slices, variables in (
        ("collect", 2, {"keyward_hosts": "all", "keyward_max_age_days": 90}),
        ("probe", 1, {"keyward_hosts": "all", "keyward_probe_namespace": "iam-test"}),
    ):
        template = awx.named("job_templates", f"Keyward {job}")
        assert json.loads(template["extra_vars"]) == variables
        assert (template["playbook"], template["job_slice_count"]) == (f"{job}.yml", slices)
        assert (template["survey_enabled"], template["allow_simultaneous"]) == (False, False)
        references = ("project", "inventory", "execution_environment")
        assert [template[name] for name in references] == [project["id"], inventory["id"], environment["id"]]
        deliveries = {"Keyward Wavefront", "Keyward OTLP", "Keyward Pushgateway"}
        assert awx.credentials_of(template["name"]) == deliveries | {"Keyward AWS"}
        assert awx.named("schedules", template["name"])["unified_job_template"] == template["id"]
    assert awx.named("schedules", "Keyward collect")["rrule"].endswith("RRULE:FREQ=HOURLY;INTERVAL=6")


@pytest.mark.once
def test_plans_makes_and_then_changes_only_what_is_different(ansible: Ansible, awx: Awx) -> None:
    user, password = awx.user
    ansible.set(
        CONTROLLER_OAUTH_TOKEN="",
        CONTROLLER_USERNAME=user,
        CONTROLLER_PASSWORD=password,
        WAVEFRONT_CSP_CLIENT_ID="an-app",
        WAVEFRONT_CSP_CLIENT_SECRET="a-secret-of-the-app",
    )
    reader = {"name": "By hand", "organization": 1, "inputs": {}}
    awx.add("credentials", **reader, credential_type=awx.add("credential_types", name="Theirs", kind="cloud"))
    variables = {
        "keyward_awx_project_url": REPOSITORY,
        "keyward_awx_for": ["collect"],
        "keyward_awx_collect_credentials": ["By hand"],
    }

    planned = ansible.playbook(AWX, "--check", "--diff", **variables)
    assert (planned.code, changed(planned), awx.changes) == (0, 6, []), planned.output
    assert '+    "playbook": "collect.yml"' in planned

    made = ansible.playbook(AWX, "--diff", "-vvv", **variables)

    assert made.code == 0, made.output
    assert not [secret for secret in (password, "a-secret-of-the-app") if secret in planned.output + made.output]
    credential = awx.named("credentials", "Keyward Wavefront CSP")
    assert credential["inputs"] == {
        "url": "https://example.wavefront.com",
        "csp_client_id": "an-app",
        "csp_client_secret": "a-secret-of-the-app",
    }
    assert awx.named("credential_types", "Keyward Wavefront CSP")["id"] == credential["credential_type"]
    assert awx.credentials_of("Keyward collect") == {"Keyward Wavefront CSP", "By hand"}
    assert {host["name"]: host["variables"] for host in awx.objects("hosts")} == {"localhost": "{}"}
    assert len(awx.objects("schedules")) == 1

    awx.calls.clear()
    awx.page_limit = 1
    ansible.set(WAVEFRONT_CSP_CLIENT_SECRET="a-rotated-secret")
    different = {
        "keyward_awx_credential_types": False,
        "keyward_awx_update_secrets": True,
        "keyward_awx_hosts": {"localhost": {}, "sandbox": {}},
        "keyward_collect_every_hours": 12,
    }
    again = ansible.playbook(AWX, "--diff", **variables, **different)

    assert (again.code, changed(again)) == (0, 3), again.output
    assert '+    "rrule": "DTSTART:20260101T001700Z RRULE:FREQ=HOURLY;INTERVAL=12"' in again
    assert awx.changes == [
        f"PATCH credentials/{credential['id']}",
        f"POST inventories/{awx.named('inventories', 'Keyward')['id']}/hosts",
        f"PATCH schedules/{awx.named('schedules', 'Keyward collect')['id']}",
    ]
    assert awx.named("credentials", "Keyward Wavefront CSP")["inputs"]["csp_client_secret"] == "a-rotated-secret"


@pytest.mark.once
def test_follows_from_one_way_into_wavefront_to_another_and_away(ansible: Ansible, awx: Awx) -> None:
    variables: dict[str, Any] = {"keyward_awx_project_url": REPOSITORY, "keyward_awx_for": ["collect"]}
    assert ansible.playbook(AWX, **variables).code == 0
    assert awx.credentials_of("Keyward collect") == {"Keyward Wavefront"}

    ansible.set(WAVEFRONT_CSP_API_TOKEN="an-api-token")
    switched = ansible.playbook(AWX, **variables)
    assert (switched.code, changed(switched)) == (0, 2), switched.output
    assert awx.credentials_of("Keyward collect") == {"Keyward Wavefront CSP"}

    ansible.set(
        WAVEFRONT_CSP_API_TOKEN="", WAVEFRONT_CSP_CLIENT_ID="an-app", WAVEFRONT_CSP_CLIENT_SECRET="a-secret-of-the-app"
    )
    switched, again = ansible.playbook(AWX, **variables), ansible.playbook(AWX, **variables)
    assert (switched.code, changed(switched), changed(again)) == (0, 1, 0), switched.output + again.output
    app = {"url": "https://example.wavefront.com", "csp_client_id": "an-app"}
    inputs = awx.named("credentials", "Keyward Wavefront CSP")["inputs"]
    assert inputs == {**app, "csp_client_secret": "a-secret-of-the-app"}

    ca = ansible.home / "ca.pem"
    ca.write_text("certificates")
    variables |= {"keyward_wavefront_url": "", "keyward_otlp_endpoint": "https://otel.example.com/v1/metrics"}
    switched = ansible.playbook(AWX, **variables, keyward_otlp_ca_path=str(ca))
    assert (switched.code, changed(switched)) == (0, 2), switched.output
    assert awx.credentials_of("Keyward collect") == {"Keyward OTLP"}
    assert awx.named("credentials", "Keyward OTLP")["inputs"] == {
        "endpoint": "https://otel.example.com/v1/metrics",
        "ca_certificates": "certificates",
    }


@pytest.mark.once
def test_what_is_missing_or_wrong_is_said(ansible: Ansible, awx: Awx) -> None:
    # Where there is a token, a user is not needed, and does no harm.
    ansible.set(CONTROLLER_USERNAME="somebody", CONTROLLER_PASSWORD="unused")
    missing = ansible.playbook(AWX)
    assert missing.code == 2
    assert "Set keyward_awx_project_url to the git repository with the playbooks" in missing

    refused = ansible.playbook(AWX, keyward_awx_project_url=REPOSITORY, keyward_awx_token=awx.reading_token)
    assert refused.code == 2
    assert (
        "You do not have permission to perform this action.: check the rights of token (CONTROLLER_OAUTH_TOKE"
        in refused
    )
    assert awx.objects("credential_types") == []

    # A check is red where the run would be, before it makes anything.
    given = {"keyward_awx_project_url": REPOSITORY, "keyward_awx_for": ["collect"]}
    for unknown in ({"keyward_awx_organization": "Nowhere"}, {"keyward_awx_collect_credentials": ["Missing"]}):
        checked = ansible.playbook(AWX, "--check", **given, **unknown)
        assert checked.code == 2, checked.output
        assert ("Nowhere" if "keyward_awx_organization" in unknown else "Missing") in checked
    awx.add("execution_environments", name="Keyward", image="theirs:1", organization=awx.add("organizations", name="B"))
    shared = ansible.playbook(AWX, **given, keyward_awx_execution_environment_image="mine:1")
    assert shared.code == 2
    assert "set keyward_awx_execution_environment to a name of your own" in shared
