# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from testbed.fakes.aws import Account, AwsEndpoint, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient

ONE_TRY = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=20, max_pool_connections=32)


@pytest.fixture(autouse=True)
def no_ambient_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all tests: making one costs more than most tests."""
    return boto3.Session(region_name="us-east-1")


@pytest.fixture
def aws() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    return aws.account("111122223333")


@pytest.fixture
def connect(aws: AwsEndpoint, session: boto3.Session) -> Callable[..., IAMClient]:
    def client(credentials: Credentials, config: Config = ONE_TRY) -> IAMClient:
        return session.client("iam", endpoint_url=aws.url, config=config, **credentials.client_options())

    return client


@pytest.fixture
def connect_sts(aws: AwsEndpoint, session: boto3.Session) -> Callable[[Credentials], STSClient]:
    def client(credentials: Credentials) -> STSClient:
        return session.client("sts", endpoint_url=aws.url, config=ONE_TRY, **credentials.client_options())

    return client


@pytest.fixture
def iam(connect: Callable[..., IAMClient], account: Account) -> IAMClient:
    return connect(account.admin_credentials)


@pytest.fixture
def sts(connect_sts: Callable[[Credentials], STSClient], account: Account) -> STSClient:
    return connect_sts(account.admin_credentials)
