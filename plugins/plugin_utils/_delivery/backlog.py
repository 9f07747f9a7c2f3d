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

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._journal.journal import BrokenFileError, Entry, Journal
from .._journal.records import StorageError
from .._journal.volatile import volatile_kind
from .._metrics.point import gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from .._journal.rejected import RejectedPoint
    from .._metrics.point import Point

_LISTED_REASONS = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    points: list[Point]
    entries: list[Entry]
    """The files that hold the points; none for points that are only held in memory."""
    last: bool
    """Nothing else waits that can be read."""


class Backlog:
    """Raises StorageError where the journal does not allow what is asked."""

    def __init__(self, journal: Journal, warn: Callable[[str], None]) -> None:
        self.journal = journal
        self._warn = warn
        self._pid = os.getpid()
        self._held: list[Point] = []
        self._left_alone: set[Path] = set()
        self._looked_around = False

    def keep(self, points: Sequence[Point]) -> None:
        """In the journal, else in memory until the run ends."""
        try:
            self.journal.write(points)
        except StorageError as error:
            self._held += points
            self._warn(
                f"{error}. Points are sent without the journal, and are lost where that fails before the run ends. "
                "Check journal_dir (KEYWARD_JOURNAL_DIR)."
            )
        else:
            self._look_around()

    @property
    def holds(self) -> bool:
        """Whether there are points that exist in memory only."""
        return bool(self._held)

    def waiting(self, until_ns: int | None = None) -> int:
        """How many gathered points wait that were there by then."""
        return self.journal.waiting(until_ns) + gathered(self._held)

    @contextlib.contextmanager
    def next_batch(self, size: int, seconds: float) -> Iterator[Batch | None]:
        """The oldest points, for this process alone. Raises BusyError when another one had the lock for so long."""
        # A fork has a copy of what its parent holds, and the parent would send it again.
        if self._held and self._pid == os.getpid():
            yield Batch(self._held[:size], [], last=False)
            return
        with self.journal.lock(seconds):
            yield self._collect(size)

    def settle(self, batch: Batch, left: Sequence[Point], rejected: Sequence[RejectedPoint]) -> None:
        """Forget what of a batch was delivered or set aside."""
        if rejected:
            self._set_aside(rejected, held=not batch.entries)
        if not batch.entries:
            self._held[: len(batch.points)] = left
        elif len(left) < len(batch.points):
            if left:
                self.journal.write(left, batch.entries[0].time_ns)
            self.journal.remove(batch.entries)

    def persist_unsaved(self) -> int:
        """The run ends: the last attempt to put on disk what was held, and how many points that leaves lost."""
        held, self._held = self._held, []
        try:
            if held:
                self.journal.write(held)
        except StorageError:
            return gathered(held)
        return 0

    def _collect(self, size: int) -> Batch | None:
        entries: list[Entry] = []
        points: list[Point] = []
        for entry in self.journal.entries():
            full = points and len(points) + entry.gathered > size
            read = [] if full else self._read(entry)
            if full or (points and len(points) + len(read) > size):
                return Batch(points, entries, last=False)
            if read:
                entries.append(entry)
                points += read
        return Batch(points, entries, last=True) if entries else None

    def _read(self, entry: Entry) -> list[Point]:
        if entry.path in self._left_alone:
            return []
        try:
            return self.journal.read(entry)
        except BrokenFileError as error:
            path = self.journal.aside.add_broken(entry.path)
            self._warn(f"{error}. It was moved to {path}.")
        except StorageError as error:
            self._left_alone.add(entry.path)
            self._warn(f"{error}.")
        return []

    def _set_aside(self, rejected: Sequence[RejectedPoint], *, held: bool) -> None:
        reasons = Counter(f"{code}, {reason}" for _point, code, reason in rejected)
        listed = "; ".join(f"{count} for {reason}" for reason, count in reasons.most_common(_LISTED_REASONS))
        listed += "; and more" if len(reasons) > _LISTED_REASONS else ""
        try:
            where = f"were set aside in {self.journal.aside.add(rejected)}"
        except StorageError as error:
            if not held:
                raise
            where = f"are lost, since {error}"
        self._warn(f"{plural(len(rejected), 'point')} cannot be delivered and {where}: {listed}.")

    def _look_around(self) -> None:
        """Once a run: what about the directory may surprise its owner."""
        if self._looked_around:
            return
        self._looked_around = True
        if kind := volatile_kind(self.journal.directory):
            self._warn(
                f"the journal {self.journal.directory} is on {kind}: points that could not be delivered go with it. "
                "Set journal_dir (KEYWARD_JOURNAL_DIR) to a lasting path."
            )
        if foreign := self.journal.foreign():
            self._warn(
                f"{self.journal.directory} holds {plural(len(foreign), 'file')} that keyward.iam did not write, such "
                f"as {foreign[0].name}. What is not its own it leaves alone."
            )
