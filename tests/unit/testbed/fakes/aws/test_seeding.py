# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from testbed.fakes.aws import AwsEndpoint, Key, seeds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mypy_boto3_iam import IAMClient

    from testbed.fakes.aws import Account


def test_the_demo_has_what_a_watcher_looks_for(aws: AwsEndpoint, connect: Callable[..., IAMClient]) -> None:
    aws.seed(seeds.demo())
    production, staging = (aws.account(account_id) for account_id in (seeds.PRODUCTION, seeds.STAGING))

    assert (len(production.user_names()), len(staging.user_names())) == (12, 6)
    assert production.user_names("/service/") == ["deploy-bot", "invoice-export", "legacy-backup"]
    keys = [key for name in production.user_names() for key in production.user(name).keys.recorded()]
    ages = [(aws.clock.now() - key.created).days for key in keys]
    assert (min(ages), max(ages)) == (3, 412)
    assert any(key.status == "Inactive" for key in keys)
    assert any(key.last_use is None for key in keys)
    assert any(key.changed > key.created and key.status == "Active" for key in keys)
    assert len(production.root_keys.recorded()) == 1
    assert len(connect(staging.admin_credentials).list_users()["Users"]) == 6


def test_the_same_seed_makes_the_same_ids() -> None:
    def ids() -> list[str]:
        endpoint = AwsEndpoint()
        with endpoint:
            endpoint.seed(seeds.demo())
            return [key.id for user in endpoint.account(seeds.STAGING).users.recorded() for key in user.keys.recorded()]

    assert ids() == ids()


def test_a_full_account_is_seeded_fast(account: Account) -> None:
    started = time.thread_time()
    for number in range(5000):
        account.add_user(f"user{number}", keys=[Key(age_days=number % 400), Key()])

    assert time.thread_time() - started < 5
    assert len(account.users) == 5000


def test_profiles_are_written_for_aws_clients(aws: AwsEndpoint, account: Account, tmp_path: Path) -> None:
    environment = aws.write_profiles(tmp_path, {"prod": account.admin_credentials}, region="us-west-2")

    assert environment["AWS_ENDPOINT_URL"] == aws.url
    assert (tmp_path / "config").read_text() == "[profile prod]\nregion = us-west-2\n"
    assert (tmp_path / "credentials").stat().st_mode & 0o777 == 0o600
    assert (
        f"aws_secret_access_key = {account.admin_credentials.secret_access_key}\n"
        in (tmp_path / "credentials").read_text()
    )
