# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Counts the requests that botocore sends, and times them."""

from __future__ import annotations

import datetime as dt
import email.utils
import threading
import time
import typing as t

from .errors import THROTTLING_CODES


class CallCounter:
    """Requests that were sent, every retry included, and how many of them were throttled."""

    def __init__(self) -> None:
        self.calls = 0
        self.throttled = 0
        self._lock = threading.Lock()

    def register(self, events: t.Any) -> None:
        """Start counting what is sent by everything that shares this botocore event emitter."""
        events.register("response-received", self._on_response)

    def _on_response(self, parsed_response: dict[str, t.Any] | None = None, **_kwargs: t.Any) -> None:
        code = (parsed_response or {}).get("Error", {}).get("Code")
        with self._lock:
            self.calls += 1
            self.throttled += code in THROTTLING_CODES


class AwsClock:
    """
    AWS's own time, as its responses tell it: C(latest) is never ahead of it, in UTC, or None before the first response.
    """

    def __init__(self) -> None:
        self.latest: dt.datetime | None = None

    def register(self, events: t.Any) -> None:
        """Read the time of everything that shares this botocore event emitter."""
        events.register("response-received", self._on_response)

    def _on_response(self, parsed_response: dict[str, t.Any] | None = None, **_kwargs: t.Any) -> None:
        headers = (parsed_response or {}).get("ResponseMetadata", {}).get("HTTPHeaders", {})
        try:
            date = email.utils.parsedate_to_datetime(headers["date"])
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            return
        date = date if date.tzinfo else date.replace(tzinfo=dt.timezone.utc)
        self.latest = max(date, self.latest or date)


class RequestTimer(threading.local):
    """
    Measures a call from the first byte of the request to the last byte of the response.

    Signing and looking up credentials are this host's work, and are left out.
    Each thread has a measurement of its own, so that a call that was given up does not disturb another.
    """

    _sent: float | None = None
    _answered: float | None = None

    def register(self, events: t.Any) -> None:
        """Measure what is sent by everything that shares this botocore event emitter."""
        events.register_last("before-send", self._on_send)
        # Only the newer versions of botocore have an event before they parse the answer.
        events.register_first("before-parse", self._on_answer)
        events.register_first("response-received", self._on_answer)

    def start(self) -> None:
        """Forget what this thread measured."""
        self._sent = self._answered = None

    @property
    def milliseconds(self) -> float | None:
        """What the thread's last call took, or None where it was never sent. One without an answer ends here."""
        if self._sent is None:
            return None
        return ((self._answered or time.perf_counter()) - self._sent) * 1000

    def _on_send(self, **_kwargs: t.Any) -> None:
        self._sent, self._answered = time.perf_counter(), None

    def _on_answer(self, **_kwargs: t.Any) -> None:
        self._answered = self._answered or time.perf_counter()
