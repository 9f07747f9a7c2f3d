# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where credentials, endpoint and region of keyward.iam.access_key_info come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

pytestmark = pytest.mark.once

MODULE = "access_key_info"


@pytest.fixture(autouse=True)
def _alice(account: Account) -> None:
    account.add_user("alice", keys=[Key(age_days=3)])


def collect(ansible: Ansible, **arguments: Any) -> dict[str, Any]:
    """The only profile's entry, once it is sure that alice's key was found."""
    result = ansible.module(MODULE, {"credential_report": False, **arguments})
    assert "failed" not in result, result.get("msg")
    [key] = result["access_keys"]
    [entry] = result["profiles"]
    assert key["user_name"] == "alice"
    assert (key["profile"], key["region"], key["account_id"]) == (
        entry["profile"],
        entry["region"],
        entry["account_id"],
    )
    return dict(entry)


def test_a_role_of_another_account(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    account.add_role("auditor")
    profiles(base=aws.account("999988887777"))
    with (ansible.home / "config").open("a") as config:
        config.write("[profile audit]\nrole_arn = arn:aws:iam::111122223333:role/auditor\nsource_profile = base\n")

    entry = collect(ansible, profiles=["audit"])

    assert (entry["profile"], entry["account_id"]) == ("audit", account.id)
    assert entry["api_calls"] == len(aws.calls()) == 3, "AssumeRole, ListUsers, ListAccessKeys"


def test_a_role_by_the_endpoint_option_asks_no_other_endpoint(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None]
) -> None:
    account.add_role("auditor")
    profiles(base=aws.account("999988887777"))
    with (ansible.home / "config").open("a") as config:
        config.write("[profile audit]\nrole_arn = arn:aws:iam::111122223333:role/auditor\nsource_profile = base\n")
    del ansible.variables["AWS_ENDPOINT_URL"]
    assert collect(ansible, profiles=["audit"], endpoint_url=aws.url)["account_id"] == account.id


def test_the_environment(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    ansible.set(**aws.environment(account.admin_credentials))
    assert collect(ansible)["profile"] == "default"


def test_the_instance_role(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    aws.instance.attach_role(account, "collector")
    ansible.set(AWS_EC2_METADATA_DISABLED="false", **aws.instance_environment())
    assert collect(ansible)["profile"] == "default"


def test_the_options_of_the_task(aws: AwsEndpoint, ansible: Ansible, account: Account) -> None:
    credentials = account.admin_credentials
    entry = collect(
        ansible,
        access_key=credentials.access_key_id,
        secret_key=credentials.secret_access_key,
        session_token=credentials.session_token,
        endpoint_url=aws.url,
    )
    assert entry["profile"] == "default"


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_the_environments_profile(
    ansible: Ansible, account: Account, profiles: Callable[..., None], variable: str
) -> None:
    profiles(one=account)
    ansible.set(**{variable: "one"})
    assert collect(ansible)["profile"] == "one"


@pytest.mark.parametrize("option", [{"profiles": ["one"]}, {"profile": "one"}])
def test_a_named_profile_wins_over_the_environment(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None], option: dict[str, Any]
) -> None:
    profiles(one=account)
    ansible.set(**aws.account("999988887777").admin_credentials.environment(), AWS_PROFILE="another")
    entry = collect(ansible, **option)
    assert (entry["profile"], entry["account_id"]) == ("one", account.id)


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_URL"])
def test_an_endpoint_of_the_environment(
    aws: AwsEndpoint, ansible: Ansible, account: Account, profiles: Callable[..., None], variable: str
) -> None:
    profiles(one=account)
    del ansible.variables["AWS_ENDPOINT_URL"]
    ansible.set(**{variable: aws.url})
    assert collect(ansible, profiles=["one"])["account_id"] == account.id
    assert len(aws.calls()) == 2


@pytest.mark.parametrize(
    ("own", "environment", "option", "expected"),
    [
        (None, None, None, "us-east-1"),
        (None, "eu-west-1", None, "eu-west-1"),
        ("us-west-2", "eu-west-1", None, "us-west-2"),
        ("us-west-2", "eu-west-1", "ap-south-1", "ap-south-1"),
    ],
)
def test_the_region_is_a_label(
    ansible: Ansible,
    account: Account,
    profiles: Callable[..., None],
    own: str | None,
    environment: str | None,
    option: str | None,
    expected: str,
) -> None:
    profiles(own, one=account)
    if environment:
        ansible.set(AWS_REGION=environment)
    entry = collect(ansible, profiles=["one"], **({"region": option} if option else {}))
    assert entry["region"] == expected


def test_another_partition(aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]) -> None:
    china = aws.account("555566667777", partition="aws-cn")
    china.add_user("li", keys=[Key()])
    profiles("cn-north-1", china=china)
    result = ansible.module(MODULE, {"profiles": ["china"], "credential_report": False})
    [key] = result["access_keys"]
    assert (key["partition"], key["region"]) == ("aws-cn", "cn-north-1")
    assert {call.region for call in aws.calls()} == {"cn-north-1"}, "requests are signed for the partition"


def test_an_account_without_users_is_known_by_its_identity(
    aws: AwsEndpoint, ansible: Ansible, profiles: Callable[..., None]
) -> None:
    empty = aws.account("999988887777")
    profiles(one=empty)
    result = ansible.module(MODULE, {"profiles": ["one"], "credential_report": False})
    [entry] = result["profiles"]
    assert (entry["account_id"], entry["users"]) == (empty.id, 0)
    assert [call.action for call in aws.calls()] == ["ListUsers", "GetCallerIdentity"]
