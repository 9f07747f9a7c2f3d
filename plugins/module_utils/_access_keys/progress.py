# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a long collection has done so far, in a small file that the controller reads meanwhile."""

from __future__ import annotations

import os
import threading
import time
import typing as t
from pathlib import Path

from .._common.text import plural

if t.TYPE_CHECKING:
    from .._aws.instrumentation import CallCounter
    from .listing import Listing

FILE = "keyward-progress"
_SECONDS = 1.0


class _Counts(t.NamedTuple):
    users: int
    keys: int
    throttled: int


class Progress:
    """Counts over all profiles. Reading a count that is about to change does no harm."""

    def __init__(self) -> None:
        self._profiles = 0
        self._done = 0
        self._lock = threading.Lock()
        self._under_way: dict[Listing, CallCounter] = {}
        self._ended = _Counts(0, 0, 0)

    def begin(self, profiles: int) -> None:
        self._profiles = profiles

    def watch(self, listing: Listing, calls: CallCounter) -> None:
        with self._lock:
            self._under_way[listing] = calls

    def profile_done(self, listing: Listing | None) -> None:
        """Keeps the counts only: a listing holds its client, and that the session."""
        with self._lock:
            self._done += 1
            calls = self._under_way.pop(listing, None) if listing else None
            if listing and calls:
                self._ended = _sum([self._ended, _counts(listing, calls)])

    def text(self) -> str:
        with self._lock:
            under_way = [_counts(*each) for each in self._under_way.items()]
            users, keys, throttled = _sum([self._ended, *under_way])
        done = f"{self._done} of {plural(self._profiles, 'profile')} done"
        found = f"{plural(users, 'user')} listed, {plural(keys, 'access key')} found"
        return f"{done}, {found}" + (f", {plural(throttled, 'call')} throttled" if throttled else "")

    def write_to(self, directory: str | None) -> None:
        """Write the file each second until the process ends. It is one line, and private."""
        if directory is not None:
            threading.Thread(target=self._write, args=(Path(directory) / FILE,), daemon=True).start()

    def _write(self, path: Path) -> None:
        while True:
            time.sleep(_SECONDS)
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(f"{self.text()}\n")
            except OSError:
                # Only the display of the progress is lost.
                return


def _counts(listing: Listing, calls: CallCounter) -> _Counts:
    return _Counts(listing.users, len(listing.keys), calls.throttled)


def _sum(counts: t.Sequence[_Counts]) -> _Counts:
    return _Counts(*map(sum, zip(*counts)))
