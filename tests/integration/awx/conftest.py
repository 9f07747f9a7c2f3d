# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from testbed.drivers.awx_jobs import Awx, Credentials, Inventory
from testbed.drivers.probes import add_policy
from testbed.drivers.runs import Ansible
from testbed.fakes.aws import Key
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.wavefront import WavefrontReceiver

PROJECT = ROOT / "examples" / "awx-project"
ACCOUNTS = {"production": "111122223333", "staging": "444455556666", "sandbox": "777788889999"}


@pytest.fixture
def accounts(aws: AwsEndpoint) -> Mapping[str, str]:
    """The id of each profile's account, each of which has one user, named as the profile."""
    for profile, ident in ACCOUNTS.items():
        account = aws.account(ident)
        account.add_user(profile, keys=[Key(age_days=209)])
        account.report.generate()
        add_policy(account)
    return ACCOUNTS


@pytest.fixture
def credentials(accounts: Mapping[str, str], aws: AwsEndpoint, wavefront: WavefrontReceiver) -> Credentials:
    known = {profile: aws.account(ident).admin_credentials for profile, ident in accounts.items()}
    return {
        "Keyward Wavefront token": {"url": wavefront.url, "api_token": wavefront.token or ""},
        "Keyward AWS profiles": {"credentials": "\n".join(each.profile(profile) for profile, each in known.items())},
    }


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A directory that outlives a job's container."""
    (tmp_path / "volume").mkdir()
    return tmp_path / "volume"


@pytest.fixture
def journal(volume: Path) -> Journal:
    return Journal(volume / "journal" / "wavefront", 512 << 20)


@pytest.fixture
def awx(tmp_path: Path, aws: AwsEndpoint, volume: Path) -> Awx:
    """Without a home Ansible has to be told where it may write."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    task_env = {
        "ANSIBLE_HOME": str(scratch),
        "ANSIBLE_REMOTE_TEMP": str(scratch),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": aws.url,
        "KEYWARD_JOURNAL_DIR": str(volume / "journal"),
    }
    awx = Awx(tmp_path, PROJECT, task_env)
    for directory in (scratch, volume):
        awx.sandbox.own(directory)
    return awx


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Ansible:
    return Ansible(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="session")
def localhost(reader: Ansible) -> Inventory:
    return Inventory.of_file(PROJECT / "inventories" / "localhost.ini", reader)


@pytest.fixture(scope="session")
def one_host_per_account(reader: Ansible) -> Inventory:
    return Inventory.of_file(PROJECT / "inventories" / "accounts.ini", reader)
