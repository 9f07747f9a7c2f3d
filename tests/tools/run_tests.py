# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the tests on every supported ansible-core series that a Python of this machine takes; arguments go to pytest."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tools import environment, interpreters
from tools.checkout import ROOT


def main(arguments: list[str]) -> int:
    """Say what will run and what cannot, run it, and fail if one of the runs fails."""
    found = {core: environment.for_core(core) for core in interpreters.CORES}
    for core, chosen in found.items():
        if chosen:
            print(f"ansible-core {core}: with Python {chosen.python.version}")
        else:
            wanted = " or ".join(interpreters.CORES[core])
            print(f"ansible-core {core}: not run, no Python {wanted} that makes virtual environments was found")
    sys.stdout.flush()
    runs = [chosen for chosen in found.values() if chosen]
    with ThreadPoolExecutor() as pool:
        list(pool.map(environment.Environment.ensure, runs))
    outcomes = [_run(chosen, [*arguments, *([] if chosen is runs[0] else ["-m", "not once"])]) for chosen in runs]
    return 0 if all(outcomes) else 1


def _run(chosen: environment.Environment, arguments: list[str]) -> bool:
    title = f"ansible-core {chosen.core}, Python {chosen.python.version}"
    print(f"\n=== {title}", flush=True)
    started = time.monotonic()
    command = [str(chosen.executable), "-m", "pytest", "-n", "auto", *arguments]
    passed = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    print(f"=== {title}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
