# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.runs import Ansible
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pytest_configure() -> None:
    # Ignored by what a script or nohup starts in the background, these would be by every process that a test starts.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture
def aws() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def wavefront() -> Iterator[WavefrontReceiver]:
    with WavefrontReceiver(token="a-test-token") as receiver:
        yield receiver


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    home = tmp_path / "home"
    home.mkdir()
    return Ansible(home)
