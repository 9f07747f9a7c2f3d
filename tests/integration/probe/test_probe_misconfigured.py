# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What is wrong on this side is told apart from what is wrong on AWS's, with a sentence that says what to change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.probes import ACTIONS, remaining, run_probe
from testbed.fakes.aws import AwsEndpoint, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.probes import Outcome
    from testbed.fakes.aws import Account

pytestmark = pytest.mark.once


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
    result = run_probe(aws.url, Credentials("", "")).steps["CreateUser"]
    assert (result.status, result.error_code) == ("misconfigured", "NoCredentialsError")
    assert str(result.error).startswith("no AWS credentials were found")
    assert result.duration_ms is None


def test_an_account_that_sts_does_not_tell(aws: AwsEndpoint, account: Account, probe: Callable[..., Outcome]) -> None:
    aws.faults.error("GetCallerIdentity", "ServiceFailure")
    outcome = probe()
    assert outcome.statuses == dict.fromkeys(ACTIONS, "ok")
    assert outcome.probe.account.account_id == account.id
    [warning] = outcome.probe.warnings
    assert warning.startswith("AWS did not tell whose credentials these are: GetCallerIdentity failed with ServiceFail")


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
