# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is wrong on this side is told apart from what is wrong on AWS's, with a sentence that says what to change."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.probes import ACTIONS, remaining, run_probe
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import AwsEndpoint, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.fakes.aws import Account

pytestmark = pytest.mark.once


EXPIRED = json.dumps(
    {
        "Version": 1,
        "AccessKeyId": "a",
        "SecretAccessKey": "b",
        "SessionToken": "c",
        "Expiration": "2020-01-01T00:00:00Z",
    }
)


def cannot_run(outcome: Outcome, code: str, sentence: str) -> None:
    """No step was tried, and all say why."""
    assert set(outcome.statuses.values()) == {"skipped"}
    assert {step.error_code for step in outcome.steps.values()} == {code}
    for step in outcome.steps.values():
        assert str(step.error).startswith(f"skipped because the probe cannot run: {sentence}")
    assert outcome.probe.describe(list(outcome.steps.values()))["state"] == "misconfigured"
    assert outcome.probe.leftovers == outcome.probe.swept == []


def alive(pid: int) -> bool:
    """Whether a process, or one that it started and that is in its group, still runs."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes the profile C(broken)."""

    def write(text: str) -> None:
        path = tmp_path / "credentials"
        path.write_text(f"[broken]\n{text}\n")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    return write


@pytest.mark.parametrize(
    "text",
    [
        "credential_process = /opt/nothere/helper x",
        "credential_process = /bin/echo no JSON",
        "credential_process = /bin/echo []",
        "credential_process = /bin/false",
        "credential_process = /",
        "credential_process = '",
        f"credential_process = /bin/echo '{EXPIRED}'",
        "web_identity_token_file = /nothere\nrole_arn = arn:aws:iam::111122223333:role/x",
        "web_identity_token_file = /proc/self/mem\nrole_arn = arn:aws:iam::111122223333:role/x",
        "role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = nothere",
        "role_arn = arn:aws:iam::111122223333:role/x\ncredential_source = Nothing",
        "aws_access_key_id = half",
        "sso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r",
    ],
)
def test_credentials_that_cannot_be_resolved(aws: AwsEndpoint, profile: Callable[[str], None], text: str) -> None:
    profile(text)
    outcome = run_probe(aws.url, profile="broken")
    cannot_run(outcome, str(outcome.steps["CreateUser"].error_code), "")
    assert "Traceback" not in str(outcome.steps["CreateUser"].error)
    assert aws.calls() == []


def test_settings_that_botocore_refuses(aws: AwsEndpoint, account: Account) -> None:
    outcome = run_probe(aws.url, account.admin_credentials, config={"conect_timeout": 3})
    cannot_run(outcome, "TypeError", "")
    assert "conect_timeout" in str(outcome.steps["CreateUser"].error)


