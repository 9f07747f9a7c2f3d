# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The delivery's numbers: speed of the encoder, memory, requests, and what it costs tasks that are none of ours."""

from __future__ import annotations

import contextlib
import json
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from ansible_collections.keyward.iam.plugins.plugin_utils._wavefront.lines import LineEncoder
from bench.measure import Benchmark, Measured, run
from testbed.drivers import stand_in
from testbed.drivers.runs import Ansible
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 10_000
FOREIGN = {"ansible.builtin.debug": {"msg": "none of ours"}}
PAIRS = 7


def points(count: int, start: int = 0) -> list[Point]:
    """As they come from an account: two keys a user, two metrics a key."""
    now = int(time.time()) - 60
    return [
        Point(
            "aws.iam.accessKey" if number % 2 else "aws.iam.accessKey.lastUsed",
            number % 400,
            now,
            {
                "name": f"user-{number // 4:07}",
                "key": f"{number // 2:05X}"[-5:],
                "status": "Active",
                "profile": "production",
                "region": "us-east-1",
                "account": "111122223333",
            },
            "AWS",
        )
        for number in range(start, start + count)
    ]


def encode() -> Iterator[Measured]:
    """On one core; the best of some rounds, since whatever else the machine does can only slow one down."""
    rounds = [points(100_000, start) for start in range(0, 500_000, 100_000)]
    speeds = []
    for some in rounds:
        encode_one = LineEncoder().encode
        started = time.process_time()
        for point in some:
            encode_one(point)
        speeds.append(len(some) / (time.process_time() - started))
    yield Measured("points encoded and validated", max(speeds), "a second", least=100_000)


def memory() -> Iterator[Measured]:
    """A run that finds a million points of earlier runs, beside one that finds none."""
    with _run_of_ansible(WAVEFRONT_DEADLINE="600") as (ansible, receiver):
        book = _write(ansible, [stand_in.play(FOREIGN)])
        idle = run(ansible, "ansible-playbook", book)
        journal = Journal(ansible.home / ".local" / "state" / "keyward" / "journal" / "wavefront", 1 << 40)
        for batch in range(100):
            journal.write(points(BATCH, batch * BATCH))
        busy = run(ansible, "ansible-playbook", book)
        arrived = receiver.metrics["aws.iam.accessKey"] + receiver.metrics["aws.iam.accessKey.lastUsed"]
        assert arrived == 100 * BATCH, f"{arrived} points arrived:\n{busy.output}"
    yield Measured(
        "a million points in 100 files: memory over idle", (busy.peak_bytes - idle.peak_bytes) / 1e6, "MB", most=150
    )
    yield Measured("a million points in 100 files: delivered in", busy.seconds - idle.seconds, "s")
    yield Measured("requests for 10,000 waiting points", _requests(busy.output) / 100, "", most=1)


def requests() -> Iterator[Measured]:
    """A run that collects as much as fits with the run's own metrics."""
    with _run_of_ansible() as (ansible, receiver):
        keys = BATCH - stand_in.POINTS_PER_PROFILE - 4
        book = _write(ansible, [stand_in.play(stand_in.collect(keys=keys), stand_in.deliver())])
        run(ansible, "ansible-playbook", book)
        yield Measured("requests for 10,000 collected points", len(receiver.requests), "", most=1)


def overhead() -> Iterator[Measured]:
    """300 tasks of another module, with and without the callback, in turns."""
    with _run_of_ansible() as (ansible, _receiver):
        book = _write(ansible, [stand_in.play(*[FOREIGN] * 300)])
        without = Ansible(ansible.home, ansible.variables | {"ANSIBLE_CALLBACKS_ENABLED": ""})
        del without.variables["ANSIBLE_CALLBACKS_ENABLED"]
        ratios = []
        for pair in range(PAIRS + 1):
            first, second = (ansible, without) if pair % 2 else (without, ansible)
            seconds = {id(chosen): run(chosen, "ansible-playbook", book).seconds for chosen in (first, second)}
            if pair:
                ratios.append(seconds[id(ansible)] / seconds[id(without)])
    yield Measured("300 foreign tasks: time with the callback over without", statistics.median(ratios), "", most=1.02)


@contextlib.contextmanager
def _run_of_ansible(**variables: str) -> Iterator[tuple[Ansible, WavefrontReceiver]]:
    with tempfile.TemporaryDirectory() as directory, WavefrontReceiver(token="bench-token", keep=False) as receiver:
        ansible = Ansible(Path(directory))
        ansible.set(
            ANSIBLE_COLLECTIONS_PATH=str(stand_in.collections_path(Path(directory) / "collections")),
            ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
            WAVEFRONT_URL=receiver.url,
            WAVEFRONT_API_TOKEN="bench-token",
            **variables,
        )
        yield ansible, receiver


def _write(ansible: Ansible, plays: list[dict[str, object]]) -> str:
    book = ansible.home / "book.yml"
    book.write_text(json.dumps(plays), encoding="utf-8")
    return str(book)


def _requests(output: str) -> int:
    match = re.search(r"delivered in (\d+) request", output)
    assert match, output
    return int(match[1])


BENCHMARKS: dict[str, Benchmark] = {
    "encode": encode,
    "memory": memory,
    "requests": requests,
    "overhead": overhead,
}
