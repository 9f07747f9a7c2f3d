# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The endpoint as a process of its own, and its control API."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests

from testbed.fakes.aws import Credentials, seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[4]


@contextmanager
def endpoint(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    options = ["--seed", "demo", "--port-file", str(directory / "port"), "--profiles-dir", str(directory / "profiles")]
    command = [sys.executable, "-m", "testbed.fakes.aws", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(TESTS)}) as process:
        try:
            deadline = time.monotonic() + 20
            while not (directory / "port").exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield process, f"http://127.0.0.1:{(directory / 'port').read_text().strip()}"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("endpoint")


@pytest.fixture(scope="module")
def url(directory: Path) -> Iterator[str]:
    with endpoint(directory) as (_unused, where):
        yield where


def control(url: str, method: str, what: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
    answer = requests.request(method, f"{url}/_testbed/{what}", json=body, timeout=5)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_it_is_driven_from_outside(url: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(directory / "profiles/credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(directory / "profiles/config"))
    staging = boto3.Session(profile_name="example-staging").client("iam", endpoint_url=url, region_name="us-east-1")
    assert len(staging.list_users()["Users"]) == 6

    document = {"accounts": [{"id": "777788889999", "users": [{"name": "zoe", "keys": [{"age_days": 5}]}]}]}
    control(url, "POST", "accounts", document)
    made = next(each for each in control(url, "GET", "accounts") if each["id"] == "777788889999")
    new = boto3.client("iam", endpoint_url=url, region_name="us-east-1", **made["admin_credentials"])
    assert new.list_users()["Users"][0]["UserName"] == made["users"][0]["name"] == "zoe"

    control(url, "PATCH", "accounts/777788889999", {"page_limit": 1, "latency_ms": {"default": 1, "ListGroups": 2}})
    control(url, "POST", "faults", {"effect": "error", "action": "ListUsers", "code": "AccessDenied", "times": 1})
    with pytest.raises(new.exceptions.ClientError, match="AccessDenied"):
        new.list_users()
    assert control(url, "GET", "faults")[0]["hits"] == 1
    control(url, "DELETE", "faults")

    calls = control(url, "GET", "calls?account=777788889999&action=ListUsers")
    assert [call["error_code"] for call in calls] == [None, "AccessDenied"]
    control(url, "DELETE", "calls")
    assert control(url, "GET", "calls") == []


def test_orders_that_make_no_sense_are_refused(url: str) -> None:
    assert "no_such" in control(url, "PATCH", "accounts/111122223333", {"no_such": 1}, status=400)["error"]
    assert "effect" in control(url, "POST", "faults", {"action": "ListUsers"}, status=400)["error"]
    control(url, "POST", "nothing", {}, status=400)


def test_a_role_is_given_to_the_instance_from_outside(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    control(url, "POST", "instance", {"account": seeds.STAGING, "role": "keyward-collector"})
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)

    found = boto3.Session().get_credentials()

    assert found is not None
    credentials = Credentials(found.access_key, found.secret_key, found.token)
    client = boto3.client("sts", endpoint_url=url, region_name="us-east-1", **credentials.client_options())
    assert "assumed-role/keyward-collector/" in client.get_caller_identity()["Arn"]


@pytest.mark.usefixtures("url")
def test_its_files_are_private(directory: Path) -> None:
    assert (directory / "profiles/credentials").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("end", ["close its input", "terminate it"])
def test_it_ends(tmp_path: Path, end: str) -> None:
    with endpoint(tmp_path) as (process, _unused):
        assert process.stdin is not None
        if end == "terminate it":
            process.terminate()
        else:
            process.stdin.close()

        assert process.wait(20) == 0
