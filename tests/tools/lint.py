# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Runs the linters side by side, and shows the output of those that fail. Arguments name the ones to run.

Ansible's own checks run with the ansible-core of the linters; ``--turn COMMIT`` takes another series for another commit
in its stead, ``--matrix`` every series that a Python of this machine takes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from testbed.drivers.runs import FOREIGN
from tools import environment, interpreters, matrix
from tools.checkout import ROOT, listed_files
from tools.stage import Stage

# The changelog is what the tool makes of changelog.yaml, and nobody wrote into it. What it makes lies outside the copy
# of the collection, of which another linter builds the tarball meanwhile.
_CHANGELOG = """
antsibull-changelog lint
if [ -e CHANGELOG.md ]; then
  made=$(mktemp)
  trap 'rm "$made"' EXIT
  antsibull-changelog generate --output "$made"
  diff CHANGELOG.md "$made"
fi
"""


@dataclass(frozen=True)
class Linter:
    """A command that exits with something else than 0 when it finds fault."""

    name: str
    stage: Stage
    command: Sequence[str | Path]
    # Where it runs, if not in the copy of the collection.
    directory: Path | None = None
    environ: dict[str, str] = field(default_factory=dict)
    # Whether its standard error is a log that is of interest only where there are no findings.
    logs: bool = False

    def run(self) -> bool:
        """Run it, tell how it went, and return whether all was well."""
        started = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=self.directory or self.stage.collection,
            env=_environ(self.stage) | self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        fine = done.returncode == 0
        if not fine:
            print(done.stdout if self.logs and done.stdout else done.stderr + done.stdout)
        print(f"{self.name}: {'ok' if fine else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
        return fine


def _environ(stage: Stage) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | stage.environ


def sanity(made: environment.Environment) -> Linter:
    """Return the checks that come with an environment's ansible-core."""
    options = ["--local", "--python", made.python.series, "--lint"]
    for name in without_index(made.collections.parent / "ansible_test" / "_data" / "requirements"):
        print(f"sanity {made.core}: without {name}, since a requirement of it is in no package index")
        options += ["--skip-test", name]
    return Linter(f"sanity {made.core}", Stage(made), ["ansible-test", "sanity", *options], logs=True)


def without_index(requirements: Path) -> list[str]:
    """Return the checks that a pre-release of ansible-core pins to a file on a host instead of to a package."""
    files = sorted(requirements.glob("sanity.*.txt"))
    return [
        path.name.split(".")[1]
        for path in files
        if re.search(r"^[^#\s]+ @ https?://", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]


def linters(stage: Stage) -> Iterator[Linter]:
    """Yield all linters besides Ansible's own checks, those that take longest first."""
    yield Linter(
        "mypy",
        stage,
        ["mypy", "--cache-dir", stage.path / "mypy", *_modules()],
        environ={"MYPYPATH": f"{stage.path}:{stage.collection / 'tests'}"},
    )
    references = ("--validate-collection-refs", "dependent", "--disallow-unknown-collection-refs")
    yield Linter("plugin-docs", stage, ["antsibull-docs", "lint-collection-docs", "--plugin-docs", *references, "."])
    yield Linter("galaxy", stage, ["python", "-m", "tools.galaxy", "--import", stage.collection], ROOT / "tests")
    yield Linter("docs", stage, ["python", "-m", "tools.docs", "--check"], ROOT / "tests")
    yield Linter("ansible-lint", stage, ["ansible-lint", "--offline", "--profile", "production", "--nocolor"])
    yield Linter("cfn-lint", stage, ["cfn-lint", "examples/organization/collector-role.yml"])
    yield Linter("changelog", stage, ["sh", "-ec", _CHANGELOG])
    yield Linter("yamllint", stage, ["yamllint", "--strict", *_yaml()], ROOT)
    yield Linter(
        "workflows", stage, ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *_workflows()], ROOT
    )
    yield Linter("workflow-security", stage, ["zizmor", "--offline", "--no-progress", ".github"], ROOT)
    yield Linter("licences", stage, ["reuse", "lint", "--lines"], ROOT)
    yield Linter("ruff", stage, ["ruff", "check", "--quiet", "--output-format=concise", "."], ROOT)
    yield Linter("format", stage, ["ruff", "format", "--check", "--quiet", "."], ROOT)


def _modules() -> Iterator[str]:
    yield from ("-p", "ansible_collections.keyward.iam.plugins")
    paths = [Path(name).parts for name in listed_files() if name.startswith("tests/") and name.endswith(".py")]
    for name in sorted({parts[1] for parts in paths}):
        yield from ("-m", Path(name).stem) if name.endswith(".py") else ("-p", name)


def _yaml() -> list[str]:
    return [name for name in listed_files() if name.endswith((".yml", ".yaml", ".ansible-lint", ".yamllint"))]


def _workflows() -> list[str]:
    return [name for name in listed_files() if name.startswith(".github/workflows/")]


def main(arguments: list[str]) -> int:
    """Run the named linters, or all, as many at once as there are processors."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--matrix", action="store_true")
    parser.add_argument("--turn", default="")
    chosen = parser.parse_args(arguments)
    made = environment.for_lint()
    cells = [made]
    if chosen.matrix:
        cells = matrix.for_sanity()
        for core in sorted(interpreters.CORES.keys() - {cell.core for cell in cells}):
            print(f"sanity {core}: not run, no Python {' or '.join(interpreters.CORES[core])} was found")
    elif chosen.turn:
        cells = matrix.for_sanity_by_turns(chosen.turn)
    if not chosen.names or "sanity" in chosen.names:
        for cell in cells:
            cell.ensure()
    known = {"sanity": [sanity(cell) for cell in cells], **{each.name: [each] for each in linters(Stage(made))}}
    if unknown := set(chosen.names) - set(known):
        raise environment.SetupError(f"No linter {', '.join(sorted(unknown))}: there are {', '.join(known)}.")
    wanted = [linter for name in chosen.names or known for linter in known[name]]
    with ExitStack() as locks:
        for stage in dict.fromkeys(linter.stage for linter in wanted):
            stage.environment.ensure()
            locks.enter_context(environment.locked(stage.path))
            stage.prepare()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(pool.map(Linter.run, wanted))
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except environment.SetupError as error:
        sys.exit(str(error))
