# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The file system that every host starts from, kept between runs."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

from tools.checkout import ROOT
from tools.environment import locked

from . import machine
from .claims import is_claimed

CACHE = ROOT / ".cache" / "hosts"

# What a fresh EC2 host of this distribution has, as far as it matters here, and tini, the first process where systemd
# is not.
_PACKAGES = (
    "ca-certificates",
    "cron",
    "dbus",
    "iproute2",
    "logrotate",
    "openssh-server",
    "procps",
    "python3",
    "python3-venv",
    "sudo",
    "systemd",
    "systemd-sysv",
    "tini",
)

_CUSTOMIZE = Path(__file__).with_name("customize_image.sh")


class Image:
    """Made once from the machine's own package mirror for as long as what goes into it stays the same."""

    def __init__(self) -> None:
        self._distribution = machine.distribution()
        inputs = (self._distribution.release, _PACKAGES, _CUSTOMIZE.read_text(encoding="utf-8"))
        self.path = CACHE / f"image-{hashlib.sha256(repr(inputs).encode()).hexdigest()[:12]}"

    def ensure(self) -> Path:
        """Return the path of the image, which is made where it is missing."""
        # It holds programs that run as root for every user who can reach them.
        CACHE.mkdir(parents=True, exist_ok=True)
        CACHE.chmod(0o700)
        with locked(CACHE / "images"):
            if not self.path.exists():
                self._make()
        return self.path

    @property
    def python(self) -> str:
        """The series of its Python, as ``3.11``."""
        return (self.path / "usr" / "bin" / "python3").readlink().name.removeprefix("python")

    def _make(self) -> None:
        started = time.monotonic()
        print(f"hosts: making an image of {self._distribution.release}, which takes a minute", flush=True)
        for outdated in CACHE.glob("image-*"):
            if not is_claimed(outdated):
                shutil.rmtree(outdated)
        unfinished = CACHE / f"image-{self._distribution.release}.unfinished"
        # What is mounted meanwhile goes with the namespace, also when this is killed.
        debootstrap = ("unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={','.join(_PACKAGES)}")
        machine.run(*debootstrap, self._distribution.release, str(unfinished), self._distribution.mirror)
        machine.run("sh", "-eu", str(_CUSTOMIZE), str(unfinished))
        unfinished.rename(self.path)
        print(f"hosts: the image is ready after {time.monotonic() - started:.0f} s", flush=True)
