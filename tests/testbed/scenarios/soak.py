# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
``python -m testbed.scenarios.soak``: many runs of the probe in a row, with random faults and some killed, against one
account. Ends with 0 only if nothing is left of them once the last sweep has run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._common.deadlines import BoundedCalls
from testbed.drivers.probes import add_policy, remaining, run_probe
from testbed.drivers.waiting import wait_until
from testbed.fakes.aws import AwsEndpoint, Fault

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from testbed.fakes.aws import Account, Credentials

# A fresh process for each run, as signals need one, without the second that imports take.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["testbed.fakes.aws", "testbed.drivers.probes"])

_LONGEST_RUN = 180


@dataclass
class Soak:
    """What happened, and what is left of it."""

    runs: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    left_by_runs: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    seconds: float = 0

    def __str__(self) -> str:
        faults = ", ".join(f"{count} {effect}" for effect, count in self.faults.most_common())
        return (
            f"{self.runs} runs in {self.seconds:.0f} s with {self.faults.total()} faults ({faults}); "
            f"{len(self.left_by_runs)} entities were left by runs and swept later; "
            f"left after the last sweep: {self.left or 'nothing'}"
        )


def soak(runs: int, seed: int) -> Soak:
    """The same faults are on order for the same seed; which calls they meet is a matter of timing as well."""
    chance = random.Random(seed)  # noqa: S311 - no secret is made of it
    done = Soak()
    started = time.monotonic()
    with AwsEndpoint() as aws:
        aws.faults.seed(seed)
        account = aws.account("111122223333")
        add_policy(account)
        for number in range(runs):
            faults = _order(aws, account, chance)
            code = _run(aws, account.admin_credentials, chance, done)
            if code not in (0, -signal.SIGKILL):
                done.crashes.append(f"run {number} of seed {seed} ended with {code}")
            for fault in faults:
                done.faults[fault.code if fault.effect == "error" else fault.effect] += fault.hits
            done.left_by_runs.update(remaining(account))
            done.runs += 1
        aws.faults.clear()
        _delay(account, 0, 0)
        run_probe(aws.url, account.admin_credentials, sweep_after=0, consistency_timeout=10)
        done.left = remaining(account)
    done.seconds = time.monotonic() - started
    return done


def _order(aws: AwsEndpoint, account: Account, chance: random.Random) -> list[Fault]:
    """The faults of one run: of each kind a few, and none in some runs."""
    _delay(account, chance.choice([0, 0, 0.1, 0.3]), chance.choice([0, 0, 0.1, 0.3]))
    severity = chance.choice([0, 0.5, 1, 2])
    faults = [
        Fault("error", code="ServiceFailure", probability=0.02 * severity),
        Fault("error", code="ServiceFailure", probability=0.02 * severity, executed=True),
        Fault("error", code="Throttling", probability=0.04 * severity),
        Fault("error", code="ConcurrentModification", probability=0.03 * severity),
        Fault("error", code="EntityTemporarilyUnmodifiable", probability=0.02 * severity, executed=True),
        Fault("error", code="AccessDenied", probability=0.005 * severity),
        Fault("drop", probability=0.02 * severity),
        Fault("drop", probability=0.02 * severity, executed=True),
        Fault("hang", probability=0.01 * severity),
        Fault("hang", probability=0.01 * severity, executed=True),
        Fault("delay", probability=0.05 * severity, seconds=0.1),
        Fault("trickle", probability=0.005 * severity, seconds=0.01),
    ]
    chance.shuffle(faults)
    aws.faults.clear()
    for fault in faults:
        aws.faults.add(fault)
    return faults


def _delay(account: Account, made: float, removed: float) -> None:
    account.consistency.delay.default = made
    account.consistency.removal_delay.default = removed


def _run(aws: AwsEndpoint, credentials: Credentials, chance: random.Random, done: Soak) -> int | None:
    end = chance.choices([None, signal.SIGKILL, signal.SIGTERM], [80, 12, 8])[0]
    calls = chance.randint(3, 14)
    aws.forget_calls()
    process = _PROCESSES.Process(target=_probe, args=(aws.url, credentials))
    process.start()
    if end is not None:
        wait_until(lambda: len(aws.calls()) >= calls or not process.is_alive(), timeout=_LONGEST_RUN)
        done.faults[end.name] += _send(process, end)
    process.join(_LONGEST_RUN)
    return process.exitcode


def _send(process: ForkServerProcess, number: signal.Signals) -> bool:
    """Whether there was still something to end."""
    alive = process.is_alive()
    (process.kill if number is signal.SIGKILL else process.terminate)()
    return alive


def _probe(url: str, credentials: Credentials) -> None:
    calls = BoundedCalls()
    calls.stop_on_signals()
    run_probe(url, credentials, calls, step_timeout=0.5, consistency_timeout=0.5, sweep_after=2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    arguments = parser.parse_args()
    done = soak(arguments.runs, arguments.seed)
    print(f"seed {arguments.seed}: {done}")
    print("\n".join(done.crashes))
    return int(bool(done.left or done.crashes))


if __name__ == "__main__":
    sys.exit(main())
