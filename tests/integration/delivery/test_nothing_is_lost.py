# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Nothing is lost and nothing is invented: faults, kills, crowds and full disks."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point
from testbed.drivers.stand_in import POINTS_PER_PROFILE, collect, deliver, play
from testbed.drivers.waiting import wait_until
from testbed.fakes.wavefront import slow_head, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
    from testbed.drivers.runs import Ansible
    from testbed.fakes.wavefront import WavefrontReceiver

    Outage = Callable[[], AbstractContextManager[None]]

FOREIGN = {"ansible.builtin.debug": {"msg": "none of ours"}}
OWN_METRICS = 4


def key_names(receiver: WavefrontReceiver) -> set[str]:
    return {point.tags["name"] for point in receiver.points_of("aws.iam.accessKey")}


def delivered(output: str) -> int:
    match = re.search(r"wavefront: (\d+) points? delivered", output)
    assert match, output
    return int(match[1])


@pytest.mark.once
def test_a_hundred_thousand_points_through_faults_drawn_at_random(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    seed = random.randrange(10**6)  # noqa: S311
    print(f"seed {seed}")
    now = int(time.time()) - 600
    for batch in range(9):
        journal.write([Point("aws.iam.accessKey", n, now, {"name": f"left-{batch}-{n}"}, "AWS") for n in range(10_000)])
    wavefront.mix(seed=seed, share=0.5)
    quick.set(WAVEFRONT_DEADLINE="100")

    run = quick.playbook([play(collect(keys=10_000 - POINTS_PER_PROFILE, prefix="new"), deliver())])

    assert run.code == 0, run.output
    assert delivered(run.output) == 100_000
    assert "0 invalid, 0 in the journal" in run
    expected = {f"left-{batch}-{n}" for batch in range(9) for n in range(10_000)}
    expected |= {f"new-{n}" for n in range(10_000 - POINTS_PER_PROFILE)}
    assert key_names(wavefront) == expected
    assert wavefront.rejected == []
    own = sum(count for metric, count in wavefront.metrics.items() if "delivery" in metric)
    assert wavefront.unique == 100_000 + own


@pytest.mark.once
def test_what_is_refused_at_random_is_delivered_by_later_runs_or_brought_back(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    seed = random.randrange(10**6)  # noqa: S311
    print(f"seed {seed}")
    quick.set(WAVEFRONT_BATCH_SIZE="1000")
    refusals = tuple(map(status, (400, 401, 403, 404, 405, 413)))
    wavefront.mix(seed=seed, share=0.2, faults=refusals)
    codes = [quick.playbook([play(collect(keys=8_000), deliver())]).code]
    while journal.waiting() and len(codes) < 50:
        codes.append(quick.playbook([play(FOREIGN, deliver())]).code)
    wavefront.calm()
    restored = quick.playbook("keyward.iam.journal", keyward_journal="restore")

    assert set(codes) <= {0, 2}
    assert restored.code == 0, restored.output
    assert journal.waiting() == 0
    assert key_names(wavefront) == {f"user-{key}" for key in range(8_000)}
    assert all(wavefront.arrivals(point) == 1 for point in wavefront.points_of("aws.iam.accessKey"))


@dataclass
class KilledRun:
    name: str
    output: str
    seconds: float
    """From its first task to its end."""

    @property
    def processed(self) -> set[str]:
        """The keys of the tasks after which another one began, or the recap."""
        begun = self.output.count(f"TASK [{self.name}-") + self.output.count("PLAY RECAP")
        return {f"{self.name}-{task}-{key}" for task in range(begun - 1) for key in range(KEYS)}


TASKS, KEYS, KILLS = 12, 3, 50


def run_and_kill(ansible: Ansible, name: str, seconds: float) -> KilledRun:
    """Start a run and kill it with all of its processes so long after its first task began, unless it ended before."""
    book, log = ansible.home / f"{name}.yml", ansible.home / f"{name}.log"
    book.write_text(
        json.dumps([play(*(collect(f"{name}-{task}", prefix=f"{name}-{task}", keys=KEYS) for task in range(TASKS)))])
    )
    environment = ansible.environment | {"PYTHONUNBUFFERED": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["ansible-playbook", str(book)], env=environment, cwd=ansible.home, stdout=output, stderr=output
        )
        while process.poll() is None and "TASK [" not in log.read_text():
            time.sleep(0.01)
        started = time.monotonic()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_tree(process.pid)
            process.wait()
    return KilledRun(name, log.read_text(), time.monotonic() - started)


def kill_tree(pid: int) -> None:
    """The parent first, so that none of its code runs after its children's end."""
    try:
        orphans = children(pid)
        os.kill(pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        return
    for orphan in orphans:
        kill_tree(orphan)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@pytest.mark.once
def test_fifty_kills_lose_no_result_that_was_processed(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    whole = run_and_kill(quick, "whole", 60)
    assert len(whole.processed) == TASKS * KEYS

    # A kill before the first task would show nothing.
    moments = [random.uniform(0, 1.2) * whole.seconds for _unused in range(KILLS)]  # noqa: S311
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda number: run_and_kill(quick, f"run{number}", moments[number]), range(KILLS)))
    clean = quick.playbook([play(FOREIGN, deliver())])

    assert clean.code == 0, clean.output
    assert journal.entries() == []
    processed = set().union(whole.processed, *(run.processed for run in runs))
    arrived = key_names(wavefront)
    assert processed - arrived == set()
    possible = {f"run{run}-{task}-{key}" for run in range(KILLS) for task in range(TASKS) for key in range(KEYS)}
    assert arrived - possible == whole.processed
    cut_short = [run for run in runs if 0 < len(run.processed) < TASKS * KEYS]
    assert len(cut_short) >= KILLS / 5, f"only {len(cut_short)} kills hit a run between its first result and its end"


def test_eight_runs_at_once_share_a_journal(quick: Ansible, wavefront: WavefrontReceiver, journal: Journal) -> None:
    quick.set(WAVEFRONT_BATCH_SIZE="400")
    runs, tasks, keys = 8, 3, 300

    def go(number: int) -> tuple[int, str]:
        home = quick.home / f"home{number}"
        home.mkdir()
        own = replace(
            quick, home=home, variables=quick.variables | {"KEYWARD_JOURNAL_DIR": str(journal.directory.parent)}
        )
        collects = [
            collect(prefix=f"run{number}-{task}", profile=f"p{number}-{task}", keys=keys) for task in range(tasks)
        ]
        run = own.playbook([play(*collects, deliver())])
        return run.code, run.output

    with ThreadPoolExecutor(runs) as pool:
        outcomes = list(pool.map(go, range(runs)))

    assert [code for code, _output in outcomes] == [0] * runs, "\n".join(output for _code, output in outcomes)
    points = runs * tasks * (keys + POINTS_PER_PROFILE)
    assert sum(delivered(output) for _code, output in outcomes) == points
    assert key_names(wavefront) == {f"run{r}-{t}-{k}" for r in range(runs) for t in range(tasks) for k in range(keys)}
    assert all(wavefront.arrivals(point) == 1 for point in wavefront.points_of("aws.iam.accessKey"))
    assert journal.entries() == []


@pytest.mark.once
def test_nothing_of_a_run_that_was_killed_while_it_sent_holds_the_next_one_up(
    quick: Ansible, wavefront: WavefrontReceiver, journal: Journal
) -> None:
    quick.set(WAVEFRONT_TIMEOUT="3")
    journal.write([Point("aws.iam.accessKey", 1, int(time.time()), {"name": "left"}, "AWS")])
    wavefront.always(slow_head(60))
    book = quick.home / "book.yml"
    book.write_text(json.dumps([play(FOREIGN)]))
    with subprocess.Popen(["ansible-playbook", str(book)], env=quick.environment, stdout=subprocess.DEVNULL) as process:
        wavefront.wait_for(lambda receiver: len(receiver.requests) == 1, timeout=60)
        [sender] = children(process.pid)
        process.kill()
    with journal.lock(0):
        assert journal.waiting() == 1
    # The process that posts outlives neither the run nor its request.
    wait_until(lambda: not Path(f"/proc/{sender}").exists(), 15)


def test_a_token_that_is_rotated_in_the_middle_of_a_run(
    quick: Ansible, wavefront: WavefrontReceiver, tmp_path: Path
) -> None:
    token_file, rotated = tmp_path / "token", tmp_path / "rotated"
    token_file.write_text(wavefront.token or "")
    del quick.variables["WAVEFRONT_API_TOKEN"]
    quick.set(WAVEFRONT_API_TOKEN_FILE=str(token_file))
    plays = [
        play(collect(prefix="before", keys=2)),
        play(
            {"ansible.builtin.wait_for": {"path": str(rotated), "timeout": 60, "sleep": 1}},
            collect(prefix="after", keys=2),
        ),
    ]
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(quick.playbook, plays)
        wavefront.wait_for(lambda receiver: receiver.accepted > 0, timeout=60)
        wavefront.token = "the-next-token"
        token_file.write_text("the-next-token")
        rotated.touch()
        run = future.result()
    assert run.code == 0, run.output
    assert "20 points delivered in 2 requests, 0 invalid, 0 in the journal" in run
    assert key_names(wavefront) == {"before-0", "before-1", "after-0", "after-1"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs with hardly any room, where the machine allows one."""
    directory = tmp_path / "small"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(directory)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("the machine does not allow a mount; the limit of a file's size is tested instead")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


def test_on_a_full_disk_points_are_sent_without_the_journal(
    quick: Ansible, wavefront: WavefrontReceiver, small_disk: Path
) -> None:
    quick.set(KEYWARD_JOURNAL_DIR=str(small_disk / "journal"))
    run = quick.playbook([play(collect(keys=500), deliver())])
    assert run.code == 0, run.output
    assert "No space left on device" in run
    assert "508 points delivered in 1 request, 0 invalid, 0 in the journal" in run
    assert len(key_names(wavefront)) == 500


def test_with_a_directory_that_is_read_only_new_points_are_sent_and_old_ones_stay(
    quick: Ansible, wavefront: WavefrontReceiver, outage: Outage, small_disk: Path
) -> None:
    quick.set(KEYWARD_JOURNAL_DIR=str(small_disk / "journal"))
    with outage():
        quick.playbook([play(collect(prefix="old", keys=2))])
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    run = quick.playbook([play(collect(prefix="new", keys=2), deliver())])
    assert run.code == 2
    assert "10 points could not be delivered" in run
    assert f"{small_disk}/journal/wavefront cannot be written" in run
    assert "wavefront: 10 points delivered in 1 request, 0 invalid, 10 in the journal" in run
    assert key_names(wavefront) == {"new-0", "new-1"}


def test_where_a_file_cannot_grow_points_are_sent_and_what_is_lost_is_said(
    quick: Ansible, wavefront: WavefrontReceiver, outage: Outage, journal: Journal
) -> None:
    """RLIMIT_FSIZE stands for a disk that is full, where no mount is allowed."""
    book = quick.home / "book.yml"
    book.write_text(json.dumps([play(collect(keys=2, prefix="few"), collect(keys=500), deliver())]))
    limited = ["bash", "-c", 'ulimit -f 16; exec ansible-playbook "$0"', str(book)]
    sent = quick.command(*limited)
    assert sent.code == 0, sent.output
    assert "File too large" in sent
    assert "518 points delivered in 2 requests, 0 invalid, 0 in the journal" in sent
    assert len(key_names(wavefront)) == 502

    with outage():
        lost = quick.command(*limited)
    assert lost.code == 2
    assert "518 points could not be delivered" in lost
    assert "508 points could neither be delivered nor be put into the journal, and are lost" in lost
    assert "508 dropped" in lost
    assert journal.waiting() == 10


def test_a_volatile_journal_is_said_once(quick: Ansible, tmp_path: Path) -> None:
    quick.set(KEYWARD_JOURNAL_DIR="/dev/shm/keyward-test-" + tmp_path.name)  # noqa: S108
    try:
        run = quick.playbook([play(collect(), collect("again")), play(collect("and again"))])
        assert run.count("lives in memory") == 1
    finally:
        subprocess.run(["rm", "-r", quick.variables["KEYWARD_JOURNAL_DIR"]], check=True)
