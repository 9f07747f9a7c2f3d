# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Accounts behind an endpoint that is a process of its own, and what a way to their keys costs there."""

from __future__ import annotations

import contextlib
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.measure import Process, run
from testbed.drivers.runs import Ansible
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws.credentials import write_profiles
from testbed.fakes.aws.endpoint import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.ways import Way

_TESTS = Path(__file__).resolve().parents[1]
LATENCY_MS = 30
TOGGLED = "user-00000"
"""Its first key was switched off and on a day ago, which a credential report shows as its rotation."""
AGE_DAYS = 400
_AGES_DAYS = (*range(5, 100, 5), AGE_DAYS)
"""Of the users in turn: one in twenty has keys that are due."""
ROLE = "keyward"


@dataclass(frozen=True)
class Cost:
    """The medians of the rounds of one way at one size."""

    way: str
    size: int
    calls: float
    seconds: float
    cpu_seconds: float
    peak_bytes: float
    keys: int | None
    right: bool | None
    """Whether the age of the toggled key is that since its creation; None where it is not shown."""


class Served:
    """In a home with the credentials of the first account as profile ``default``."""

    def __init__(self, home: Path, url: str, ansible: Ansible) -> None:
        self.home = home
        self.ansible = ansible
        self._url = url

    def cost(self, way: Way, size: int, rounds: int) -> Cost:
        return self.costs([way], size, rounds)[way]

    def costs(self, ways: Sequence[Way], size: int, rounds: int) -> dict[Way, Cost]:
        """In turns, so that whatever else the machine does slows all of them down."""
        found: dict[Way, list[tuple[Process, int]]] = {way: [] for way in ways}
        for _round in range(rounds):
            for way, runs in found.items():
                runs.append(self._once(way))
        return {way: self._medians(way, size, runs) for way, runs in found.items()}

    def _medians(self, way: Way, size: int, costs: list[tuple[Process, int]]) -> Cost:
        ended = [process for process, _calls in costs]
        ages = way.ages(self.home, ended[-1].output) if way.ages else None
        return Cost(
            way.name,
            size,
            statistics.median(calls for _process, calls in costs),
            statistics.median(process.seconds for process in ended),
            statistics.median(process.cpu_seconds for process in ended),
            statistics.median(process.peak_bytes for process in ended),
            None if ages is None else sum(len(of_user) for of_user in ages.values()),
            None if ages is None else AGE_DAYS in ages[TOGGLED] and not any(days < AGE_DAYS for days in ages[TOGGLED]),
        )

    def _once(self, way: Way) -> tuple[Process, int]:
        if way.begins_anew:
            for file in self.home.glob("cache/*"):
                file.unlink()
        self._ask("DELETE")
        process = run(self.ansible, *way.command(self.home))
        return process, int(self._ask("GET"))

    def _ask(self, method: str) -> Any:
        request = urllib.request.Request(f"{self._url}/_testbed/calls", method=method)  # noqa: S310 - on loopback
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return len(json.loads(answer.read()) or ())


@contextlib.contextmanager
def served(accounts: int, users: int, keys: int = 1, **settings: Any) -> Iterator[Served]:
    documents = [_account(account_id(number), users, keys, settings) for number in range(accounts)]
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        port_file, seed = home / "port", home / "seed.json"
        seed.write_text(json.dumps({"accounts": documents}), encoding="utf-8")
        command = [sys.executable, "-m", "testbed.fakes.aws", "--port-file", str(port_file), "--seed", str(seed)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            try:
                wait_until(port_file.exists, timeout=300)
                url = f"http://127.0.0.1:{port_file.read_text(encoding='utf-8').strip()}"
                # Credentials are derived from the account's id, so they are those of the other process.
                credentials = AwsEndpoint().account(account_id(0)).admin_credentials
                ansible = Ansible(home, timeout=3600)
                ansible.set(
                    PYTHONPATH=str(_TESTS),
                    AWS_ENDPOINT_URL=url,
                    AWS_DEFAULT_REGION="us-east-1",
                    **write_profiles(home, {"default": credentials}),
                )
                yield Served(home, url, ansible)
            finally:
                process.terminate()


def account_id(number: int) -> str:
    return f"{111122223333 + number}"


def _account(number: str, users: int, keys: int, settings: dict[str, Any]) -> dict[str, Any]:
    ages = itertools.cycle(_AGES_DAYS)
    listed = [{"name": f"user-{user:05}", "keys": [{"age_days": next(ages)}] * keys} for user in range(users)]
    listed[0]["keys"] = [{"age_days": AGE_DAYS, "changed_days": 1}, *[{"age_days": AGE_DAYS}] * (keys - 1)]
    trust = {"Effect": "Allow", "Principal": {"AWS": account_id(0)}, "Action": "sts:AssumeRole"}
    return {
        "id": number,
        "users": listed,
        "roles": [{"name": ROLE, "trust": json.dumps({"Statement": [trust]})}],
        "settings": {"latency_ms": LATENCY_MS, "report_age_hours": 1, **settings},
    }
