# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Calls that end by a deadline or a signal, whatever they wait for.

Time-outs of HTTP clients are per read, so an endpoint that trickles bytes outlasts them, and a name server that does
not answer knows none at all. Each call therefore runs in a thread of its own, and one that is late is waited for no
longer: the thread is a daemon and ends with the process.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
import typing as t

from .errors import KeywardError
from .signals import handle_signals

GRACE_SECONDS = 1.0
"""A call under way when a signal comes may end within this time, so that its outcome is known."""


class TimedOutError(KeywardError):
    """The call did not end in time. What it asked for may have happened, or may still happen."""


class StoppedError(KeywardError):
    """A signal came, and the call did not end within its grace. What it asked for may have happened."""


T = t.TypeVar("T")


class BoundedCalls:
    """Runs one call at a time. Only ``stop`` may be called from elsewhere: another thread, or a signal handler."""

    def __init__(self) -> None:
        # A SimpleQueue's put may interrupt its get in the same thread, as a signal handler does; no lock allows that.
        self._news: queue.SimpleQueue[_Call[t.Any] | None] = queue.SimpleQueue()
        self._honours_stop = True
        self.stop_reason: str | None = None

    def stop(self, reason: str) -> None:
        self.stop_reason = reason
        self._news.put(None)

    def stop_on_signals(self) -> None:
        """From here on a signal no longer ends the process."""
        handle_signals(lambda number, _frame: self.stop(signal.Signals(number).name))

    def ignore_stop(self) -> None:
        """What runs from here on is the answer to a signal, and is not cut short by it, nor by another one."""
        self._honours_stop = False

    def run(self, function: t.Callable[[], T], seconds: float | None, grace: float = GRACE_SECONDS) -> T:
        """Returns or raises what the function does, or raises TimedOutError or StoppedError."""
        deadline = None if seconds is None else time.monotonic() + seconds
        late: Exception = TimedOutError()
        call = _Call(function, self._news)
        threading.Thread(target=call, daemon=True).start()
        while True:
            try:
                news = self._news.get(timeout=None if deadline is None else max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise late from None
            if news is call:
                return call.outcome()
            if news is None and self._honours_stop:
                given = time.monotonic() + grace
                deadline = given if deadline is None else min(deadline, given)
                late = StoppedError()

    def pause(self, seconds: float) -> None:
        """Sleeps, but not through a signal."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                news = self._news.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return
            if news is None and self._honours_stop:
                return


class _Call(t.Generic[T]):
    """A function that runs in another thread, tells when it has ended, and keeps what came of it."""

    def __init__(self, function: t.Callable[[], T], news: queue.SimpleQueue[_Call[t.Any] | None]) -> None:
        self._function = function
        self._news = news
        self._result: T | None = None
        self._error: BaseException | None = None

    def __call__(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: BLE001 - it is raised where the outcome is asked for
            self._error = error
        self._news.put(self)

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return t.cast("T", self._result)
