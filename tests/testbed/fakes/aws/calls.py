# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The record of what was asked of the endpoint, and how it was answered."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class CallRecord:
    """``duration_ms`` is from the request's head to the answer; None while there is none, and for ever after a hang."""

    request_id: str
    account: str = ""
    principal: str = ""
    service: str = ""
    action: str = ""
    region: str = ""
    user_agent: str = ""
    status: int | None = None
    error_code: str | None = None
    fault: str | None = None
    duration_ms: float | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _clock: float = field(default_factory=time.perf_counter, repr=False)

    @property
    def throttled(self) -> bool:
        return self.error_code == "Throttling"

    def answered(self, status: int) -> None:
        """Noted before the answer leaves, so that a client that has it finds it here."""
        self.status = status
        self.duration_ms = (time.perf_counter() - self._clock) * 1000


class CallLog:
    def __init__(self) -> None:
        self._records: list[CallRecord] = []
        self._under_way: defaultdict[str, int] = defaultdict(int)
        self._most_under_way: defaultdict[str, int] = defaultdict(int)
        self._lock = Lock()

    def append(self, record: CallRecord) -> None:
        with self._lock:
            self._records.append(record)

    @contextmanager
    def under_way(self, account: str) -> Iterator[None]:
        with self._lock:
            self._under_way[account] += 1
            self._most_under_way[account] = max(self._most_under_way[account], self._under_way[account])
        try:
            yield
        finally:
            with self._lock:
                self._under_way[account] -= 1

    def select(self, account: str | None = None, action: str = "*") -> list[CallRecord]:
        with self._lock:
            return [
                record
                for record in self._records
                if account in (None, record.account) and fnmatchcase(record.action, action)
            ]

    def most_under_way(self, account: str) -> int:
        with self._lock:
            return self._most_under_way[account]

    def clear(self) -> None:
        with self._lock:
            self._records.clear()
            self._most_under_way.clear()
