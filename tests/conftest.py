# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.runs import FOREIGN, Ansible
from testbed.fakes.aws import AwsEndpoint
from testbed.fakes.wavefront import WavefrontReceiver
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


def _leave_home() -> Path:
    """Nothing that the user has set is read by a test, and nothing is written to the user's home."""
    home, own = Path.home(), Path(tempfile.mkdtemp(prefix="keyward-home-"))
    for name in [name for name in os.environ if name.upper().startswith(FOREIGN)]:
        del os.environ[name]
    os.environ["HOME"] = str(own)
    # Where this machine has its Pythons and its package index is no setting of what is tested.
    os.environ.setdefault("PYENV_ROOT", str(home / ".pyenv"))
    for path in (home / ".config" / "pip" / "pip.conf", home / ".pip" / "pip.conf"):
        if os.access(path, os.R_OK):
            os.environ.setdefault("PIP_CONFIG_FILE", str(path))
    os.environ["PIP_CACHE_DIR"] = str(ROOT / ".cache" / "pip")
    return own


# Here, since other conftests import Ansible, which reads its configuration. Workers inherit what the first process set.
_HOME = None if "PYTEST_XDIST_WORKER" in os.environ else _leave_home()


def pytest_configure() -> None:
    # Ignored by what a script or nohup starts in the background, these would be by every process that a test starts.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_unconfigure() -> None:
    if _HOME is not None:
        shutil.rmtree(_HOME)


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
    # On localhost Ansible would look for the user's home by name.
    return Ansible(home, {"ANSIBLE_REMOTE_TEMP": str(home / ".ansible" / "tmp")})
