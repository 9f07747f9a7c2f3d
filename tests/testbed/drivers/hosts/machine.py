# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a machine needs so that hosts can run on it, most of which apt brings."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PACKAGES = {
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "ssh": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}

_ALL_USERS = ["0", "0", str(2**32 - 1)]


class LackingError(Exception):
    """Says what is not there."""


@dataclass(frozen=True)
class Distribution:
    """Where this machine's own packages come from."""

    release: str
    mirror: str


def require() -> None:
    """Install what is missing, or say why that cannot be."""
    if not sys.platform.startswith("linux"):
        raise LackingError("hosts need Linux")
    if os.geteuid() != 0:
        raise LackingError("hosts need root")
    if shutil.which("apt-get") is None:
        raise LackingError("hosts need a Debian machine: there is no apt-get")
    packages = sorted({package for command, package in _PACKAGES.items() if shutil.which(command) is None})
    if packages:
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *packages)
    may_part = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False)
    if may_part.returncode or Path("/proc/self/uid_map").read_text(encoding="ascii").split() != _ALL_USERS:
        raise LackingError("hosts need the machine's own root, and not a container's")


def distribution() -> Distribution:
    """The release of this machine, and the mirror that it is configured to take it from."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    formatted = ["--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"]
    targets = subprocess.check_output(["apt-get", "indextargets", *formatted], text=True)
    for target in targets.splitlines():
        suite, component, mirror = target.split(maxsplit=2)
        if (suite, component) == (release, "main"):
            return Distribution(release, mirror)
    raise LackingError(f"hosts need a mirror of {release} among the machine's package sources")


def run(*command: str, **environment: str) -> None:
    """Run a command; its output is shown only when it fails."""
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")


def _apt(*arguments: str) -> None:
    command = ["apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=120", *arguments]
    try:
        run(*command, DEBIAN_FRONTEND="noninteractive")
    except RuntimeError as error:
        raise LackingError(str(error)) from error
