# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How long to wait before the next attempt: exponential backoff with jitter, or what the server asks for."""

from __future__ import annotations

import datetime as dt
import email.utils
import random
import time
import typing as t

LONGEST_RETRY_AFTER = 86400.0
"""A server that asks for more than a day is not obeyed; each caller has a shorter deadline of its own."""

_LEAST_SHARE = 0.5

_RANDOM = random.SystemRandom()
"""Processes that are forked from one would come back at the same moments with Python's own sequence."""


def pauses(first: float, longest: float) -> t.Iterator[float]:
    """
    Seconds to wait before each further attempt, without end.

    They double up to the longest. Each is shortened at random, so that many clients of one server do not come back at
    the same moment.
    """
    pause = first
    while True:
        yield jittered(min(pause, longest))
        pause = min(2 * pause, longest)


def jittered(seconds: float) -> float:
    """Return half of the time to all of it."""
    return seconds * _RANDOM.uniform(_LEAST_SHARE, 1.0)


def retry_after(value: str | None, now: float | None = None) -> float | None:
    """
    Seconds that a Retry-After header asks for, which may hold a number of seconds or a date.

    None where it asks for nothing that can be understood, such as a negative or an infinite number.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        moment = email.utils.parsedate_to_datetime(text)
        # A date with the zone -0000 is in UTC, but comes without a zone.
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)
        seconds = aware.timestamp() - (time.time() if now is None else now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER)
