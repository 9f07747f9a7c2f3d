# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs ``python -m fuzz`` in the environment that it needs."""

from __future__ import annotations

import os
import subprocess
import sys

from tools import environment
from tools.checkout import ROOT


def main(arguments: list[str]) -> int:
    made = environment.for_fuzzing()
    made.ensure()
    command = [str(made.executable), "-m", "fuzz", *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT / "tests")}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
