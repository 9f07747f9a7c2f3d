# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the tests that need hosts of their own, on the newest ansible-core that runs here; arguments go to pytest."""

from __future__ import annotations

import subprocess
import sys

from testbed.drivers.hosts import Image, LackingError, machine
from tools import environment
from tools.checkout import ROOT


def main(arguments: list[str]) -> int:
    """Prepare what takes long, and say so; where something is missing, pytest skips the tests and says why."""
    try:
        machine.require()
        Image().ensure()
    except LackingError as lack:
        print(f"hosts: the tests are skipped: {lack}", flush=True)
    chosen = environment.newest()
    chosen.ensure()
    command = [str(chosen.executable), "-m", "pytest", "-n", "auto", "--dist", "loadscope", "tests/hosts", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
