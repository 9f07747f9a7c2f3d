# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""All that a host leaves on this machine outside its own namespaces, which end with it: a folder and cgroups."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from tools.environment import locked

from .image import CACHE

_RUNNING = CACHE / "running"
_CGROUPS = Path("/sys/fs/cgroup")


class Footprint:
    """Held by a lock for as long as this process lives, so that a later run can tell what was left behind."""

    def __init__(self, name: str) -> None:
        self.folder = _RUNNING / name
        with locked(_RUNNING):
            _sweep()
            self.folder.mkdir(mode=0o700)
            self._lock = os.open(self.folder, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        self.remove_cgroups()
        shutil.rmtree(self.folder)
        os.close(self._lock)

    def remove_cgroups(self) -> None:
        """A host that boots wants to make them itself."""
        _remove_cgroups(self.folder.name)


def _sweep() -> None:
    for folder in _RUNNING.iterdir():
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            _remove_cgroups(folder.name)
            shutil.rmtree(folder)
        finally:
            os.close(descriptor)


def _remove_cgroups(name: str) -> None:
    for top in (*_CGROUPS.glob(name), *_CGROUPS.glob(f"*/{name}")):
        for path, _folders, _files in os.walk(top, topdown=False):
            Path(path).rmdir()
