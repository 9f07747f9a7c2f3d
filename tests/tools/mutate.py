# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Changes the core modules in one place at a time, and tells which changes no test notices.

Each module is tested by the tests that mirror it and its package. Without ``--all`` a sample of each module's mutants
is tried, which is always the same for the same text. Arguments name parts of paths: ``_journal``, ``rules.py``. Nothing
in the checkout is changed: each of the processes works on a copy of its own. What survives is in
``.cache/mutation/survivors.diff``.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

from tools import environment
from tools.checkout import ROOT, listed_files

if TYPE_CHECKING:
    from tools.mutants import Mutant

_OUTPUT = ROOT / ".cache" / "mutation"
_SAMPLE = 60

_MODULES = {
    "plugins/module_utils/_access_keys": (
        "rules",
        "model",
        "report_matching",
        "packing",
        "cache",
        "credential_report",
        "report_listing",
    ),
    "plugins/module_utils/_credentials": ("aws_file", "edit", "files", "profile"),
    "plugins/module_utils/_probe": ("states", "history", "entities", "sweep", "removal", "cleanup"),
    "plugins/plugin_utils/_metrics": ("conversion", "missing", "point"),
    "plugins/plugin_utils/_wavefront": ("lines",),
    "plugins/plugin_utils/_otlp": ("encoder", "protobuf"),
    "plugins/plugin_utils/_prometheus": ("encoder", "state", "text", "groups"),
    "plugins/plugin_utils/_journal": ("journal", "records", "maintenance", "rejected", "volatile"),
    "plugins/plugin_utils/_delivery": ("delivery", "backlog", "sender", "stats", "time_budget", "self_metrics"),
}
_ALSO = {
    "plugins/module_utils/_credentials": ("tests/integration/test_credentials_profile.py",),
    "plugins/module_utils/_probe": ("tests/integration/probe/test_probe_sweep.py",),
    "plugins/plugin_utils/_journal": ("tests/unit/plugins/plugin_utils/_delivery/test_delivery.py",),
}
"""Tests outside the package's own directory, which run parts of it in this process."""
_SLOW = (
    "test_collect.py",
    "test_collect_fuzz.py",
    "test_report_history.py",
    "test_report_listing.py",
    "test_roles.py",
)
"""They take more than a mutant's share of the time, and are for the modules of their own names only."""


class MutationError(Exception):
    """A sentence for the person who called make."""


@dataclass(frozen=True)
class Target:
    """A module, and the tests that are to notice its changes, the likeliest first; paths from the root."""

    module: str
    tests: tuple[str, ...]

    def own(self) -> Target:
        """The same with the tests of its own name alone, where there are any."""
        named = f"/test_{Path(self.module).name}"
        return replace(self, tests=tuple(test for test in self.tests if test.endswith(named)) or self.tests)


@dataclass
class Outcome:
    """What became of a module's mutants: how many were made, and how each of those that were tried ended."""

    target: Target
    made: int
    ended: Counter[str] = field(default_factory=Counter)
    survivors: list[Mutant] = field(default_factory=list)

    def __str__(self) -> str:
        tried = self.ended.total()
        killed = self.ended["failed"]
        columns = (f"{self.made:>8}", f"{tried:>6}", f"{killed:>7}", f"{self.ended['late']:>8}")
        return f"{self.target.module.removeprefix('plugins/'):<48}{''.join(columns)}{len(self.survivors):>9}"


HEADING = f"{'module':<48}{'mutants':>8}{'tried':>6}{'killed':>7}{'late':>8}{'survived':>9}"


def targets(parts: Sequence[str] = ()) -> list[Target]:
    """Return the modules whose path has one of the parts in it; all where there are none."""
    found = [
        Target(f"{package}/{name}.py", tuple(_tests(package, name)))
        for package, names in _MODULES.items()
        for name in names
    ]
    chosen = [target for target in found if not parts or any(part in target.module for part in parts)]
    if not chosen:
        raise MutationError(f"No module has {' or '.join(parts)} in its path.")
    return chosen


def _tests(package: str, name: str) -> Iterator[str]:
    directory = ROOT / package.replace("plugins/", "tests/unit/plugins/", 1)
    own = directory / f"test_{name}.py"
    if own.exists():
        yield str(own.relative_to(ROOT))
    for path in sorted(directory.glob("test_*.py")):
        if path != own and path.name not in _SLOW:
            yield str(path.relative_to(ROOT))
    yield from _ALSO.get(package, ())


