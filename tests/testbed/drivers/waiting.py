# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Waiting for what happens at a time of its own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_until(condition: Callable[[], object], timeout: float = 20, *, pause: float = 0.005) -> None:
    """Look again and again, so many seconds apart. Fails where it never becomes true."""
    ends = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(pause)


def running(pid: str | int) -> bool:
    """Whether a process has not ended; one that its parent has not yet waited for has."""
    # It may also end between open and read.
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
