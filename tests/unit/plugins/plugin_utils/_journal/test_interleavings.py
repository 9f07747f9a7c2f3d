# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The journal under any interleaving of writes, kills, deliveries and steps of the clock."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

if TYPE_CHECKING:
    from collections.abc import Callable

_SYSTEM_CALLS = ("open", "fdopen", "fstat", "fchmod", "fsync", "rename", "unlink")
_KILLED = 9


def _killed_at(call: int, work: Callable[[], None]) -> bool:
    """Do it in a process of its own, which ends before its system call of that number. Return whether it did so."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == _KILLED
    left = call

    def counted(function: Any) -> Any:
        def call_it(*arguments: Any, **keywords: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(_KILLED)
            return function(*arguments, **keywords)

        return call_it

    try:
        for name in _SYSTEM_CALLS:
            setattr(os, name, counted(getattr(os, name)))
        work()
        os._exit(0)
    finally:
        os._exit(1)


class JournalMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="keyward-journal-"))
        self.clock_ns = time.time_ns()
        self.written = 0
        self.waiting: set[str] = set()
        self.maybe: set[str] = set()
        """Of writers that were killed: on disk, or never seen."""
        self.arrived: list[str] = []
        self.maybe_again: set[str] = set()
        """Delivered by a run that was killed before it could say so."""

    def teardown(self) -> None:
        shutil.rmtree(self.directory)

    def _journal(self) -> Journal:
        """As each run has one of its own, by its own clock."""
        journal = Journal(self.directory / "wavefront", 1 << 30)
        stem = journal.new_stem
        journal.new_stem = lambda moment_ns=None: stem(moment_ns or self.clock_ns)  # type: ignore[method-assign]
        self.clock_ns += 1
        return journal

    def _points(self, count: int) -> list[Point]:
        names = [f"user-{self.written + number}" for number in range(count)]
        self.written += count
        return [Point("aws.iam.accessKey", 1, 1_800_000_000, {"name": name}) for name in names]

    @rule(seconds=st.integers(-100_000, 100_000))
    def step_the_clock(self, seconds: int) -> None:
        self.clock_ns = max(1, self.clock_ns + seconds * 10**9)

    @rule(count=st.integers(1, 3))
    def write(self, count: int) -> None:
        points = self._points(count)
        self._journal().write(points)
        self.waiting |= {point.tags["name"] for point in points}

    @rule(count=st.integers(1, 3), call=st.integers(0, 14))
    def write_and_be_killed(self, count: int, call: int) -> None:
        points, journal = self._points(count), self._journal()
        names = {point.tags["name"] for point in points}
        killed = _killed_at(call, lambda: journal.write(points))
        (self.maybe if killed else self.waiting).update(names)

    @rule(most=st.integers(1, 3))
    def deliver(self, most: int) -> None:
        journal = self._journal()
        with journal.lock(1):
            for entry in journal.entries()[:most]:
                self._arrive(journal, entry)
                journal.remove([entry])

    @rule(call=st.integers(0, 3))
    def deliver_and_be_killed(self, call: int) -> None:
        journal = self._journal()
        for entry in journal.entries()[:1]:
            names = self._arrive(journal, entry)
            if _killed_at(call, lambda: journal.remove([entry])):  # noqa: B023 - called at once
                self.maybe_again |= names

    @rule()
    def leave_a_part(self) -> None:
        """A receiver takes some points of a file only."""
        journal = self._journal()
        for entry in journal.entries()[:1]:
            taken, *left = journal.read(entry)
            name = taken.tags["name"]
            self._take([name])
            if left:
                journal.rewrite(entry, left)
            else:
                journal.remove([entry])

    def _arrive(self, journal: Journal, entry: Any) -> set[str]:
        names = [point.tags["name"] for point in journal.read(entry)]
        self._take(names)
        return set(names)

    def _take(self, names: list[str]) -> None:
        again = set(names) & set(self.arrived)
        assert again <= self.maybe_again, "what arrived came again"
        assert set(names) <= self.waiting | self.maybe | self.maybe_again
        self.arrived += names
        self.maybe_again -= set(names)
        self.waiting -= set(names)
        self.maybe -= set(names)

    @invariant()
    def nothing_is_lost_and_nothing_is_made_up(self) -> None:
        journal = self._journal()
        there = {point.tags["name"] for entry in journal.entries() for point in journal.read(entry)}
        assert self.waiting <= there
        assert there <= self.waiting | self.maybe | self.maybe_again
        assert journal.waiting() >= len(self.waiting)


@pytest.mark.once
def test_nothing_is_lost_and_nothing_comes_twice() -> None:
    run_state_machine_as_test(
        JournalMachine, settings=settings(max_examples=40, stateful_step_count=25, derandomize=True, deadline=None)
    )
