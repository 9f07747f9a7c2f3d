# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from testbed.fakes.aws import Account, AwsEndpoint, Key

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def rows(iam: IAMClient) -> list[dict[str, str]]:
    return list(csv.DictReader(iam.get_credential_report()["Content"].decode().splitlines()))


def test_it_comes_when_it_is_ready(aws: AwsEndpoint, iam: IAMClient, account: Account) -> None:
    account.report.ready_after = 30
    with pytest.raises(iam.exceptions.CredentialReportNotPresentException) as refusal:
        iam.get_credential_report()
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410

    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "INPROGRESS"
    with pytest.raises(iam.exceptions.CredentialReportNotReadyException) as refusal:
        iam.get_credential_report()
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404

    aws.clock.advance(seconds=30)
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert iam.get_credential_report()["ReportFormat"] == "text/csv"


def test_it_has_22_columns_and_the_root_user_first(iam: IAMClient, account: Account) -> None:
    account.add_user("alice")
    account.add_root_key(Key(age_days=400))
    account.report.generate()

    lines = iam.get_credential_report()["Content"].decode().splitlines()

    assert lines[0] == COLUMNS
    assert [line.split(",")[0] for line in lines[1:]] == ["<root_account>", "alice"]
    root = rows(iam)[0]
    assert root["password_enabled"] == "not_supported"
    assert root["password_last_used"] == "no_information"
    assert root["access_key_1_active"] == "true"
    assert root["access_key_2_last_rotated"] == "N/A"


def test_a_row_tells_of_password_and_keys(iam: IAMClient, account: Account) -> None:
    created = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    account.add_user(
        "alice",
        created=created,
        password_age_days=10,
        keys=[Key(created=created, last_used_days=0, last_used_service="ec2"), Key(status="Inactive")],
    )
    account.report.generate()

    row = rows(iam)[1]

    assert row["user_creation_time"] == row["access_key_1_last_rotated"] == "2024-02-29T23:59:59Z"
    assert (row["password_enabled"], row["password_last_used"]) == ("true", "no_information")
    assert (row["access_key_1_active"], row["access_key_1_last_used_service"]) == ("true", "ec2")
    assert (row["access_key_2_active"], row["access_key_2_last_used_date"]) == ("false", "N/A")
    assert row["access_key_2_last_rotated"] != "N/A"


def test_a_toggled_key_looks_rotated(iam: IAMClient, account: Account) -> None:
    key = account.add_user("alice", keys=[Key(age_days=300)]).key()
    for status in ("Inactive", "Active"):
        iam.update_access_key(UserName="alice", AccessKeyId=key.id, Status=status)
    account.report.generate()

    rotated = datetime.fromisoformat(rows(iam)[1]["access_key_1_last_rotated"])

    created = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["CreateDate"]
    assert (datetime.now(UTC) - rotated).days == 0
    assert (datetime.now(UTC) - created).days == 300


def test_a_key_keeps_its_slot(iam: IAMClient, account: Account) -> None:
    user = account.add_user("alice", keys=[Key(age_days=10), Key(age_days=20)])
    iam.delete_access_key(UserName="alice", AccessKeyId=user.key(0).id)
    account.report.generate()

    row = rows(iam)[1]

    assert (row["access_key_1_active"], row["access_key_2_active"]) == ("false", "true")
    iam.create_access_key(UserName="alice")
    assert [key.slot for key in user.keys.recorded()].count(1) == 1


def test_it_shows_the_account_as_it_was(aws: AwsEndpoint, iam: IAMClient, account: Account) -> None:
    account.add_user("alice")
    iam.generate_credential_report()
    iam.create_user(UserName="bob")

    aws.clock.advance(hours=3)

    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert [row["user"] for row in rows(iam)] == ["<root_account>", "alice"]
    age = aws.clock.now() - iam.get_credential_report()["GeneratedTime"]
    assert round(age.total_seconds() / 3600) == 3


def test_after_four_hours_it_has_expired_and_a_new_one_is_made(aws: AwsEndpoint, iam: IAMClient) -> None:
    iam.generate_credential_report()
    iam.create_user(UserName="bob")
    aws.clock.advance(hours=4)

    with pytest.raises(iam.exceptions.CredentialReportExpiredException) as refusal:
        iam.get_credential_report()
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410

    assert iam.generate_credential_report()["State"] == "STARTED"
    assert [row["user"] for row in rows(iam)] == ["<root_account>", "bob"]


def test_a_seeded_report_knows_nothing_of_what_is_younger(iam: IAMClient, account: Account) -> None:
    account.add_user("old", keys=[Key(age_days=0.05)])
    account.add_user("new", age_days=0.05)
    account.report.generate(age_hours=3)

    report = rows(iam)

    assert [row["user"] for row in report] == ["<root_account>", "old"]
    assert report[1]["access_key_1_last_rotated"] == "N/A"


def test_it_may_be_limited_or_denied(aws: AwsEndpoint, iam: IAMClient, account: Account) -> None:
    aws.faults.error("GenerateCredentialReport", "LimitExceeded", times=1)
    with pytest.raises(iam.exceptions.LimitExceededException):
        iam.generate_credential_report()

    account.deny("GenerateCredentialReport")
    with pytest.raises(ClientError, match=r"\(AccessDenied\).*iam:GenerateCredentialReport on resource: \* because"):
        iam.generate_credential_report()
