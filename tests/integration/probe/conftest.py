# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.probes import Outcome, add_policy, run_probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    """An account that has the policy the probe attaches."""
    account = aws.account("111122223333")
    add_policy(account)
    return account


@pytest.fixture
def probe(aws: AwsEndpoint, account: Account) -> Callable[..., Outcome]:
    """Runs the probe in this process, with the rights of an administrator."""

    def run(**settings: Any) -> Outcome:
        return run_probe(aws.url, account.admin_credentials, **settings)

    return run


@pytest.fixture
def home(aws: AwsEndpoint, account: Account, ansible: Ansible) -> Ansible:
    """A home whose owner has the account's credentials in the environment."""
    ansible.set(**aws.environment(account.admin_credentials))
    return ansible
