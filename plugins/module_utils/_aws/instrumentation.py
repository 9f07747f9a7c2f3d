# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Counts the requests that botocore sends."""

from __future__ import annotations

import threading
import typing as t

THROTTLING_CODES = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "TooManyRequestsException"}
)


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
