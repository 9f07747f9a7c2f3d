# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Runs in a job's container: ansible-runner with the arguments that AWX passes to it.

AWX cancels a job by runner's own means, which kills all processes of the run. A file asks for that here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import ansible_runner


def main(directory: Path) -> None:
    """Run, and leave runner's result beside its other files."""
    parameters = json.loads((directory / "parameters.json").read_text())
    run = ansible_runner.interface.run(**parameters, cancel_callback=(directory / "cancel").exists)
    (directory / "result.json").write_text(json.dumps({"status": run.status, "rc": run.rc}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
