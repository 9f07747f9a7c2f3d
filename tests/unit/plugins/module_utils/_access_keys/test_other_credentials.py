# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ParamValidationError

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import other_credentials
from ansible_collections.keyward.iam.plugins.module_utils._aws import responses
from testbed.fakes.aws.entities import OtherCredential
from testbed.fakes.aws.operations.other_credentials import all_users_known

if TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import Collected
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.aws.account import Account

    from .conftest import Collect

ACCOUNT = "111122223333"
ALL = ("access_key", "password", "signing_certificate", "ssh_key", "service_specific")


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    account = aws.account(ACCOUNT)
    bob = account.add_user("bob", password_age_days=100.5, password_last_used_days=2.5)
    account.add_user("cyd", path="/staff/", password_age_days=50.5)
    bob.ssh_keys.append(OtherCredential("APKAEIBAERJR7EXAMPLE", account.days_ago(20.5), "Inactive"))
    bob.certificates.append(OtherCredential("TA7SMP42TDN5Z26OBPJE7EXAMPLE", account.days_ago(30.5)))
    for number in range(3):
        expires = account.days_ago(-10) if number else None
        bob.service_credentials.append(
            OtherCredential(
                f"ACCA{number}", account.days_ago(40.5), service="codecommit.amazonaws.com", expires=expires
            )
        )
    account.report.generate()
    return account


def found(collected: Collected) -> list[dict[str, Any]]:
    return list(collected.result["credentials"])


@pytest.mark.usefixtures("account")
def test_every_type_is_found_with_its_age(run: Collect) -> None:
    collected = run("good", credentials=ALL)
    assert collected.failures == []
    told = [(each["type"], each["user_name"], each["status"], each["age_days"]) for each in found(collected)]
    assert told == [
        ("password", "bob", "Active", 100),
        ("password", "cyd", "Active", 50),
        *[("service_specific", "bob", "Active", 40)] * 3,
        ("signing_certificate", "bob", "Active", 30),
        ("ssh_key", "bob", "Inactive", 20),
    ]
    password, never_used, lasting, ending, *_others, certificate, ssh = found(collected)
    assert password["last_used_date"].endswith("Z")
    assert never_used["last_used_date"] is None
    assert "expiration_date" not in lasting
    assert ("expiration_date" in ending) is all_users_known()
    assert certificate["slot"] == 1
    assert ssh["id"] == "APKAEIBAERJR7EXAMPLE"
    assert {each["account_id"] for each in found(collected)} == {ACCOUNT}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("wanted", ALL)
def test_only_what_is_asked_for_is_found(aws: AwsEndpoint, run: Collect, wanted: str) -> None:
    collected = run("good", credentials=(wanted,))
    assert {each["type"] for each in found(collected)} == {wanted} - {"access_key"}
    # access keys always are
    assert collected.result["summary"]["access_keys"] == 1
    assert len(aws.calls(ACCOUNT, "ListSSHPublicKeys")) == (3 if wanted == "ssh_key" else 0)


@pytest.mark.skipif(not all_users_known(), reason="this botocore asks for each user")
def test_service_specific_ones_are_paged(aws: AwsEndpoint, account: Account, run: Collect) -> None:
    account.page_limit = 2
    assert len(found(run("good", credentials=("service_specific",)))) == 3
    assert len(aws.calls(ACCOUNT, "ListServiceSpecificCredentials")) == 2


@pytest.mark.usefixtures("account")
def test_an_older_botocore_asks_for_each_user(aws: AwsEndpoint, run: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = responses.pages

    def without_all_users(client: Any, operation: str, name: str, **parameters: Any) -> Any:
        if "AllUsers" in parameters:
            raise ParamValidationError(report="Unknown parameter in input: AllUsers")
        return pages(client, operation, name, **parameters)

    monkeypatch.setattr(other_credentials, "pages", without_all_users)
    assert len(found(run("good", credentials=("service_specific",)))) == 3
    assert len(aws.calls(ACCOUNT, "ListServiceSpecificCredentials")) == 3


@pytest.mark.usefixtures("account")
def test_those_of_other_paths_are_left_out(run: Collect) -> None:
    assert {each["user_name"] for each in found(run("good", credentials=ALL, path_prefix="/staff/"))} == {"cyd"}


@pytest.mark.parametrize(
    ("action", "wanted", "sentence"),
    [
        ("GetCredentialReport", "password", "credentials (password) need the credential report: access denied: allow "),
        ("ListSSHPublicKeys", "ssh_key", "credentials could not be listed: access denied: allow iam:ListSSHPublicKeys"),
        (
            "ListServiceSpecificCredentials",
            "service_specific",
            "credentials could not be listed: access denied: allow ",
        ),
    ],
)
def test_what_cannot_be_read_is_a_failure_and_the_keys_are_there(
    account: Account, run: Collect, action: str, wanted: str, sentence: str
) -> None:
    account.deny(action)
    collected = run("good", credentials=(wanted,))
    (profile,) = collected.result["profiles"]
    assert not profile["ok"]
    assert profile["error"].startswith(sentence)
    assert collected.result["summary"]["access_keys"] == 1


def test_a_user_deleted_meanwhile_is_no_failure(
    account: Account, run: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing_run = other_credentials.CredentialListing.run

    def delete_first(self: Any, names: Any) -> None:
        account.users.remove("cyd", account.clock.now() - dt.timedelta(seconds=1))
        listing_run(self, names)

    monkeypatch.setattr(other_credentials.CredentialListing, "run", delete_first)
    assert run("good", credentials=("ssh_key",)).failures == []
