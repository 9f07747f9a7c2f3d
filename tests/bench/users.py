# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What collecting costs against the number of users, beside other ways to the same ages."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import page
from bench.measure import Measured, Process, run
from testbed.drivers.runs import Ansible
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws.credentials import write_profiles
from testbed.fakes.aws.endpoint import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TESTS = Path(__file__).resolve().parents[1]
ACCOUNT = "111122223333"
LATENCY_MS = 30
RATE = 15
THROTTLED_USERS = 300
TOGGLED = "user-00000"
"""Its key was switched off and on a day ago, which a credential report shows as its rotation."""
AGE_DAYS = 400

LIST = "list, module"
PLAY = "list, whole play"
FIRST = "report, first run"
STEADY = "report, steady state"
SERIAL = "serial boto3 loop"
THREADS = "16-thread boto3 loop"
FIRST_PAGE = "first page only"
CUSTODIAN = "Cloud Custodian access-key"
_PEERS = {FIRST_PAGE: "first-page", SERIAL: "serial", THREADS: "threads"}
_POLICY = {
    "name": "keys",
    "resource": "aws.iam-user",
    "filters": [{"type": "access-key", "key": "CreateDate", "value_type": "age", "op": "ge", "value": 0}],
}
_PLAIN = [{"hosts": "localhost", "gather_facts": False, "tasks": [{"keyward.iam.access_key_info": {}}]}]


@dataclass(frozen=True)
class Cost:
    """The medians of the rounds of one way at one size."""

    way: str
    users: int
    calls: float
    seconds: float
    cpu_seconds: float
    peak_bytes: float
    keys: int | None
    right: bool | None
    """Whether the age of the toggled key is that since its creation; None where the run does not print it."""


class Account:
    """An account of this many users with a key each, behind an endpoint that is a process of its own."""

    def __init__(self, home: Path, users: int, custodian: str | None = None, **settings: Any) -> None:
        self.users = users
        self.ansible = Ansible(home, timeout=600)
        self._home = home
        self._custodian = custodian
        self._settings = {"latency_ms": LATENCY_MS, "report_age_hours": 1, **settings}

    @contextlib.contextmanager
    def served(self) -> Iterator[Account]:
        port_file, seed = self._home / "port", self._home / "seed.json"
        seed.write_text(json.dumps({"accounts": [self._document()]}), encoding="utf-8")
        command = [sys.executable, "-m", "testbed.fakes.aws", "--port-file", str(port_file), "--seed", str(seed)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            try:
                wait_until(port_file.exists, timeout=60)
                self._url = f"http://127.0.0.1:{port_file.read_text(encoding='utf-8').strip()}"
                # Credentials are derived from the account's id, so they are those of the other process.
                credentials = AwsEndpoint().account(ACCOUNT).admin_credentials
                self.ansible.set(
                    PYTHONPATH=str(_TESTS),
                    AWS_ENDPOINT_URL=self._url,
                    AWS_DEFAULT_REGION="us-east-1",
                    **write_profiles(self._home, {"default": credentials}),
                )
                yield self
            finally:
                process.terminate()

    def cost(self, way: str, rounds: int) -> Cost:
        costs = [self._once(way) for _round in range(rounds)]
        ended = [process for process, _calls in costs]
        ages = None if way == PLAY else self._ages(way, ended[-1].output)
        return Cost(
            way,
            self.users,
            statistics.median(calls for _process, calls in costs),
            statistics.median(process.seconds for process in ended),
            statistics.median(process.cpu_seconds for process in ended),
            statistics.median(process.peak_bytes for process in ended),
            None if ages is None else sum(len(of_user) for of_user in ages.values()),
            None if ages is None else ages[TOGGLED] == [AGE_DAYS],
        )

    def _once(self, way: str) -> tuple[Process, int]:
        if way == FIRST:
            for file in self._home.glob("cache/*"):
                file.unlink()
        self._ask("DELETE")
        process = run(self.ansible, *self._command(way))
        return process, len(self._ask("GET"))

    def _command(self, way: str) -> list[str]:
        if way in _PEERS:
            return [sys.executable, "-m", "bench.peers", _PEERS[way]]
        book = self._home / "book.json"
        if way == CUSTODIAN:
            book.write_text(json.dumps({"policies": [_POLICY]}), encoding="utf-8")
            output = str(self._home / "custodian")
            run_it = [str(self._custodian), "run", "--region", "us-east-1", "--cache-period", "0"]
            return [*run_it, "--output-dir", output, str(book)]
        if way == PLAY:
            book.write_text(json.dumps(_PLAIN), encoding="utf-8")
            return ["ansible-playbook", str(book)]
        options = {"method": "list"} if way == LIST else {"method": "report", "cache_path": str(self._home / "cache")}
        book.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}), encoding="utf-8")
        return [sys.executable, "-m", "ansible_collections.keyward.iam.plugins.modules.access_key_info", str(book)]

    def _ages(self, way: str, output: str) -> dict[str, list[int]]:
        ages: dict[str, list[int]] = {}
        if way == CUSTODIAN:
            file = self._home / "custodian" / "keys" / "resources.json"
            now = datetime.now(UTC)
            for user in json.loads(file.read_text(encoding="utf-8")):
                created = (datetime.fromisoformat(key["CreateDate"]) for key in user["c7n:AccessKeys"])
                ages[user["UserName"]] = [(now - each).days for each in created]
            return ages
        printed = json.loads(output)
        if way in _PEERS:
            ages.update(printed)
            return ages
        for key in printed["access_keys"]:
            ages.setdefault(key["user_name"], []).append(key["age_days"])
        return ages

    def _ask(self, method: str) -> Any:
        request = urllib.request.Request(f"{self._url}/_testbed/calls", method=method)  # noqa: S310 - on loopback
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.loads(answer.read())

    def _document(self) -> dict[str, Any]:
        users = [{"name": f"user-{number:05}", "keys": [{"age_days": AGE_DAYS}]} for number in range(self.users)]
        users[0]["keys"] = [{"age_days": AGE_DAYS, "changed_days": 1}]
        return {"id": ACCOUNT, "users": users, "settings": self._settings}


