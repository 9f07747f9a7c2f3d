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

_WORKER = "PYTEST_XDIST_WORKER"
_HOME = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if _WORKER not in os.environ:
        config.stash[_HOME] = Path(tempfile.mkdtemp(prefix="keyward-home-"))
        _leave_home(Path.home(), config.stash[_HOME])
    # Ignored by what a script or nohup starts in the background, these would be by every process that a test starts.
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _HOME in config.stash:
        shutil.rmtree(config.stash[_HOME])


def _leave_home(home: Path, own: Path) -> None:
    """Nothing that the user has set is read by a test, and nothing is written to the user's home."""
    for name in [name for name in os.environ if name.upper().startswith(FOREIGN)]:
        del os.environ[name]
    os.environ["HOME"] = str(own)
    # Where this machine has its Pythons and its package index is no setting of what is tested.
    os.environ.setdefault("PYENV_ROOT", str(home / ".pyenv"))
    for path in (home / ".config" / "pip" / "pip.conf", home / ".pip" / "pip.conf"):
        if os.access(path, os.R_OK):
            os.environ.setdefault("PIP_CONFIG_FILE", str(path))
    os.environ["PIP_CACHE_DIR"] = str(ROOT / ".cache" / "pip")


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
