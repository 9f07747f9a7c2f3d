# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Threads that end with the process, whatever they wait for.

The threads of concurrent.futures are waited for when the process ends: one that hangs would keep it.
"""

from __future__ import annotations

import collections
import threading
import typing as t

from .deadlines import TimedOutError

T = t.TypeVar("T")


class Background(t.Generic[T]):
    """A function that runs in a thread of its own from now on."""

    def __init__(self, function: t.Callable[[], T]) -> None:
        self._function = function
        self._done = threading.Event()
        self._result: T | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._error = error
        self._done.set()

    def result(self, seconds: float) -> T:
        """Wait for what the function returns or raises. Raises TimedOutError where that takes longer."""
        if not self._done.wait(max(0.0, seconds)):
            raise TimedOutError
        if self._error is not None:
            raise self._error
        return t.cast("T", self._result)


class WorkerPool:
    """Runs tasks in so many threads at once. Tasks may add tasks."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._tasks: collections.deque[t.Callable[[], None]] = collections.deque()
        self._changed = threading.Condition()
        self._threads = 0
        self._error: BaseException | None = None

    def submit(self, task: t.Callable[[], None]) -> None:
        with self._changed:
            self._tasks.append(task)
            if self._threads < self._size:
                threading.Thread(target=self._work, daemon=True).start()
                self._threads += 1

    def wait(self) -> None:
        """Wait until every task has ended. Raises what one of them raised."""
        with self._changed:
            while self._threads:
                self._changed.wait()
            if self._error is not None:
                raise self._error

    def cancel(self) -> None:
        """Start no more of the tasks."""
        with self._changed:
            self._tasks.clear()

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._tasks:
                    self._threads -= 1
                    self._changed.notify_all()
                    return
                task = self._tasks.popleft()
            try:
                task()
            except BaseException as error:  # noqa: BLE001 - it is raised where the end is waited for
                self._error = self._error or error