class Copy:
    """A copy of the checkout at a path that Python imports the collection from, and a process that tests it."""

    def __init__(self, tests: Iterable[str]) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="keyward-mutation-"))
        root = self._directory / "ansible_collections" / "keyward" / "iam"
        for name in listed_files():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        for name in ("home", "tmp"):
            (self._directory / name).mkdir()
        self._log = (self._directory / "log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.mutant_tests", *tests],
            cwd=root,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE", "AWS_"))},
                "HOME": str(self._directory / "home"),
                "PYTHONPATH": f"{self._directory}{os.pathsep}{root / 'tests'}",
                "TMPDIR": str(self._directory / "tmp"),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._read()

    def test(self, target: Target, text: str, seconds: float) -> tuple[str, float]:
        """Return how a module's tests end when it has this text, and the seconds that it took."""
        request = {"module": target.module, "text": text, "tests": target.tests, "seconds": seconds}
        self._pipe(self._process.stdin).write(json.dumps(request) + "\n")
        self._pipe(self._process.stdin).flush()
        answer: dict[str, Any] = json.loads(self._read())
        return answer["outcome"], answer["seconds"]

    def log(self) -> str:
        """Return what the last tests printed."""
        return (self._directory / "pytest.log").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End the process, and remove the copy."""
        self._process.terminate()
        self._process.wait()
        self._log.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _read(self) -> str:
        if line := self._pipe(self._process.stdout).readline():
            return line
        self._log.seek(0)
        raise MutationError(f"The process that tests mutants ended.\n{self._log.read()}")

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


def _main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__.partition("\n\n")[0])
    parser.add_argument("parts", nargs="*", help="parts of the paths of modules")
    parser.add_argument("--all", action="store_true", help="every mutant in place of a sample")
    parser.add_argument("--sample", type=int, default=_SAMPLE, help="mutants of a module (default: %(default)s)")
    parser.add_argument(
        "--own", action="store_true", help="only the tests of the module's own name, where there are any"
    )
    parser.add_argument("--lines", help="only mutants in these lines, such as 10-40")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    chosen = parser.parse_args(arguments)
    first, _dash, last = (chosen.lines or f"1-{sys.maxsize}").partition("-")
    within = range(int(first), int(last or first) + 1)
    wanted = [target.own() if chosen.own else target for target in targets(chosen.parts)]
    copies: SimpleQueue[Copy] = SimpleQueue()
    tests = list(dict.fromkeys(test for target in wanted for test in target.tests))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ThreadPoolExecutor(chosen.jobs) as pool:
        opened = list(pool.map(lambda _: Copy(tests), range(chosen.jobs)))
    try:
        for copy in opened:
            copies.put(copy)
        limit = None if chosen.all else chosen.sample
        return _run(wanted, copies, chosen.jobs, limit, within, thorough=chosen.all)
    finally:
        for copy in opened:
            copy.close()


def _run(
    wanted: list[Target], copies: SimpleQueue[Copy], jobs: int, limit: int | None, within: range, *, thorough: bool
) -> int:
    from tools.mutants import mutants  # noqa: PLC0415 - only the environment has what it needs

    _OUTPUT.mkdir(parents=True, exist_ok=True)
    outcomes = []
    with (_OUTPUT / "survivors.diff").open("w", encoding="utf-8") as diffs, ThreadPoolExecutor(jobs) as pool:
        print(HEADING, flush=True)
        for target in wanted:
            source = (ROOT / target.module).read_text(encoding="utf-8")
            made = [mutant for mutant in mutants(source, thorough=thorough) if mutant.line in within]
            outcome = Outcome(target, len(made))
            seconds = _time_limit(target, source, copies)

            def tested(mutant: Mutant, target: Target = target, seconds: float = seconds) -> tuple[Mutant, str]:
                copy = copies.get()
                try:
                    return mutant, copy.test(target, mutant.text, seconds)[0]
                finally:
                    copies.put(copy)

            for mutant, ended in pool.map(tested, made[:limit]):
                outcome.ended[ended] += 1
                if ended not in ("failed", "late"):
                    outcome.survivors.append(mutant)
            for mutant in sorted(outcome.survivors, key=lambda it: it.line):
                diffs.write(_diff(target.module, source, mutant))
            diffs.flush()
            print(outcome, flush=True)
            outcomes.append(outcome)
    total = sum((outcome.ended for outcome in outcomes), Counter())
    print(f"{total.total()} tried, {total['failed']} killed, {total['late']} late, {total['passed']} survived")
    print(f"The survivors are in {(_OUTPUT / 'survivors.diff').relative_to(ROOT)}")
    return 0


def _time_limit(target: Target, source: str, copies: SimpleQueue[Copy]) -> float:
    """Return how long a mutant may take: six times what the module as it is takes, and no less than half a minute."""
    copy = copies.get()
    try:
        ended, seconds = copy.test(target, source, 600)
        if ended != "passed":
            raise MutationError(f"The tests of {target.module} fail without a change ({ended}):\n{copy.log()}")
        return max(30, 6 * seconds)
    finally:
        copies.put(copy)


def _diff(module: str, source: str, mutant: Mutant) -> str:
    lines = difflib.unified_diff(
        source.splitlines(),
        mutant.text.splitlines(),
        f"{module}:{mutant.line} {mutant.operator}",
        "mutant",
        lineterm="",
        n=2,
    )
    return "\n".join(lines) + "\n\n"


def _in_environment() -> bool:
    return Path(sys.prefix) == ROOT / ".venv-mutate"


def main(arguments: list[str]) -> int:
    """Make the environment and go on in it."""
    if _in_environment():
        return _main(arguments)
    chosen = environment.newest()
    made = environment.Environment(".venv-mutate", chosen.python, chosen.core, "mutate")
    made.ensure()
    return subprocess.run(
        [made.executable, "-m", "tools.mutate", *arguments], cwd=ROOT / "tests", check=False
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (environment.SetupError, MutationError) as error:
        sys.exit(str(error))
