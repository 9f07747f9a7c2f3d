# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What keyward.iam.access_key_info says when something is wrong: one sentence, no traceback, no secret."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from testbed.fakes.aws import Credentials, Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

MODULE = "access_key_info"


def failure(ansible: Ansible, **arguments: Any) -> dict[str, Any]:
    """The failed result; its message is one line."""
    result = ansible.module(MODULE, {"credential_report": False, **arguments})
    assert result["failed"] is True
    assert "\n" not in result["msg"]
    assert "exception" not in result
    return result


def test_an_unknown_profile(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    profiles(production=account, staging=account)
    result = failure(ansible, profiles=["prodution"])
    assert result["msg"] == (
        f"profile prodution: there is no profile 'prodution' in {ansible.home}/credentials or {ansible.home}/config, "
        "which hold production, staging: correct the name"
    )
    assert result["profiles"][0]["error_code"] == "ProfileNotFound"


def test_every_profile_of_no_file(ansible: Ansible) -> None:
    result = failure(ansible, profiles=["*"])
    assert result["msg"] == (
        f"profile *: there is no profile in {ansible.home}/.aws/credentials (missing) or "
        f"{ansible.home}/.aws/config (missing): add one, or name none"
    )


def test_no_credentials(aws: AwsEndpoint, ansible: Ansible) -> None:
    ansible.set(AWS_ENDPOINT_URL=aws.url)
    result = failure(ansible)
    assert result["msg"].startswith("profile default: no AWS credentials were found: set profiles or profile")
    assert aws.calls() == []


def test_an_expired_token(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    account.add_user("robot", keys=[Key()])
    robot = account.user("robot").key().credentials
    sts = boto3.client("sts", region_name="us-east-1", endpoint_url=aws.url, **robot.client_options())
    session = sts.get_session_token(DurationSeconds=900)["Credentials"]
    aws.clock.advance(hours=1)
    ansible.set(
        **aws.environment(Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]))
    )
    aws.forget_calls()
    result = failure(ansible)
    assert "the session token has expired: renew the temporary credentials (ExpiredToken" in result["msg"]
    assert result["profiles"][0]["api_calls"] == len(aws.calls()) == 1


def test_a_wrong_secret_key(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    ansible.set(**aws.environment(replace(account.admin_credentials, secret_access_key="not-the-secret")))
    result = failure(ansible)
    assert "check aws_secret_access_key and this host's clock (SignatureDoesNotMatch" in result["msg"]


def test_an_unknown_access_key_id(aws: AwsEndpoint, ansible: Ansible) -> None:
    ansible.set(**aws.environment(Credentials("AKIAUNKNOWNUNKNOWN00", "secret")))
    assert "check aws_access_key_id (InvalidClientTokenId" in failure(ansible)["msg"]


@pytest.mark.parametrize("action", ["ListUsers", "ListAccessKeys"])
def test_access_denied(ansible: Ansible, account: Account, profiles: Callable[..., None], action: str) -> None:
    account.add_user("alice", keys=[Key()])
    account.deny(action)
    profiles(one=account)
    assert failure(ansible, profiles=["one"])["msg"].endswith(f"access denied: allow iam:{action} to this identity")


def test_a_role_that_may_not_be_assumed(aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]) -> None:
    base = aws.account("999988887777")
    base.deny("AssumeRole")
    profiles(base=base)
    with (ansible.home / "config").open("a") as config:
        config.write("[profile audit]\nrole_arn = arn:aws:iam::111122223333:role/auditor\nsource_profile = base\n")
    assert failure(ansible, profiles=["audit"])["msg"] == (
        "profile audit: access denied: role arn:aws:iam::111122223333:role/auditor of account 111122223333 may not be "
        "assumed: allow sts:AssumeRole on it to this identity, and name this identity in the trust policy of the role "
        "in account 111122223333, and set its external id if the role requires one"
    )


