# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the custom credential types give to a job is what the callback and AWS clients read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.callback import otlp, prometheus, wavefront
from ansible_collections.keyward.iam.plugins.doc_fragments._wavefront import ModuleDocFragment
from testbed.fakes.aws import Key
from testbed.fakes.awx import CREDENTIAL_TYPES, inject
from testbed.fakes.otlp import OtlpReceiver
from testbed.fakes.wavefront import Csp, PrivateCa, WavefrontReceiver

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint


def collect(ansible: Ansible, aws: AwsEndpoint, directory: Path, kind: str, **inputs: str) -> dict[str, str]:
    """Run a job with two credentials, and return the environment that they gave."""
    home = directory / "elsewhere"
    home.mkdir()
    account = aws.account("111122223333")
    account.add_user("somebody", keys=[Key(age_days=200)])
    accounts = {"production": account.admin_credentials, "staging": account.admin_credentials}
    written = aws.write_profiles(home, accounts)
    files = {
        "credentials": Path(written["AWS_SHARED_CREDENTIALS_FILE"]).read_text(),
        "config": "[profile production]\nregion = us-west-2\n[profile staging]\nregion = eu-west-1\n",
    }
    given = inject(CREDENTIAL_TYPES["aws_profiles"], files, home) | inject(CREDENTIAL_TYPES[kind], inputs, directory)
    callback = "otlp" if kind == "otlp" else "wavefront"
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED=f"keyward.iam.{callback}",
        ANSIBLE_PIPELINING="1",
        AWS_ENDPOINT_URL=aws.url,
        **given,
    )
    run = ansible.playbook("keyward.iam.collect", keyward_profiles=["*"])
    assert run.code == 0, run.output
    assert "0 in the journal" in run
    return given


def test_a_token_and_private_certificates(ansible: Ansible, aws: AwsEndpoint, tmp_path: Path) -> None:
    ca = PrivateCa(tmp_path)
    with WavefrontReceiver(token="a-secret-token", tls=ca) as receiver:
        inputs = {"url": receiver.url, "api_token": "a-secret-token", "ca_certificates": ca.ca_path.read_text()}
        given = collect(ansible, aws, tmp_path, "wavefront_token", **inputs)
        # Each of both profiles has its region by the config file.
        assert {line.split('region="')[1].split('"')[0] for line in receiver.lines if "accessKey " in line} == {
            "us-west-2",
            "eu-west-1",
        }
    assert "a-secret-token" not in given.values()


@pytest.mark.once
@pytest.mark.parametrize(
    "inputs",
    [
        {"csp_api_token": "a-secret"},
        {"csp_client_id": "an-app", "csp_client_secret": "a-secret", "csp_org_id": "an-org"},
    ],
    ids=["api token", "oauth app"],
)
def test_vmware_cloud_services(ansible: Ansible, aws: AwsEndpoint, tmp_path: Path, inputs: dict[str, str]) -> None:
    csp = Csp(api_token="a-secret", client_id="an-app", client_secret="a-secret", org_id="an-org")
    with WavefrontReceiver(csp=csp) as receiver:
        blank = {"ca_certificates": ""}
        url = {"url": receiver.url, "csp_url": receiver.url}
        given = collect(ansible, aws, tmp_path, "wavefront_csp", **inputs, **url, **blank)
        assert receiver.metrics["aws.iam.accessKey"] == 2
    assert "a-secret" not in given.values()


@pytest.mark.once
def test_headers_and_private_certificates_for_otlp(ansible: Ansible, aws: AwsEndpoint, tmp_path: Path) -> None:
    ca = PrivateCa(tmp_path)
    with OtlpReceiver({"api-key": "a-secret key"}, ca.server_context()) as receiver:
        inputs = {
            "endpoint": receiver.endpoint,
            "headers": "tenant=example\napi-key=a-secret%20key\n",
            "ca_certificates": ca.ca_path.read_text(),
        }
        given = collect(ansible, aws, tmp_path, "otlp", **inputs)
        assert receiver.values("aws.iam.accessKey") == [200, 200]
    assert not [value for value in given.values() if "a-secret" in value]


def test_the_password_of_a_pushgateway_is_in_a_file(tmp_path: Path) -> None:
    inputs = {"url": "https://pushgateway.example.com", "username": "a-user", "password": "a-secret"}
    given = inject(CREDENTIAL_TYPES["pushgateway"], inputs, tmp_path)
    password_file = Path(given.pop("KEYWARD_PUSHGATEWAY_PASSWORD_FILE"))
    assert {name: value for name, value in given.items() if value} == {
        "KEYWARD_PUSHGATEWAY_URL": "https://pushgateway.example.com",
        "KEYWARD_PUSHGATEWAY_USERNAME": "a-user",
    }
    assert password_file.read_text() == "a-secret"


def test_a_proxy_takes_no_token_and_blank_fields_set_nothing(tmp_path: Path) -> None:
    callbacks = {"wavefront_token": wavefront, "wavefront_csp": wavefront, "otlp": otlp, "pushgateway": prometheus}
    shared = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    for kind, about in CREDENTIAL_TYPES.items():
        if kind == "aws_profiles":
            assert not any(Path(path).read_text() for path in inject(about, {}, tmp_path).values())
            continue
        options = yaml.safe_load(callbacks[kind].DOCUMENTATION)["options"]
        variables = {entry["name"]: name for name, option in options.items() for entry in option["env"]}
        [required] = about["inputs"]["required"]
        given = inject(about, {required: "http://proxy:2878"}, tmp_path)
        set_ = {variables[name]: value for name, value in given.items() if value}
        assert set_.pop("pushgateway_url" if kind == "pushgateway" else required) == "http://proxy:2878"
        assert set_ in ({}, {"csp_url": shared["csp_url"]["default"]})
