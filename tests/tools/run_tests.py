# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Runs all tests with one ansible-core, and in cells of the matrix those that are not marked ``once``.

Without an option the cells are those of the small form; ``--turn COMMIT`` adds one, ``--matrix`` takes all cells and
nothing else. ``--as-user`` runs all tests without the rights of root, and no cell. All other arguments go to pytest.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tools import environment, interpreters, matrix
from tools.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_TESTS = 5
# Who calls it owns its files, and reads and writes nothing else.
_AS_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]


def main(arguments: list[str]) -> int:
    """Say what will run and what cannot, run it, and fail if one of the runs fails."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--matrix", action="store_true")
    parser.add_argument("--turn", default="")
    parser.add_argument("--as-user", action="store_true")
    chosen, for_pytest = parser.parse_known_args(arguments)
    first = environment.newest()
    if chosen.as_user:
        first.ensure()
        return 0 if _run(first, for_pytest, prefix=_AS_USER if os.geteuid() == 0 else []) else 1
    if chosen.matrix:
        cells = matrix.whole()
    else:
        cells = [*matrix.small(), *(matrix.by_turns(chosen.turn) if chosen.turn else [])]
        print(f"{first}: all tests")
    for cell in cells:
        print(f"{cell}: what depends on it")
    for core in sorted(interpreters.CORES.keys() - {cell.core for cell in matrix.whole()}):
        print(f"ansible-core {core}: not run, no Python {' or '.join(interpreters.CORES[core])} was found")
    sys.stdout.flush()
    target = environment.for_targets()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(environment.Environment.ensure, [first, *cells, *([target] if target else [])]))
    outcomes = [] if chosen.matrix else [_run(first, for_pytest)]
    outcomes += [_run(cell, [*for_pytest, "-m", "not once"], none_is_fine=True) for cell in cells]
    return 0 if all(outcomes) else 1


def _run(
    cell: environment.Environment, arguments: list[str], *, none_is_fine: bool = False, prefix: Sequence[str] = ()
) -> bool:
    print(f"\n=== {cell}", flush=True)
    started = time.monotonic()
    command = [*prefix, str(cell.executable), "-m", "pytest", "-n", "auto", "--durations=15", *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    passed = code == 0 or (none_is_fine and code == _NO_TESTS)
    print(f"=== {cell}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
