# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The journal: points on disk before anything is sent, one file per batch, for many runs at once.

A file's name tells how many gathered points it holds, so that counting them opens nothing. The delivery's own metrics
are points too, but are not gathered ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._files.locks import LockedError, locked

from .._metrics.point import Point, gathered
from .records import (
    StorageError,
    explained,
    make_directory,
    plain_files,
    remove_drafts,
    unique_name,
    write_records,
)
from .rejected import RejectedPoints

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FORMAT = 1
ASIDE = "aside"

_NAME = re.compile(r"(?P<time>\d{20})-\d+-[0-9a-f]{8}\.(?P<gathered>\d+)\.points")
_LOCK = ".lock"
_LAST_FAILURE = ".last-failure"
_STALE_DRAFT_SECONDS = 3600
# The size is looked at anew after so small a part of the bound was written.
_CHECKS_PER_BOUND = 64


class BusyError(StorageError):
    """Another process delivers from the journal."""


class BrokenFileError(StorageError):
    """The file does not hold what was written."""


class Entry(t.NamedTuple):
    """One file that waits."""

    path: Path
    gathered: int

    @property
    def time_ns(self) -> int:
        """When it was written, since the epoch."""
        return int(self.path.name[:20])


class Journal:
    """The queue of one exporter. Raises StorageError where the directory does not allow what is asked."""

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self.directory = directory
        self.max_bytes = max_bytes
        self.aside = RejectedPoints(directory / ASIDE)
        self._written_since_check = max_bytes

    def write(self, points: Sequence[Point], moment_ns: int | None = None) -> None:
        """Put one batch on disk. ``moment_ns`` keeps the place of points that come back into the queue."""
        name = unique_name(moment_ns or time.time_ns(), gathered(points), "points")
        self._written_since_check += write_records(self.directory, name, _records(points))

    def entries(self) -> list[Entry]:
        """What waits, oldest first."""
        names = ((path, _NAME.fullmatch(path.name)) for path in plain_files(self.directory))
        return [Entry(path, int(name["gathered"])) for path, name in names if name]

    def foreign(self) -> list[Path]:
        """Files that are not the journal's; they are left alone."""
        return [path for path in plain_files(self.directory) if not _NAME.fullmatch(path.name)]

    def waiting(self, until_ns: int | None = None) -> int:
        """How many gathered points wait that were there by then."""
        return sum(entry.gathered for entry in self.entries() if until_ns is None or entry.time_ns <= until_ns)

    def read(self, entry: Entry) -> list[Point]:
        """Raises BrokenFileError, or StorageError for a file that is better left where it is."""
        with explained(f"{entry.path} cannot be read, and stays where it is"):
            text = entry.path.read_bytes()
        try:
            # All lines in one go take a third of the time.
            header, *lines = json.loads(b"[" + b",".join(text.splitlines()) + b"]")
            if header["format"] > FORMAT:
                raise StorageError(
                    f"{entry.path} was written by a newer keyward.iam (format {header['format']}), and stays for it"
                )
            complete = header["points"] == len(lines)
            points = [_point(*line) for line in lines]
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenFileError(f"{entry.path} is not what keyward.iam writes, or was cut short") from error
        if not complete:
            raise BrokenFileError(f"{entry.path} was cut short: it holds {len(lines)} of {header['points']} points")
        return points

    def remove(self, entries: Iterable[Entry]) -> None:
        with explained(f"{self.directory} cannot be written"):
            for entry in entries:
                entry.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        """
        The right to deliver and to remove, which one process has at a time. Raises BusyError.

        It dies with its process.
        """
        with explained(f"{self.directory} cannot be written"):
            make_directory(self.directory)
            if not os.access(self.directory, os.W_OK | os.X_OK):
                # What could not be removed afterwards would be sent by every run.
                raise StorageError(f"{self.directory} cannot be written")
        with contextlib.ExitStack() as stack:
            # Some network file systems have no locks.
            with explained(f"{self.directory} cannot be locked"):
                try:
                    stack.enter_context(locked(self.directory / _LOCK, seconds))
                except LockedError as error:
                    raise BusyError(f"another run was delivering from {self.directory} all the time") from error
            yield

    def note_failure(self, reason: str) -> None:
        """Why points wait, for whoever looks at the journal before the next run does."""
        write_records(self.directory, _LAST_FAILURE, [{"time": int(time.time()), "reason": reason}])

    def forget_failure(self) -> None:
        with explained(f"{self.directory} cannot be written"):
            (self.directory / _LAST_FAILURE).unlink(missing_ok=True)

    def last_failure(self) -> dict[str, t.Any] | None:
        """``time`` and ``reason``."""
        try:
            note: dict[str, t.Any] = json.loads((self.directory / _LAST_FAILURE).read_bytes())
        except (OSError, ValueError):
            return None
        return note

    def make_room(self) -> int:
        """
        Keep to the size bound, oldest out first, and return how many gathered points that cost.

        While another process delivers, nothing is removed: a later call does it.
        """
        if self._written_since_check < self.max_bytes // _CHECKS_PER_BOUND:
            return 0
        try:
            with self.lock(0):
                self._written_since_check = 0
                remove_drafts(self.directory, _STALE_DRAFT_SECONDS)
                return self._remove_oldest()
        except BusyError:
            return 0

    def _remove_oldest(self) -> int:
        dropped = 0
        # What will never be delivered goes first.
        files = [(path, 0) for path in self.aside.files()] + list(self.entries())
        with explained(f"{self.directory} cannot be written"):
            sizes = [path.stat().st_size for path, _gathered in files]
            surplus = sum(sizes) - self.max_bytes
            for (path, count), size in zip(files, sizes, strict=True):
                if surplus <= 0:
                    break
                path.unlink()
                surplus -= size
                dropped += count
        return dropped


def _records(points: Sequence[Point]) -> Iterator[t.Any]:
    yield {"format": FORMAT, "points": len(points)}
    for point in points:
        yield [point.metric, point.value, point.timestamp, point.source, point.tags, *([True] if point.own else [])]


def _point(metric: t.Any, value: t.Any, timestamp: t.Any, source: t.Any, tags: t.Any, own: t.Any = None) -> Point:
    if not isinstance(tags, dict) or set(map(type, (metric, source, *tags, *tags.values()))) != {str}:
        raise ValueError("not a point")
    return Point(metric, value, timestamp, tags, source, bool(own))