@contextlib.contextmanager
def _account(users: int, custodian: str | None = None, **settings: Any) -> Iterator[Account]:
    with tempfile.TemporaryDirectory() as home, Account(Path(home), users, custodian, **settings).served() as account:
        yield account


def users(sizes: Sequence[int], rounds: int, custodian: str | None, *, write: bool) -> Iterator[Measured]:
    """Without a limit at every size, then under one."""
    costs: list[Cost] = []
    limits: list[Measured] = []
    for size in sizes:
        found: dict[str, Cost] = {}
        with _account(size, custodian) as account:
            for way in (FIRST_PAGE, SERIAL, *([CUSTODIAN] if custodian else []), THREADS, LIST, PLAY, FIRST, STEADY):
                found[way] = account.cost(way, 1 if way in (SERIAL, CUSTODIAN) else rounds)
                yield Measured(f"{size:,} users: {way}", found[way].seconds, "s")
        costs += found.values()
        for measured in _limits(size, found):
            limits.append(measured)
            yield measured
    with _account(THROTTLED_USERS, throttle={"rate": RATE, "burst": RATE}) as account:
        throttled = [account.cost(way, 1) for way in (SERIAL, LIST)]
    slower = throttled[1].seconds / throttled[0].seconds
    limits.append(Measured(f"{THROTTLED_USERS} users at {RATE} calls/s: list over serial", slower, "", most=1))
    yield limits[-1]
    if write:
        page.write(costs, throttled, limits, rounds)


def _limits(size: int, found: dict[str, Cost]) -> Iterator[Measured]:
    bare = found[THREADS].seconds
    large = size >= 1000
    yield Measured(
        f"{size:,} users: list over bare threads", found[LIST].seconds / bare, "", most=1.15 if large else None
    )
    yield Measured(
        f"{size:,} users: play over bare threads", found[PLAY].seconds / bare, "", most=2 if size == 1000 else None
    )
    yield Measured(f"{size:,} users: calls in the steady state", found[STEADY].calls, "", most=-(-size // 1000) + 3)
    yield Measured(f"{size:,} users: steady state", found[STEADY].seconds, "s", most=3 if large else None)
