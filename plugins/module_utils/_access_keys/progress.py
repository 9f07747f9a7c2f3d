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
    from .listing import Listing

FILE = "keyward-progress"
_SECONDS = 1.0


class Progress:
    """Counts over all profiles. Reading a count that is about to change does no harm."""

    def __init__(self) -> None:
        self._profiles = 0
        self._done = 0
        self._listings: list[Listing] = []

    def begin(self, profiles: int) -> None:
        self._profiles = profiles

    def watch(self, listing: Listing) -> None:
        self._listings.append(listing)

    def profile_done(self) -> None:
        self._done += 1

    def text(self) -> str:
        users = sum(listing.users for listing in self._listings)
        keys = sum(len(listing.keys) for listing in self._listings)
        done = f"{self._done} of {plural(self._profiles, 'profile')} done"
        return f"{done}, {plural(users, 'user')} listed, {plural(keys, 'access key')} found"

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
