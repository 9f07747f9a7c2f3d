# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The points that wait for delivery: in the journal, or in memory if they could not be written to it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections import Counter
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._journal.journal import BrokenFileError, Entry, Journal
from .._journal.maintenance import elsewhere, sentence_elsewhere
from .._journal.records import StorageError, belongs_to_another
from .._journal.volatile import volatile_kind
from .._metrics.point import count_collected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from .._journal.rejected import RejectedPoint
    from .._metrics.point import Point
    from .labels import Labels

_LISTED_REASONS = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    parts: list[tuple[Entry | None, list[Point]]]
    """Points by the file that holds them; None for those that are only held in memory."""
    last: bool
    """Nothing else waits that can be read."""

    @property
    def points(self) -> list[Point]:
        return [point for _entry, points in self.parts for point in points]


class Backlog:
    """Methods raise StorageError if the journal cannot be read or written."""

    def __init__(self, journal: Journal, warn: Callable[[str], None], labels: Labels) -> None:
        self.journal = journal
        self._warn = warn
        self._labels = labels
        self._pid = os.getpid()
        self._held: list[Point] = []
        self._left_alone: set[Path] = set()
        self._of_others: set[Path] = set()
        self._looked_around = False
        self.in_journal = False
        """Whether this run has put points there."""

    def keep(self, points: Sequence[Point]) -> None:
        """Write points to the journal, or keep them in memory if that fails."""
        try:
            self.journal.write(points)
        except StorageError as error:
            self._held += points
            self._warn(
                f"{error}. Points are sent without the journal, and are lost if the run ends before their delivery. "
                f"Check {self._labels('journal_dir')}."
            )
        else:
            self.in_journal = True
            self._look_around()

    @property
    def held(self) -> int:
        """How many collected points exist in memory only."""
        return count_collected(self._held)

    @property
    def holds(self) -> bool:
        return bool(self._held)

    def batches(self) -> set[str]:
        """The names of those that wait now."""
        return {entry.stem for entry in self.journal.entries()}

    def waiting(self, batches: set[str] | None = None) -> int:
        """How many collected points wait, of these batches and of this run, or of all. Other users' do not count."""
        return self.held + sum(
            entry.collected
            for entry in self.journal.entries()
            if (batches is None or entry.stem in batches or entry.run == self.journal.run)
            and entry.path not in self._of_others
        )

    @contextlib.contextmanager
    def next_batch(self, size: int, seconds: float) -> Iterator[Batch | None]:
        """The oldest points, for this process alone. Raises BusyError when another one had the lock for so long."""
        # A fork has a copy of what its parent holds, and the parent would send it again.
        if self._held and self._pid == os.getpid():
            yield Batch([(None, self._held[:size])], last=False)
            return
        with self.journal.lock(seconds):
            yield self._collect(size)

    def settle(self, batch: Batch, left: Sequence[Point], rejected: Sequence[RejectedPoint]) -> int:
        """Remove delivered and rejected points of a batch. Returns how many rejected ones are of this run."""
        of_this_run = self._set_aside(batch, rejected) if rejected else 0
        left_ids = set(map(id, left))
        for entry, points in batch.parts:
            rest = [point for point in points if id(point) in left_ids]
            if entry is None:
                self._held[: len(points)] = rest
            elif not rest:
                self.journal.remove([entry])
            elif len(rest) < len(points):
                self.journal.rewrite(entry, rest)
        return of_this_run

    def persist_unsaved(self) -> int:
        """At the end of the run: try once more to write the points in memory. Returns how many are lost."""
        held, self._held = self._held, []
        try:
            if held:
                self.journal.write(held)
        except StorageError:
            return count_collected(held)
        return 0

    def _collect(self, size: int) -> Batch | None:
        parts: list[tuple[Entry | None, list[Point]]] = []
        count = 0
        for entry in self.journal.entries():
            full = count and count + entry.collected > size
            read = [] if full else self._read(entry)
            if full or (count and count + len(read) > size):
                return Batch(parts, last=False)
            if read:
                parts.append((entry, read))
                count += len(read)
        return Batch(parts, last=True) if parts else None

    def _read(self, entry: Entry) -> list[Point]:
        if entry.path in self._left_alone:
            return []
        try:
            return self.journal.read(entry)
        except BrokenFileError as error:
            path = self.journal.rejected.add_broken(entry.path)
            self._warn(f"{error}. It was moved to {path}.")
        except StorageError as error:
            # Another run may have delivered it meanwhile.
            if entry.path.exists():
                self._left_alone.add(entry.path)
                self._of_others |= {entry.path} if belongs_to_another(entry.path) else set()
                self._warn(f"{error}.")
        return []

    def _set_aside(self, batch: Batch, rejected: Sequence[RejectedPoint]) -> int:
        reasons = Counter(f"{each.code}, {each.reason}" for each in rejected)
        listed = "; ".join(f"{count} for {reason}" for reason, count in reasons.most_common(_LISTED_REASONS))
        listed += "; and more" if len(reasons) > _LISTED_REASONS else ""
        by_point = {id(each.point): each for each in rejected}
        of_this_run = 0
        where = ""
        for entry, points in batch.parts:
            found = [by_point[id(point)] for point in points if id(point) in by_point]
            if not found:
                continue
            if entry is None or entry.run == self.journal.run:
                of_this_run += count_collected(each.point for each in found)
            try:
                path = self.journal.rejected.add(found, entry.stem if entry else self.journal.new_stem())
                where = f"were set aside in {path.parent}"
            except StorageError as error:
                if entry:
                    raise
                where = f"are lost, since {error}"
        self._warn(f"{plural(len(rejected), 'point')} cannot be delivered and {where}: {listed}.")
        return of_this_run

    def _look_around(self) -> None:
        """Warn once per run about a journal that may be lost, and about files that are not the journal's."""
        if self._looked_around:
            return
        self._looked_around = True
        if kind := volatile_kind(self.journal.directory):
            self._warn(
                f"the journal {self.journal.directory} is on {kind}: points that could not be delivered are lost. "
                f"Set {self._labels('journal_dir')} to a lasting path."
            )
        if foreign := self.journal.foreign():
            self._warn(
                f"{self.journal.directory} holds {plural(len(foreign), 'file')} that keyward.iam did not write, such "
                f"as {foreign[0].name}. It does not change them."
            )

    def report_elsewhere(self) -> None:
        """Warn about points that wait for another destination."""
        for other in elsewhere(self.journal):
            self._warn(sentence_elsewhere(other))
