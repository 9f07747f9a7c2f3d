# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""
The journal: points on disk before anything is sent, one file per batch, for many runs at once.

A file's name tells its run, how many collected points it holds, and for which destination they were collected, so that
nothing is opened to count them. Its first line holds the same, and a checksum of the whole.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._files import locks

from .._metrics.point import Point, count_collected
from .records import (
    StorageError,
    make_directory,
    plain_files,
    prepare_lock,
    read,
    remove,
    remove_drafts,
    storage_errors,
    write,
)
from .rejected import MALFORMED, RejectedPoints, checked_point

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FORMAT = 2
_FIRST_FORMAT = 1
ASIDE = "aside"

_NAME = re.compile(
    r"(?P<stem>\d{20}-(?P<run>[0-9a-f]+)-[0-9a-f]{8})\.(?P<collected>\d+)(?:\.(?P<address>[0-9a-f]{8}))?\.points"
)
_ANYWHERE = "0" * 8
_LOCK = ".lock"
_LAST_FAILURE = ".last-failure"
_MOST_BYTES = 1 << 28
_MOST_BYTES_OF_A_NOTE = 1 << 16
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
    stem: str
    """The batch, under which it stays known when a part of it was delivered."""
    run: str
    collected: int
    address: str | None
    """A hash of the destination; None for a file of the first format, which had none."""

    @property
    def time_ns(self) -> int:
        """When it was written, since the epoch."""
        return int(self.stem[:20])


class Dropped(t.NamedTuple):
    """Collected points that were removed to keep to the size bound."""

    all: int
    of_this_run: int


class Journal:
    """The queue of one exporter. Raises StorageError where the directory does not allow what is asked."""

    def __init__(self, directory: Path, max_bytes: int, destination: str = "") -> None:
        self.directory = directory
        self.max_bytes = max_bytes
        self.destination = destination
        """What is written is for it, and nothing else is delivered to it; files of the first format go anywhere."""
        self.run = secrets.token_hex(4)
        """Marks the files of this run."""
        self.rejected = RejectedPoints(directory / ASIDE)
        self._written_since_check = max_bytes

    def new_stem(self, moment_ns: int | None = None) -> str:
        return f"{moment_ns or time.time_ns():020d}-{self.run}-{secrets.token_hex(4)}"

    def write(self, points: Sequence[Point]) -> None:
        """Put one batch on disk."""
        self._write(self.new_stem(), self.destination, points)

    def rewrite(self, entry: Entry, points: Sequence[Point]) -> None:
        """Leave only some of its points in a file."""
        path = self._write(entry.stem, self.destination, points)
        if path != entry.path:
            self.remove([entry])

    def entries(self) -> list[Entry]:
        """What waits for the destination, or for any where none is known; oldest first."""
        mine = (None, _ANYWHERE, _address(self.destination))
        return [entry for entry in self._all_entries() if not self.destination or entry.address in mine]

    def entries_elsewhere(self) -> list[Entry]:
        """What was collected for other destinations, and is not delivered."""
        mine = set(self.entries())
        return [entry for entry in self._all_entries() if entry not in mine]

    def destination_of(self, entry: Entry) -> str:
        """The address in a file, for people."""
        try:
            head = read(entry.path, _MOST_BYTES).partition(b"\n")[0]
            return str(json.loads(head)["destination"])
        except (OSError, *MALFORMED):
            return "an unknown destination"

    def foreign(self) -> list[Path]:
        """Files that are not the journal's; they are left alone."""
        return [path for path in plain_files(self.directory) if not _NAME.fullmatch(path.name)]

    def waiting(self) -> int:
        """How many collected points wait for the destination."""
        return sum(entry.collected for entry in self.entries())

    def read(self, entry: Entry) -> list[Point]:
        """Raises BrokenFileError, or StorageError for a file that is better left where it is."""
        with storage_errors(f"{entry.path} cannot be read, and stays where it is", entry.path):
            text = read(entry.path, _MOST_BYTES)
        try:
            head, _line_break, body = text.rstrip(b"\n").partition(b"\n")
            header = json.loads(head)
            if not isinstance(header["format"], int) or isinstance(header["format"], bool):
                raise TypeError("no format")
            if header["format"] > FORMAT and header.get("sha256") != _checksum(header | {"format": FORMAT}, body):
                raise StorageError(
                    f"{entry.path} was written by a newer keyward.iam (format {header['format']}), and stays for it"
                )
            # All lines in one go take a third of the time.
            points = [_POINTS[header["format"]](line) for line in _lines_if_whole(entry, header, body)]
            written = header["points"]
        except MALFORMED as error:
            raise BrokenFileError(f"{entry.path} is not what keyward.iam writes, or was cut short") from error
        if len(points) != written or count_collected(points) != entry.collected:
            raise BrokenFileError(
                f"{entry.path} was cut short: it holds {len(points)} points where {written!r:.20} were written"
            )
        return points

    def remove(self, entries: Iterable[Entry]) -> None:
        remove(self.directory, (entry.path for entry in entries))

    @contextlib.contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        """The right to deliver and to remove, which one process has at a time. Raises BusyError."""
        with contextlib.ExitStack() as stack:
            with storage_errors(f"{self.directory} cannot be written", self.directory):
                make_directory(self.directory)
                if not os.access(self.directory, os.W_OK | os.X_OK):
                    # What could not be removed afterwards would be sent by every run.
                    raise PermissionError(errno.EACCES, "no right to, or a file system that is read-only")
            with storage_errors(f"{self.directory} cannot be locked", self.directory):
                prepare_lock(self.directory, _LOCK)
                try:
                    stack.enter_context(locks.locked(self.directory / _LOCK, seconds))
                except locks.LockedError as error:
                    raise BusyError(
                        f"timed out waiting for another run that is delivering from {self.directory}"
                    ) from error
            yield

    def note_failure(self, reason: str) -> None:
        """Why points wait, for a look at the journal before the next run."""
        note = {"time": int(time.time()), "reason": reason}
        write(self.directory, _LAST_FAILURE, json.dumps(note).encode() + b"\n")

    def forget_failure(self) -> None:
        remove(self.directory, [self.directory / _LAST_FAILURE])

    def last_failure(self) -> tuple[int, str] | None:
        """When, in seconds since the epoch, and why."""
        try:
            note = json.loads(read(self.directory / _LAST_FAILURE, _MOST_BYTES_OF_A_NOTE))
            return int(note["time"]), str(note["reason"])
        except (OSError, *MALFORMED):
            return None

    def make_room(self) -> Dropped:
        """
        Keep to the size bound, oldest out first.

        While another process delivers, nothing is removed: a later call does it.
        """
        if self._written_since_check < self.max_bytes // _CHECKS_PER_BOUND:
            return Dropped(0, 0)
        try:
            with self.lock(0):
                self._written_since_check = 0
                remove_drafts(self.directory, _STALE_DRAFT_SECONDS)
                return self._remove_oldest()
        except BusyError:
            return Dropped(0, 0)

    def _all_entries(self) -> list[Entry]:
        names = ((path, _NAME.fullmatch(path.name)) for path in plain_files(self.directory))
        return [
            Entry(path, name["stem"], name["run"], int(name["collected"]), name["address"])
            for path, name in names
            if name
        ]

    def _write(self, stem: str, destination: str, points: Sequence[Point]) -> Path:
        name = f"{stem}.{count_collected(points)}.{_address(destination)}.points"
        body = b"\n".join(map(_line, points))
        header = {"format": FORMAT, "points": len(points), "destination": destination}
        header["sha256"] = _checksum(header, body)
        content = [json.dumps(header, separators=(",", ":")).encode(), b"\n", body, b"\n"]
        self._written_since_check += write(self.directory, name, content)
        return self.directory / name

    def _remove_oldest(self) -> Dropped:
        dropped: list[Entry] = []
        entries = {entry.path: entry for entry in self._all_entries()}
        with storage_errors(f"{self.directory} cannot be written", self.directory):
            # What will never be delivered goes first.
            paths = [*self.rejected.files(), *self.rejected.broken(), *entries]
            sizes = [path.stat().st_size for path in paths]
            surplus = sum(sizes) - self.max_bytes
            for path, size in zip(paths, sizes, strict=True):
                if surplus <= 0:
                    break
                path.unlink()
                surplus -= size
                dropped += [entries[path]] if path in entries else []
        return Dropped(
            sum(entry.collected for entry in dropped),
            sum(entry.collected for entry in dropped if entry.run == self.run),
        )


