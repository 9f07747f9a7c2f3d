# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Tests mutants one after the other, each in a process that is forked from one that has imported all that tests need.

It runs in the root of a copy of the checkout. A request is a line of JSON on its standard input: the module, its text,
the files of tests, and the seconds that they may take. The answer is a line: ``passed``, ``failed``, ``late``, or
``none`` where there was no test; and the seconds that it took.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_OWN = ("__main__", "ansible_collections.keyward", "conftest", "testbed", "tests", "tools", "test_")
_SCOUT = """
import sys, pytest
code = pytest.main(["-q", "--collect-only", "--assert=plain", "-p", "no:cacheprovider", *sys.argv[1:]])
print("\\n" + ",".join(sys.modules))
sys.exit(code)
"""
_MEMORY_BYTES = 4 << 30
_FILE_BYTES = 1 << 30
_PASSED, _NO_TESTS = 0, 5


def main(tests: list[str]) -> None:
    """Import what the tests import, then answer requests until there are no more."""
    # So that what was started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    _preload(tests)
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(**json.loads(line))), file=replies, flush=True)


def _preload(tests: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", _SCOUT, *tests], capture_output=True, text=True, check=False)
    if done.returncode != _PASSED:
        sys.exit(f"The tests cannot be collected:\n{done.stdout}{done.stderr}")
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for name in done.stdout.splitlines()[-1].split(","):
        if not name.startswith(_OWN) and name not in sys.modules:
            # Some modules are only to be imported by others, and then are.
            with contextlib.suppress(BaseException):
                importlib.import_module(name)
    gc.freeze()


def _answer(module: str, text: str, tests: list[str], seconds: float) -> dict[str, Any]:
    path = Path(module)
    unchanged = path.read_text(encoding="utf-8")
    Path(importlib.util.cache_from_source(module)).unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
    started = time.monotonic()
    try:
        # Most mutants are noticed by the likeliest tests, and then the others need not even be imported.
        outcome = _tested(tests[:1], seconds)
        if outcome == "passed" and tests[1:]:
            outcome = _tested(tests[1:], seconds)
    finally:
        path.write_text(unchanged, encoding="utf-8")
    return {"outcome": outcome, "seconds": time.monotonic() - started}


def _tested(tests: list[str], seconds: float) -> str:
    temporary = Path(os.environ["TMPDIR"])
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(exist_ok=True)
    process = os.fork()
    if not process:
        _become_pytest(tests)
    # A mutant may ignore what it is asked, and leave processes of its own behind.
    pause = 0.005
    give_up = time.monotonic() + seconds
    try:
        while time.monotonic() < give_up:
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                process = 0
                code = os.waitstatus_to_exitcode(status)
                return {_PASSED: "passed", _NO_TESTS: "none"}.get(code, "failed")
            time.sleep(pause)
        return "late"
    finally:
        group = process or ended
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        if process:
            os.waitpid(process, 0)


def _become_pytest(tests: list[str]) -> None:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    log = os.open(Path(os.environ["TMPDIR"]).with_name("pytest.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 70
    try:
        import pytest  # noqa: PLC0415 - imported before the fork

        code = int(pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests]))
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
