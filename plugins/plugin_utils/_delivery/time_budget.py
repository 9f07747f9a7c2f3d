# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The seconds that a run may spend on delivery."""

from __future__ import annotations

import time
import typing as t


class TimeBudget:
    """One for all requests, pauses and waits of a run. It runs only inside its ``with`` blocks."""

    def __init__(self, seconds: float) -> None:
        self.total = seconds
        self._spent = 0.0
        self._since: float | None = None

    def __enter__(self) -> t.Self:
        self._since = time.monotonic()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._spent = self.spent
        self._since = None

    def spend(self, seconds: float) -> None:
        """What another process spent for this run."""
        self._spent += seconds

    def renew(self) -> None:
        self._spent = 0.0

    @property
    def spent(self) -> float:
        return self._spent if self._since is None else self._spent + time.monotonic() - self._since

    @property
    def left(self) -> float:
        return max(0.0, self.total - self.spent)