def _address(destination: str) -> str:
    return hashlib.sha256(destination.encode()).hexdigest()[:8] if destination else _ANYWHERE


def _checksum(header: dict[str, t.Any], body: bytes) -> str:
    rest = {name: value for name, value in header.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode() + b"\n" + body).hexdigest()


def _lines_if_whole(entry: Entry, header: dict[str, t.Any], body: bytes) -> list[t.Any]:
    """Raises ValueError for a file whose name, first line and content do not belong together."""
    if entry.address is None:
        whole = header["format"] == _FIRST_FORMAT
    else:
        whole = (
            header["format"] == FORMAT
            and header["sha256"] == _checksum(header, body)
            and entry.address == _address(header["destination"])
        )
    if not whole:
        raise ValueError("the checksum is wrong")
    lines: list[t.Any] = json.loads(b"[" + b",".join(body.splitlines()) + b"]")
    return lines


def _line(point: Point) -> bytes:
    values = [point.metric, point.value, point.timestamp, point.source, point.tags, *([True] if point.own else [])]
    return json.dumps(values, separators=(",", ":")).encode()


def _point_of_first_format(values: list[t.Any]) -> Point:
    """It did not say which points are the delivery's own; only their names do."""
    point = checked_point(*values)
    own = ".delivery." in point.metric
    return Point(point.metric, point.value, point.timestamp, point.tags, point.source, own)


_POINTS: dict[int, t.Callable[[list[t.Any]], Point]] = {
    _FIRST_FORMAT: _point_of_first_format,
    FORMAT: lambda values: checked_point(*values),
}
