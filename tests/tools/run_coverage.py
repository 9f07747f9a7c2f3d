# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Measures which lines and branches of the collection the tests run, in each process that they start: pytest's workers,
modules as they are packed for a target, action and callback plugins, the extension of Metrist.

Arguments go to pytest; without one all tests run. The summary is ``.cache/coverage/summary.txt``, the pages with each
line are in ``.cache/coverage/html``. With ``--append`` what is measured is added to what there is.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools import environment
from tools.checkout import ROOT, listed_files

_OUTPUT = ROOT / ".cache" / "coverage"
_SETTINGS = _OUTPUT / "settings.toml"
_SUMMARY = _OUTPUT / "summary.txt"
_LOW_PERCENT = 90
_SHOWN = 22

# In the zip that a module is packed in, in a copy that a test makes, and through the environment's link.
_ELSEWHERE = "*/ansible_collections/keyward/iam"

_CONFIGURATION = f"""
[tool.coverage.run]
branch = true
parallel = true
concurrency = ["thread", "multiprocessing"]
patch = ["subprocess", "fork", "_exit"]
sigterm = true
data_file = "{_OUTPUT}/data/measured"
include = ["{ROOT}/plugins/*", "{ROOT}/extensions/*", "{_ELSEWHERE}/plugins/*", "{_ELSEWHERE}/extensions/*"]
# Modules may write nothing to their standard error.
disable_warnings = [
  "already-imported", "couldnt-parse", "include-ignored", "module-not-imported", "module-not-measured",
  "module-not-python", "no-ctracer", "no-data-collected", "no-sysmon", "trace-changed",
]

[tool.coverage.paths]
plugins = ["{ROOT}/plugins", "{_ELSEWHERE}/plugins"]
extensions = ["{ROOT}/extensions", "{_ELSEWHERE}/extensions"]

[tool.coverage.report]
exclude_also = ["if (t\\\\.)?TYPE_CHECKING:", "class .*\\\\bProtocol\\\\b.*:", "@(abc\\\\.)?abstractmethod"]

[tool.coverage.html]
directory = "{_OUTPUT}/html"
"""


@dataclass(frozen=True)
class Measured:
    """How much of a module was run, in statements and branches."""

    module: str
    statements: int
    missed: int
    branches: int
    missed_branches: int
    lines: str

    @property
    def percent(self) -> float:
        every = self.statements + self.branches
        return 100 * (every - self.missed - self.missed_branches) / every if every else 100.0

    def __str__(self) -> str:
        counts = f"{self.statements:>11}{self.missed:>8}{self.branches:>10}{self.missed_branches:>8}"
        return f"{self.module:<56}{counts}{self.percent:>9.1f}  {self.lines}".rstrip()


_HEADING = f"{'module':<56}{'statements':>11}{'missed':>8}{'branches':>10}{'missed':>8}{'percent':>9}  lines missed"


def summary(report: dict[str, Any], every: set[str]) -> Iterator[str]:
    """
    Yield the lines of the summary from coverage's JSON: all together, then the modules of which least was run, and last
    those among all modules of which nothing was.
    """
    modules = sorted(_measured(report["files"]), key=lambda it: (it.percent, it.module))
    total = Measured(
        "all",
        sum(it.statements for it in modules),
        sum(it.missed for it in modules),
        sum(it.branches for it in modules),
        sum(it.missed_branches for it in modules),
        "",
    )
    yield _HEADING
    yield str(total)
    yield from map(str, modules)
    low = [it for it in modules if it.percent < _LOW_PERCENT]
    yield f"{len(low)} of {len(modules)} modules are below {_LOW_PERCENT} percent."
    if unseen := sorted(every - {it.module for it in modules}):
        yield f"Nothing ran {', '.join(unseen)}."


def _measured(files: dict[str, Any]) -> Iterator[Measured]:
    for name, found in files.items():
        counted = found["summary"]
        yield Measured(
            name,
            counted["num_statements"],
            counted["missing_lines"],
            counted["num_branches"],
            counted["missing_branches"],
            " ".join(_ranges(found["missing_lines"])),
        )


def _ranges(numbers: list[int]) -> Iterator[str]:
    # Numbers of one run differ from their places in the list by the same amount.
    for _offset, run in itertools.groupby(enumerate(sorted(numbers)), key=lambda it: it[1] - it[0]):
        found = [number for _place, number in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"


def main(arguments: list[str]) -> int:
    """Run the tests and write the summary, also where tests fail."""
    chosen = environment.newest()
    made = environment.Environment(".venv-coverage", chosen.python, chosen.core, "coverage")
    made.ensure()
    if "--append" not in arguments:
        shutil.rmtree(_OUTPUT, ignore_errors=True)
    (_OUTPUT / "data").mkdir(parents=True, exist_ok=True)
    _SETTINGS.write_text(_CONFIGURATION, encoding="utf-8")

    def coverage(command: str, *options: str, fails: bool = False) -> int:
        run = [str(made.executable), "-m", "coverage", command, f"--rcfile={_SETTINGS}", *options]
        code = subprocess.run(run, cwd=ROOT, check=False).returncode
        if code and not fails:
            raise environment.SetupError(f"coverage {command} failed.")
        return code

    for_pytest = [argument for argument in arguments if argument != "--append"]
    workers = [] if any(it.startswith("-n") for it in for_pytest) else ["-n", str(os.cpu_count())]
    code = coverage("run", "-m", "pytest", *workers, *for_pytest, fails=True)
    coverage("combine", "--quiet", "--append")
    coverage("json", "--quiet", "--ignore-errors", "-o", str(_OUTPUT / "report.json"))
    coverage("html", "--quiet", "--ignore-errors")
    every = {name for name in listed_files() if name.startswith(("plugins/", "extensions/")) and name.endswith(".py")}
    lines = list(summary(json.loads((_OUTPUT / "report.json").read_text(encoding="utf-8")), every))
    _SUMMARY.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join([*lines[:_SHOWN], f"All modules: {_SUMMARY.relative_to(ROOT)}"]))
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
