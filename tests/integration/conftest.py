# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint


@pytest.fixture
def account(aws: AwsEndpoint) -> Account:
    """An account that has a fresh credential report once ``account.report.generate()`` was called."""
    return aws.account("111122223333")


@pytest.fixture
def profiles(aws: AwsEndpoint, ansible: Ansible) -> Callable[..., None]:
    """Writes AWS profiles of the accounts given by name, and sends the clients of the home's owner to the endpoint."""

    def write(region: str | None = None, **accounts: Account) -> None:
        credentials = {name: account.admin_credentials for name, account in accounts.items()}
        ansible.set(**aws.write_profiles(ansible.home, credentials, region))

    return write