def test_a_helper_that_never_ends(
    aws: AwsEndpoint, profile: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It neither blames IAM, nor invents leftovers."""
    mark = tmp_path / "helper"
    mark.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 1000\n")
    mark.chmod(0o755)
    profile(f"credential_process = {mark} --token not-to-be-told")
    monkeypatch.setattr(
        "ansible_collections.keyward.iam.plugins.module_utils._probe.run._CREDENTIALS_SECONDS", (0.5, 30)
    )
    started = time.monotonic()
    outcome = run_probe(aws.url, profile="broken", step_timeout=0.5)
    assert time.monotonic() - started < 15
    cannot_run(outcome, "CredentialsTimeout", "the profile broken gave no credentials within 0.5 s")
    assert f"credential_process of profile broken ({mark})" in str(outcome.steps["CreateUser"].error)
    assert "not-to-be-told" not in str(outcome.steps["CreateUser"].error)
    assert aws.calls() == []
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: not alive(pid))


def test_no_step_waits_for_a_helper(
    aws: AwsEndpoint, account: Account, profile: Callable[[str], None], tmp_path: Path
) -> None:
    """Botocore would ask it again before each call, since its credentials end soon."""
    keys = account.admin_credentials
    answer = {
        "Version": 1,
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key,
        "SessionToken": keys.session_token,
        "Expiration": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
    }
    (tmp_path / "answer").write_text(json.dumps(answer))
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\necho >> {tmp_path}/runs\ncat {tmp_path}/answer\n")
    helper.chmod(0o755)
    profile(f"credential_process = {helper}")
    outcome = run_probe(aws.url, profile="broken")
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert len((tmp_path / "runs").read_text().splitlines()) <= 2


@pytest.mark.parametrize(
    "error",
    [RuntimeError("a bug"), MemoryError(), KeyError("x"), RecursionError(), AssertionError(), UnicodeError("x")],
)
@pytest.mark.parametrize(
    "place",
    ["step_runner.StepRunner.run", "sweep.Sweep.find", "connection.ProbeConnection.identify", "cleanup.CleanUp.run"],
)
def test_a_bug_hides_no_result_and_leaves_nothing(
    account: Account, probe: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(f"ansible_collections.keyward.iam.plugins.module_utils._probe.{place}", fail)
    outcome = probe()
    assert list(outcome.steps) == list(ACTIONS)
    assert remaining(account) == []
    if not place.startswith("cleanup"):
        assert outcome.steps["DeleteUser"].error_code == type(error).__name__


@pytest.mark.parametrize(("step", "quota"), [("CreateUser", "UsersPerAccount"), ("CreateGroup", "GroupsPerAccount")])
def test_a_quota(account: Account, probe: Callable[..., Outcome], step: str, quota: str) -> None:
    account.quotas[quota] = 0
    result = probe().steps[step]
    assert (result.status, result.error_code) == ("misconfigured", "LimitExceeded")
    assert result.error == (
        f"{step} failed with LimitExceeded: Cannot exceed quota for {quota}: 0; "
        "raise the account's quota, or delete what is not needed"
    )


def test_a_policy_that_does_not_exist(aws: AwsEndpoint, probe: Callable[..., Outcome]) -> None:
    outcome = probe(namespace="elsewhere", consistency_timeout=60)
    result = outcome.steps["AttachPolicy"]
    assert (result.status, result.error_code, result.attempts) == ("misconfigured", "NoSuchEntity", 1)
    assert result.error == (
        "there is no policy arn:aws:iam::111122223333:policy/AwsIamMonitorTestPolicies/"
        "elsewhere-us-east-1-awsiam-testpolicy: make it with the playbook keyward.iam.bootstrap, "
        "or set policy_arn to one that there is"
    )
    assert outcome.statuses["DeleteUser"] == "ok"
    assert len(aws.calls(action="AttachUserPolicy")) == 1


def test_a_policy_that_cannot_be_attached(account: Account, probe: Callable[..., Outcome]) -> None:
    arn = account.add_policy("aws-only", attachable=False).arn
    result = probe(policy_arn=arn).steps["AttachPolicy"]
    assert (result.status, result.error_code) == ("misconfigured", "PolicyNotAttachable")
    assert f"set policy_arn, which is {arn}, to the policy that the playbook" in str(result.error)


def test_the_right_to_tag(account: Account, probe: Callable[..., Outcome]) -> None:
    """AWS denies CreateUser for want of another right, which its message names."""
    account.deny("CreateUser")
    assert "allow iam:CreateUser to this identity" in str(probe().steps["CreateUser"].error)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "renew the temporary credentials"),
        ("InvalidClientTokenId", "check aws_access_key_id"),
        ("SignatureDoesNotMatch", "check aws_secret_access_key and this host's clock"),
    ],
)
def test_credentials_that_aws_does_not_take(
    aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome], code: str, words: str
) -> None:
    aws.faults.error("*", code)
    outcome = probe()
    for step in ("CreateUser", "CreateGroup"):
        assert (outcome.steps[step].status, outcome.steps[step].error_code) == ("misconfigured", code)
        assert words in str(outcome.steps[step].error)
    assert list(outcome.statuses.values()).count("skipped") == 6
    assert remaining(account) == outcome.probe.leftovers == []
    assert len(outcome.probe.warnings) == 2


def test_a_wrong_secret_is_not_told(aws: AwsEndpoint, account: Account) -> None:
    outcome = run_probe(aws.url, replace(account.admin_credentials, secret_access_key="not-the-secret"))
    assert outcome.statuses["CreateUser"] == "misconfigured"
    assert "not-the-secret" not in f"{outcome.steps} {outcome.probe.warnings}"


def test_no_credentials(aws: AwsEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for variable in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(variable, "/nonexistent")
    outcome = run_probe(aws.url, Credentials("", ""))
    cannot_run(outcome, "NoCredentialsError", "no AWS credentials were found")
    assert aws.calls() == []


def test_an_account_that_sts_does_not_tell(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    aws.faults.error("GetCallerIdentity", "ServiceFailure")
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert outcome.probe.account.account_id == account.id
    [warning] = outcome.probe.warnings
    assert warning.startswith(
        "AWS did not return the account of these credentials: GetCallerIdentity failed with ServiceFail"
    )


def test_an_endpoint_that_nobody_serves(account: Account) -> None:
    """Nothing was made, and so nothing is looked for."""
    with AwsEndpoint() as gone:
        pass
    outcome = run_probe(gone.url, account.admin_credentials, consistency_timeout=60)
    assert outcome.statuses["CreateUser"] == outcome.statuses["CreateGroup"] == "failed"
    assert outcome.steps["CreateUser"].error_code == "EndpointConnectionError"
    assert str(outcome.steps["CreateUser"].error).startswith("no route to the endpoint: check the network")
    assert outcome.probe.leftovers == []


def test_an_answer_of_a_proxy(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    """A status of 4xx with an unknown code blames the request."""
    aws.faults.error("CreateGroup", "SomethingNew", status=418, times=1)
    assert probe().steps["CreateGroup"].status == "misconfigured"
    assert remaining(account) == []


def test_task_options_bring_no_retries(aws: AwsEndpoint, account: Account) -> None:
    aws.faults.error("CreateUser", "ServiceFailure")
    outcome = run_probe(aws.url, account.admin_credentials, config={"retries": {"max_attempts": 5}})
    assert outcome.steps["CreateUser"].attempts == len(aws.calls(action="CreateUser")) == 1
