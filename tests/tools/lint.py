# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs the linters side by side, and shows the output of those that fail. Arguments name the ones to run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from testbed.drivers.runs import FOREIGN
from tools import environment, stage
from tools.checkout import ROOT

# What Galaxy does with a collection that is uploaded to it.
_IMPORT = """
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
ansible-galaxy collection build --output-path "$directory"
cd "$directory"
python -m galaxy_importer.main *.tar.gz
"""


@dataclass(frozen=True)
class Linter:
    """A command that exits with something else than 0 when it finds fault."""

    name: str
    command: Sequence[str | Path]
    directory: Path = stage.COLLECTION
    environ: dict[str, str] = field(default_factory=dict)
    # Whether its standard error is a log that is of interest only where there are no findings.
    logs: bool = False

    def run(self, environ: dict[str, str]) -> bool:
        """Run it, tell how it went, and return whether all was well."""
        started = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=self.directory,
            env=environ | self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        fine = done.returncode == 0
        if not fine:
            print(done.stdout if self.logs and done.stdout else done.stderr + done.stdout)
        print(f"{self.name}: {'ok' if fine else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
        return fine


def linters(python: str) -> Iterator[Linter]:
    """Yield all linters, those that take longest first."""
    yield Linter(
        "sanity",
        ["ansible-test", "sanity", "--local", "--python", python, "--lint"],
        logs=True,
    )
    yield Linter(
        "mypy",
        ["mypy", "--cache-dir", stage.STAGE / "mypy", *_modules()],
        environ={"MYPYPATH": f"{stage.STAGE}:{stage.COLLECTION / 'tests'}"},
    )
    references = ("--validate-collection-refs", "dependent", "--disallow-unknown-collection-refs")
    yield Linter("plugin-docs", ["antsibull-docs", "lint-collection-docs", "--plugin-docs", *references, "."])
    yield Linter(
        "galaxy",
        ["sh", "-ec", _IMPORT],
        environ={"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false"},
    )
    yield Linter("docs", ["python", "-m", "tools.docs", "--check"], ROOT / "tests")
    yield Linter("ansible-lint", ["ansible-lint", "--offline", "--profile", "production", "--nocolor"])
    yield Linter("cfn-lint", ["cfn-lint", "examples/organization/collector-role.yml"])
    yield Linter("changelog", ["antsibull-changelog", "lint"])
    yield Linter("licences", ["reuse", "lint", "--lines"], ROOT)
    yield Linter("ruff", ["ruff", "check", "--quiet", "--output-format=concise", "."], ROOT)
    yield Linter("format", ["ruff", "format", "--check", "--quiet", "."], ROOT)


def _modules() -> Iterator[str]:
    yield from ("-p", "ansible_collections.keyward.iam.plugins")
    tests = stage.COLLECTION / "tests"
    for directory in sorted({path.relative_to(tests).parts[0] for path in tests.rglob("*.py")}):
        yield from ("-m", Path(directory).stem) if directory.endswith(".py") else ("-p", directory)


def main(names: list[str]) -> int:
    """Run the named linters, or all, as many at once as there are processors."""
    made = environment.for_lint()
    made.ensure()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)},
        # Ansible writes to the home as soon as it is imported.
        "HOME": str(stage.HOME),
        "PATH": f"{made.path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(stage.STAGE),
        # Some ask git which files there are, and to the checkout's repository those in the environment are ignored.
        "GIT_CEILING_DIRECTORIES": str(ROOT),
    }
    with environment.locked(stage.STAGE):
        stage.prepare(made)
        known = {linter.name: linter for linter in linters(made.python.series)}
        if unknown := set(names) - set(known):
            raise environment.SetupError(f"No linter {', '.join(sorted(unknown))}: there are {', '.join(known)}.")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(pool.map(lambda name: known[name].run(environ), names or known))
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
