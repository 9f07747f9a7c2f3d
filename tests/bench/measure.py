# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a benchmark gives, and how processes are measured."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.drivers.runs import Ansible


@dataclass(frozen=True)
class Measured:
    what: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        bars = [f"at least {self.least:,g}"] if self.least is not None else []
        bars += [f"at most {self.most:,g}"] if self.most is not None else []
        value = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:,.3g}"
        verdict = "" if not bars else f"  ({' and '.join(bars)}: {'met' if self.met else 'MISSED'})"
        return f"{self.what:<52}{value:>12} {self.unit:<10}{verdict}"


Benchmark = Callable[[], Iterator[Measured]]


@dataclass(frozen=True)
class Process:
    seconds: float
    peak_bytes: int
    output: str
    cpu_seconds: float
    """With its children's."""


def run(ansible: Ansible, *command: str) -> Process:
    """Run a command of Ansible's to its end. The peak is the controller's, without its workers."""
    log = ansible.home / "output.log"
    # A user's Python keeps what it has compiled.
    environment = {name: value for name, value in ansible.environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with log.open("w+", encoding="utf-8") as output:
        started, before = time.monotonic(), _cpu_seconds()
        process = subprocess.Popen(
            command, env=environment, cwd=ansible.home, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak_bytes(process.pid))
            time.sleep(0.02)
        seconds = time.monotonic() - started
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{text}")
    return Process(seconds, peak, text, _cpu_seconds() - before)


def _cpu_seconds() -> float:
    """Of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_bytes(pid: int) -> int:
    """The kernel's own high-water mark; what wait4 tells would include this process's size at the fork."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0
    match = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(match[1]) * 1024 if match else 0
