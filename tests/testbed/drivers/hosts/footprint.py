# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""All that a host takes of this machine outside its own namespaces, which end with it: directories and cgroups."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from tools.environment import locked

from .claims import claim, is_claimed
from .image import CACHE

MACHINE_WIDE = Path("/run/keyward-hosts")
"""For what does not belong to a checkout."""

_RUNNING = CACHE / "running"
_CGROUPS = Path("/sys/fs/cgroup")
_END_SECONDS = 60


class Footprint:
    """Claimed for as long as this process lives, so that a later run can tell what was left behind."""

    def __init__(self, name: str, image: Path) -> None:
        self.directory = _RUNNING / name
        # Ansible keeps its connections open in sockets, whose paths must be short.
        self.sockets = MACHINE_WIDE / name
        with locked(_RUNNING):
            _sweep()
            self.directory.mkdir(mode=0o700)
            self._claims = [claim(self.directory), claim(image)]

    def remove(self) -> None:
        _remove(self.directory)
        for descriptor in self._claims:
            os.close(descriptor)

    def remove_cgroups(self) -> None:
        """A host that boots wants to make them itself."""
        _remove_cgroups(self.directory.name)


def _sweep() -> None:
    for directory in _RUNNING.iterdir():
        if not is_claimed(directory):
            _remove(directory)


def _remove(directory: Path) -> None:
    _remove_cgroups(directory.name)
    sockets = MACHINE_WIDE / directory.name
    if sockets.exists():
        shutil.rmtree(sockets)
    shutil.rmtree(directory)


def _remove_cgroups(name: str) -> None:
    for top in (*_CGROUPS.glob(name), *_CGROUPS.glob(f"*/{name}")):
        for path, _directories, _files in os.walk(top, topdown=False):
            _remove_cgroup(Path(path))


def _remove_cgroup(path: Path) -> None:
    """The processes of a host whose owner was killed are ending, but may not have ended."""
    give_up = time.monotonic() + _END_SECONDS
    while (path / "cgroup.procs").read_text():
        if time.monotonic() > give_up:
            raise TimeoutError(f"there are still processes in {path}")
        time.sleep(0.05)
    path.rmdir()
