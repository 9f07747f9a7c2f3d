# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What waits for delivery: the journal's files, and what no journal would take."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections import Counter
from typing import TYPE_CHECKING

from ._counts import plural
from ._journal import AsidePoint, Entry, Journal, JournalBusyError, JournalError, NewerFormatError, gathered
from ._volatile import volatile_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ._points import Point

_LISTED_REASONS = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    points: list[Point]
    entries: list[Entry]
    """The files that hold the points; none for points that are only held in memory."""
    last: bool
    """Nothing else waits that can be read."""


class Backlog:
    """Raises JournalError where the journal does not allow what is asked."""

    def __init__(self, journal: Journal, warn: Callable[[str], None]) -> None:
        self.journal = journal
        self._warn = warn
        self._pid = os.getpid()
        self._held: list[Point] = []
        self._newer: set[Path] = set()
        self._looked_around = False

    def keep(self, points: Sequence[Point]) -> None:
        """In the journal, else in memory until the run ends."""
        try:
            self.journal.write(points)
        except JournalError as error:
            self._held += points
            self._warn(
                f"{error}. Points are sent without it, and are lost where that fails before the run ends. "
                "Check journal_dir (KEYWARD_JOURNAL_DIR)."
            )
            return
        self._look_around()

    @property
    def holds(self) -> bool:
        """Whether there are points that exist in memory only."""
        return bool(self._held)

    def waiting(self) -> int:
        """How many gathered points wait."""
        return self.journal.waiting() + gathered(self._held)

    @contextlib.contextmanager
    def next_batch(self, size: int, seconds: float) -> Iterator[Batch | None]:
        """The oldest points, for this process alone. Raises JournalBusyError when others had the lock for so long."""
        # A fork has a copy of what its parent holds, and the parent would send it again.
        if self._held and self._pid == os.getpid():
            yield Batch(self._held[:size], [], last=False)
            return
        with self.journal.lock(seconds) as locked:
            if not locked:
                raise JournalBusyError(f"another run was delivering from {self.journal.directory} all the time")
            yield self._collect(size)

    def settle(self, batch: Batch, left: Sequence[Point], aside: Sequence[AsidePoint]) -> None:
        """Forget what of a batch was delivered or set aside."""
        if aside:
            self._set_aside(aside)
        if not batch.entries:
            self._held[: len(batch.points)] = left
        elif len(left) < len(batch.points):
            if left:
                self.journal.write(left, batch.entries[0].time_ns)
            self.journal.remove(batch.entries)

    def lose_held(self) -> int:
        """The run ends: the last attempt to put on disk what was held, and how many points that leaves lost."""
        if not self._held:
            return 0
        try:
            self.journal.write(self._held)
        except JournalError:
            return gathered(self._held)
        finally:
            self._held = []
        return 0

    def _collect(self, size: int) -> Batch | None:
        entries: list[Entry] = []
        points: list[Point] = []
        for entry in self.journal.entries():
            read = self._read(entry)
            if points and len(points) + len(read) > size:
                return Batch(points, entries, last=False)
            if read:
                entries.append(entry)
                points += read
        return Batch(points, entries, last=True) if entries else None

    def _read(self, entry: Entry) -> list[Point]:
        if entry.path in self._newer:
            return []
        try:
            return self.journal.read(entry)
        except NewerFormatError as error:
            self._newer.add(entry.path)
            self._warn(f"{error}.")
        except JournalError as error:
            aside = self.journal.set_aside_file(entry)
            self._warn(f"{error}. It was moved to {aside}.")
        return []

    def _set_aside(self, points: Sequence[AsidePoint]) -> None:
        reasons = Counter(f"{code}, {reason}" for _point, code, reason in points)
        listed = "; ".join(f"{count} for {reason}" for reason, count in reasons.most_common(_LISTED_REASONS))
        listed += "; and more" if len(reasons) > _LISTED_REASONS else ""
        path = self.journal.set_aside_points(points)
        self._warn(f"{plural(len(points), 'point')} cannot be delivered and were set aside in {path}: {listed}.")

    def _look_around(self) -> None:
        """Once a run: what about the directory may surprise its owner."""
        if self._looked_around:
            return
        self._looked_around = True
        if kind := volatile_kind(self.journal.directory):
            self._warn(
                f"The journal {self.journal.directory} is on {kind}: points that could not be delivered are lost with "
                "it. Set journal_dir (KEYWARD_JOURNAL_DIR) to a lasting path."
            )
        if foreign := self.journal.foreign():
            self._warn(
                f"{self.journal.directory} holds {plural(len(foreign), 'file')} that are not the journal's, such as "
                f"{foreign[0].name}. They are left alone."
            )
