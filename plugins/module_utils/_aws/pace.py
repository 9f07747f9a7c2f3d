# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The pace at which a client sends its requests: without a limit until AWS throttles, then what AWS was seen to admit.

Botocore's adaptive mode begins again from nearly nothing with the first throttled request.
"""

from __future__ import annotations

import threading
import time
import typing as t
from collections import deque

from .._common.backoff import jittered
from .errors import THROTTLING_CODES

_FIRST_RATE = 10.0
"""Requests a second, after AWS throttled for the first time. What was admitted until then was its burst."""

_WINDOW_SECONDS = 1.0
"""What was admitted in it is the rate that AWS admits, since nothing is left of its burst once it has throttled."""

_EXCESS = 1.05
"""Sending a little more than was admitted is how a higher rate is seen."""

_LEAST_RATE = 1.0
_LEAST_SHARE = 0.5
_CALM_SECONDS = 0.5
_FAST_GROWTH = 1.5
_GROWTH = 1.1
"""By which the rate is multiplied after each time without throttling, the fast one until a limit is found."""

_MOST_UNUSED = 2
"""The rate grows to this multiple of what was admitted at most."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
"""Before a throttled request is sent again, beside the wait for its turn. It doubles with each attempt."""

MOST_ATTEMPTS = 60
"""Of a request that is throttled, which is more than a minute."""


class Pace:
    """Of one client, for all its threads. C(pause) waits for so many seconds, and may raise to end what waits."""

    def __init__(self, pause: t.Callable[[float], None], clock: t.Callable[[], float] = time.monotonic) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._admitted: deque[float] = deque()
        self._rate: float | None = None
        self._next_slot = 0.0
        self._growth = _FAST_GROWTH
        self._changed = 0.0
        self._calm_since = 0.0

    def register(self, client: t.Any) -> None:
        """Pace what a client sends, its retries too."""
        client.meta.events.register("before-send", self._before_send)
        # The first answer counts, and the more of an event a handler names, the earlier it is asked. Botocore's own
        # backoff, which names the service, leaves a thread asleep for many seconds after all others have ended.
        service = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register_first(f"needs-retry.{service}", self._on_response)

    def _before_send(self, **_kwargs: t.Any) -> None:
        with self._lock:
            if self._rate is None:
                return
            now = self._clock()
            slot = max(now, self._next_slot)
            self._next_slot = slot + 1 / self._rate
        self._pause(slot - now)

    def _on_response(self, response: t.Any = None, attempts: int = 1, **_kwargs: t.Any) -> float | None:
        """Return the seconds after which to retry, or None where that is botocore's to decide."""
        if response is None:
            return None
        throttled = response[1].get("Error", {}).get("Code") in THROTTLING_CODES
        with self._lock:
            now = self._clock()
            while self._admitted and self._admitted[0] <= now - _WINDOW_SECONDS:
                self._admitted.popleft()
            if throttled:
                self._slow_down(now)
            else:
                self._admitted.append(now)
                self._speed_up(now)
        if not throttled or attempts >= MOST_ATTEMPTS:
            return None
        return jittered(min(_FIRST_PAUSE * 2.0 ** (attempts - 1), _LONGEST_PAUSE))

    def _slow_down(self, now: float) -> None:
        self._calm_since = now
        if self._rate is None:
            self._rate, self._changed = _FIRST_RATE, now
        elif now - self._changed >= _WINDOW_SECONDS:
            seen = _EXCESS * len(self._admitted) / _WINDOW_SECONDS
            # Few were admitted if few were sent.
            self._rate = max(min(self._rate, max(seen, _LEAST_SHARE * self._rate)), _LEAST_RATE)
            self._changed, self._growth = now, _GROWTH

    def _speed_up(self, now: float) -> None:
        if self._rate is not None and now - self._calm_since >= _CALM_SECONDS:
            # A rate that is not used says nothing about a limit.
            used = len(self._admitted) / _WINDOW_SECONDS
            self._rate = max(self._rate, min(self._rate * self._growth, _MOST_UNUSED * used))
            self._calm_since = self._changed = now
