# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The inside of a job's container, as far as the machine allows one: a user that the machine does not know, a project that
cannot be written to, and processes that all end when the first one does.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

_UNSHARE = ["unshare", "--mount", "--propagation=private", "--pid", "--fork", "--mount-proc", "--kill-child"]
_READ_ONLY = 'mount --bind "$1" "$2"; mount -o remount,bind,ro "$2"; shift 2; exec "$@"'
# Read everything, write nothing: what the tests run may be in directories of root.
CAPABILITIES = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup")


class Sandbox:
    """One user for all jobs: what one leaves on a volume, the next can use."""

    def __init__(self) -> None:
        self._is_root = os.geteuid() == 0
        self._unshares = self._is_root and not subprocess.run([*_UNSHARE, "true"], check=False).returncode
        self.user = 200_000 + secrets.randbelow(100_000) if self._is_root else os.geteuid()

    def own(self, directory: Path) -> None:
        """Give a directory and what is in it to the user."""
        for path in (directory, *directory.rglob("*")):
            os.chown(path, self.user, self.user if self._is_root else -1, follow_symlinks=False)

    def command(self, command: list[str], project: Path, place: Path) -> list[str]:
        """Wrap a command; ``place`` is an empty directory where it finds the project."""
        if self._is_root:
            ids = (f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups")
            command = ["setpriv", *ids, *CAPABILITIES, "--", *command]
        if self._unshares:
            return [*_UNSHARE, "sh", "-ec", _READ_ONLY, "sh", str(project), str(place), *command]
        shutil.copytree(project, place, dirs_exist_ok=True)
        for path in (*place.rglob("*"), place):
            path.chmod(0o555 if path.is_dir() else 0o444)
        return command