def test_no_route_to_the_endpoint(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    profiles(one=account)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        result = failure(ansible, profiles=["one"], endpoint_url=url)
    assert result["msg"] == (
        "profile one: no route to the endpoint: check the network, endpoint_url and AWS_ENDPOINT_URL "
        f'(Could not connect to the endpoint URL: "{url}/")'
    )
    assert result["profiles"][0]["api_calls"] == 3, "an endpoint that cannot be reached is not tried for minutes"


def test_an_account_that_nothing_shows(ansible: Ansible, account: Account, profiles: Callable[..., None]) -> None:
    profiles(one=account)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ansible.set(AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{unused.getsockname()[1]}")
        result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    [warning] = result["warnings"]
    assert warning.startswith("profile one: the account id is not known, since there is no user to show it: no route")
    assert (result["profiles"][0]["ok"], result["profiles"][0]["users"]) == (True, 0)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("aws_secret_access_key = topsecret\n", "line 1 of "),
        ("[one]\naws_access_key_id = AKIA\naws_secret_access_key topsecret\n", "line 3 of "),
        ("[one]\naws_secret_access_key = topsecret\naws_secret_access_key = topsecret\n", "line 3 of "),
        ("[one]\ns3 =\n  topsecret\n", ""),
    ],
)
@pytest.mark.parametrize("names", [["one"], ["*"]])
def test_a_malformed_credentials_file(ansible: Ansible, names: list[str], text: str, place: str) -> None:
    directory = ansible.home / ".aws"
    directory.mkdir()
    (directory / "credentials").write_text(text)
    result = failure(ansible, profiles=names)
    assert f"does not parse: correct {place}{directory}/credentials" in result["msg"]
    assert "topsecret" not in str(result)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"warn_age_days": 200}, "warn_age_days (200) must be between 0 and max_age_days (180)"),
        ({"warn_age_days": -1}, "warn_age_days (-1) must be between 0 and max_age_days (180)"),
        ({"max_age_days": 90, "warn_age_days": 91}, "warn_age_days (91) must be between 0 and max_age_days (90)"),
        ({"concurrency": 0}, "concurrency (0) must be at least 1"),
        ({"profile_timeout": 0}, "profile_timeout (0.0) must be at least 1"),
        ({"profile_timeout": "inf"}, "profile_timeout (inf) must be at most 86400"),
        ({"profiles": ["a"], "profile": "b"}, "profiles and profile are mutually exclusive: set one of them"),
        ({"access_key": "AKIA"}, "access_key and secret_key go together: set both or neither"),
        (
            {"profile": "a", "access_key": "AKIA", "secret_key": "a-secret"},
            "profile and access_key are mutually exclusive: set one of them",
        ),
    ],
)
def test_options_that_do_not_fit(ansible: Ansible, arguments: dict[str, Any], sentence: str) -> None:
    assert failure(ansible, **arguments)["msg"] == sentence


def test_a_misspelled_setting_of_the_client_is_one_sentence(ansible: Ansible) -> None:
    result = failure(ansible, aws_config={"conect_timeout": 3})
    assert result["msg"].startswith("aws_config is not what botocore's Config takes: ")
    assert "conect_timeout" in result["msg"]


def test_half_of_a_key_pair_in_the_environment_does_no_harm(
    ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    profiles(one=account)
    ansible.set(AWS_ACCESS_KEY_ID="AKIAHALF")
    arguments = {"profiles": ["one"], "credential_report": False, "max_age_days": 20}
    result = ansible.module(MODULE, arguments)
    assert result["profiles"][0]["ok"] is True, "and warn_age_days follows max_age_days, not below 0"


def test_boto3_missing(ansible: Ansible) -> None:
    """A Python path whose boto3 and botocore cannot be imported stands for a host that has none."""
    for name in ("boto3", "botocore"):
        package = ansible.home / "path" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"raise ImportError('no {name}')\n")
    ansible.set(PYTHONPATH=str(ansible.home / "path"))
    assert failure(ansible)["msg"] == (
        f"boto3 is not installed for {sys.executable}: install it there, "
        "or set ansible_python_interpreter to a Python that has it"
    )


def test_no_secret_in_the_most_verbose_output(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    account.add_user("alice", keys=[Key()])
    profiles(one=account)
    credentials = account.admin_credentials
    ansible.set(ANSIBLE_KEEP_REMOTE_FILES="0")
    for arguments in (
        "profiles=one",
        (
            f"access_key={credentials.access_key_id} secret_key={credentials.secret_access_key} "
            f"session_token={credentials.session_token} endpoint_url={aws.url}"
        ),
        "profiles=missing",
        "profiles=one endpoint_url=http://127.0.0.1:1",
    ):
        run = ansible.command("ansible", "localhost", "-vvvvv", "-m", "keyward.iam.access_key_info", "-a", arguments)
        assert "access_keys" in run
        assert credentials.secret_access_key not in run
        assert str(credentials.session_token) not in run
