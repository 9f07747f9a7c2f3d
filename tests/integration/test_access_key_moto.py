# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A second opinion: the same module against moto, whose IAM others wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
import requests
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.drivers.runs import Ansible

ACCOUNTS = {"one": "111122223333", "two": "444455556666"}


@pytest.fixture
def moto(capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    """The URL of a moto server. It logs each request to the standard error."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # Its state is the process's, and other tests of the process use it too.
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10).raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()
    capsys.readouterr()


@pytest.fixture
def ages(moto: str, ansible: Ansible) -> dict[tuple[str, str], int]:
    """Two accounts reached by roles, and the age in days of each user's key in them."""
    expected = {}
    config = ["[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = secret\n"]
    base = boto3.client(
        "sts", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="AKIABASE", aws_secret_access_key="secret"
    )
    for profile, account in ACCOUNTS.items():
        role = f"arn:aws:iam::{account}:role/auditor"
        config.append(f"[profile {profile}]\nrole_arn = {role}\nsource_profile = base\n")
        session = base.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
        iam = boto3.client(
            "iam",
            endpoint_url=moto,
            region_name="us-east-1",
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
        )
        for number in range(12):
            name = f"{profile}.user@{number}"
            iam.create_user(UserName=name, Path="/people/")
            iam.create_access_key(UserName=name)
            expected[profile, name] = 30 * number
            [key] = iam_backends[account]["aws"].users[name].access_keys
            key.create_date = (datetime.now(UTC) - timedelta(days=30 * number, hours=1)).replace(tzinfo=None)
    (ansible.home / "config").write_text("".join(config))
    ansible.set(AWS_ENDPOINT_URL=moto, AWS_CONFIG_FILE=str(ansible.home / "config"))
    return expected


def test_ages_of_two_accounts(ansible: Ansible, ages: dict[tuple[str, str], int]) -> None:
    result = ansible.module("access_key_info", {"profiles": list(ACCOUNTS), "credential_report": False})
    assert "failed" not in result, result.get("msg")
    assert {(key["profile"], key["user_name"]): key["age_days"] for key in result["access_keys"]} == ages
    assert {entry["profile"]: entry["account_id"] for entry in result["profiles"]} == ACCOUNTS
    assert result["summary"]["expired"] == 12
