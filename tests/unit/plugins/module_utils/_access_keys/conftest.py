# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.collect import Collected, collect
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.model import AgeLimits
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.request import CollectRequest
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import ConnectionSettings
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.fakes.aws import AwsEndpoint


class Collect(Protocol):
    """Collects in this process, with the endpoint and the shared files of the test."""

    def __call__(self, *profiles: str, **options: Any) -> Collected:
        """Collect from profiles, with options of the request."""


@pytest.fixture
def shared_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: AwsEndpoint) -> Path:
    """A home whose profile C(good) has one user with one key; returns the directory of its config file."""
    for name in os.environ:
        if name.startswith(("AWS_", "BOTO")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    good = aws.account("111122223333")
    good.add_user("alice", keys=[Key(age_days=3)])
    for name, value in aws.write_profiles(tmp_path, {"good": good.admin_credentials}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.fixture
def run(shared_files: Path) -> Collect:  # noqa: ARG001 - they must be there
    def collect_in_process(*profiles: str, **options: Any) -> Collected:
        config = options.pop("config", {"retries": {"total_max_attempts": 2, "mode": "standard"}})
        request = CollectRequest(
            settings=ConnectionSettings(config=config),
            limits=AgeLimits(150, 180),
            now=dt.datetime.now(dt.UTC),
            **{"credential_report": False, **options},
        )
        return collect(profiles or ("*",), request)

    return collect_in_process
