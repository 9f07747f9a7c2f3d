# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.deadlines import (
    BoundedCalls,
    StoppedError,
    TimedOutError,
)


@pytest.fixture
def calls() -> BoundedCalls:
    return BoundedCalls()


@pytest.fixture
def gate() -> threading.Event:
    """Closed until it is set."""
    return threading.Event()


def test_a_call_returns_what_its_function_returns(calls: BoundedCalls) -> None:
    assert calls.run(lambda: 42, 5) == 42


def test_a_call_raises_what_its_function_raises(calls: BoundedCalls) -> None:
    with pytest.raises(ZeroDivisionError):
        calls.run(lambda: 1 // 0, 5)


def test_a_late_call_is_not_waited_for(calls: BoundedCalls, gate: threading.Event) -> None:
    started = time.monotonic()
    with pytest.raises(TimedOutError):
        calls.run(gate.wait, 0.1)
    assert time.monotonic() - started < 20
    gate.set()


def test_the_outcome_of_a_late_call_is_nobody_elses(calls: BoundedCalls, gate: threading.Event) -> None:
    with pytest.raises(TimedOutError):
        calls.run(lambda: gate.wait() and "late", 0.05)
    gate.set()
    assert [calls.run(partial(int, number), 5) for number in range(100)] == list(range(100))


def test_a_stop_gives_a_call_its_grace(calls: BoundedCalls, gate: threading.Event) -> None:
    calls.stop("SIGTERM")
    assert calls.run(lambda: 42, 60, grace=5) == 42
    assert calls.stop_reason == "SIGTERM"
    calls.stop("SIGTERM")
    with pytest.raises(StoppedError):
        calls.run(gate.wait, 60, grace=0.05)
    gate.set()


def test_a_stop_does_not_make_a_deadline_later(calls: BoundedCalls, gate: threading.Event) -> None:
    calls.stop("SIGTERM")
    started = time.monotonic()
    with pytest.raises(StoppedError):
        calls.run(gate.wait, 0.1, grace=60)
    assert time.monotonic() - started < 20
    gate.set()


def test_a_stop_ends_a_pause(calls: BoundedCalls) -> None:
    threading.Timer(0.05, calls.stop, ["SIGTERM"]).start()
    started = time.monotonic()
    calls.pause(60)
    assert time.monotonic() - started < 10


def test_nothing_is_cut_short_by_a_stop_that_is_ignored(calls: BoundedCalls) -> None:
    calls.stop("SIGTERM")
    calls.ignore_stop()
    started = time.monotonic()
    calls.pause(0.2)
    assert time.monotonic() - started >= 0.2
    calls.stop("SIGTERM")
    calls.run(lambda: time.sleep(0.2), 60, grace=0)


def test_a_pause_is_as_long_as_it_should_be_whatever_else_ends(calls: BoundedCalls, gate: threading.Event) -> None:
    with pytest.raises(TimedOutError):
        calls.run(gate.wait, 0.05)
    threading.Timer(0.05, gate.set).start()
    started = time.monotonic()
    calls.pause(0.3)
    assert time.monotonic() - started >= 0.3
