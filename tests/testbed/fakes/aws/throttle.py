# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""AWS's token buckets: one for the account, and one for each action that has its own."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class _Bucket:
    rate: float
    burst: float
    tokens: float = field(init=False)
    filled: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.rate)
        self.filled = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Throttle:
    """Lets everything through until limits are set."""

    def __init__(self) -> None:
        self._account: _Bucket | None = None
        self._actions: dict[str, _Bucket] = {}

    def limit(self, rate: float, burst: float, action: str | None = None) -> None:
        """At most ``burst`` calls at once and ``rate`` a second after that."""
        if action is None:
            self._account = _Bucket(rate, burst)
        else:
            self._actions[action] = _Bucket(rate, burst)

    def lift(self) -> None:
        self._account = None
        self._actions.clear()

    def admits(self, service: str, action: str) -> bool:
        bucket = self._actions.get(action)
        if bucket is not None:
            return bucket.take()
        # STS has a budget of its own, which nobody here has ever used up.
        return self._account is None or service != "iam" or self._account.take()
