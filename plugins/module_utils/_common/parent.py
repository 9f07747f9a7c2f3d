# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Ends a module after its parent has gone, as after Ctrl-C or when a connection broke: its result would not be read."""

from __future__ import annotations

import os
import select
import sys
import threading
import typing as t

from .signals import handle_signals

_SECONDS = 0.5


def end_with_parent(before_end: t.Callable[[], None]) -> None:
    """
    From here on the process ends within a second of its parent, or at a signal.

    C(before_end) ends what it started; it runs in a signal handler and must not wait.
    """

    def end(code: int) -> None:
        try:
            before_end()
        finally:
            os._exit(code)

    handle_signals(lambda number, _frame: end(128 + number))
    threading.Thread(target=_watch, args=(os.getppid(), end), daemon=True).start()


def _watch(parent: int, end: t.Callable[[int], None]) -> None:
    poll = select.poll()
    # The reader of a pipe or socket that is closed shows as an error; there is none for a file or a terminal.
    poll.register(sys.__stdout__.fileno() if sys.__stdout__ else 1, 0)
    while True:
        events = poll.poll(_SECONDS * 1000)
        if os.getppid() != parent or any(event & (select.POLLERR | select.POLLHUP) for _fd, event in events):
            end(1)
        if events:
            # What is neither gone nor quiet would be polled without a pause.
            threading.Event().wait(_SECONDS)
