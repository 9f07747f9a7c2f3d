# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The journal: points on disk before anything is sent, one file per batch, for many runs at once.

A file appears whole or not at all. Its name sorts by time, is unique to its writer, and tells how many gathered points
it holds, so that counting them opens nothing. The delivery's own counts are points too, but are not gathered ones.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
import secrets
import time
import typing as t
from pathlib import Path

from . import _metrics as metrics
from ._points import Point

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FORMAT = 1
ASIDE = "aside"

_NAME = re.compile(r"(?P<time>\d{20})-\d+-[0-9a-f]{8}\.(?P<gathered>\d+)\.points")
_LOCK = ".lock"
_DRAFT = ".draft-"
_DRAFT_SECONDS = 3600
_LOCK_POLL_SECONDS = 0.05


class JournalError(Exception):
    """The journal's directory cannot be used, or one of its files cannot be read. A sentence for people."""


class NewerFormatError(JournalError):
    """The file was written by a newer version of the collection."""


class JournalBusyError(JournalError):
    """Another process delivers from the journal."""


class Entry(t.NamedTuple):
    """One file that waits."""

    path: Path
    gathered: int

    @property
    def time_ns(self) -> int:
        """When it was written, since the epoch."""
        return int(self.path.name[:20])


class AsidePoint(t.NamedTuple):
    """A point that the other side will never take."""

    point: Point
    code: str
    reason: str


class Journal:
    """The queue of one exporter. Raises JournalError where the directory does not allow what is asked."""

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self.directory = directory
        self.aside = directory / ASIDE
        self.max_bytes = max_bytes
        self._written_since_check = max_bytes

    def write(self, points: Sequence[Point], moment_ns: int | None = None) -> None:
        """
        Put one batch on disk. ``moment_ns`` keeps the place of points that come back into the queue.

        Raises JournalError.
        """
        with _explained(f"the journal {self.directory} cannot be written"):
            self._write(self.directory, _name(moment_ns or time.time_ns(), gathered(points), "points"), _batch(points))

    def entries(self) -> list[Entry]:
        """What waits, oldest first."""
        with _explained(f"the journal {self.directory} cannot be read"):
            return sorted(
                Entry(path, int(name["gathered"]))
                for path in _files(self.directory)
                if (name := _NAME.fullmatch(path.name))
            )

    def foreign(self) -> list[Path]:
        """Files that are not the journal's; they are left alone."""
        return [path for path in _files(self.directory) if path.name[0] != "." and not _NAME.fullmatch(path.name)]

    def waiting(self) -> int:
        """How many gathered points wait."""
        return sum(entry.gathered for entry in self.entries())

    def read(self, entry: Entry) -> list[Point]:
        """Raises NewerFormatError, JournalError for a broken file, or FileNotFoundError."""
        try:
            header, *lines = entry.path.read_text("ascii").splitlines()
            about = json.loads(header)
            if about["format"] > FORMAT:
                raise NewerFormatError(
                    f"{entry.path} has format {about['format']}, which a newer keyward.iam reads; it stays where it is"
                )
            if about["points"] != len(lines):
                raise JournalError(f"{entry.path} holds {len(lines)} of {about['points']} points")
            return [
                Point(metric, value, timestamp, tags, source)
                for metric, value, timestamp, source, tags in map(json.loads, lines)
            ]
        except (ValueError, TypeError, KeyError) as error:
            raise JournalError(f"{entry.path} is not a journal file: {error}") from error

    def remove(self, entries: Iterable[Entry]) -> None:
        with _explained(f"the journal {self.directory} cannot be written"):
            for entry in entries:
                entry.path.unlink(missing_ok=True)

    def set_aside_points(self, points: Sequence[AsidePoint]) -> Path:
        """Keep points that the other side will never take, each with the reason, in a file that a person can read."""
        records = (
            {
                "code": code,
                "reason": reason,
                "metric": point.metric,
                "value": point.value,
                "timestamp": point.timestamp,
                "source": point.source,
                "tags": point.tags,
            }
            for point, code, reason in points
        )
        with _explained(f"the journal {self.directory} cannot be written"):
            return self._write(self.aside, _name(time.time_ns(), len(points), "rejected.jsonl"), records)

    def set_aside_file(self, entry: Entry) -> Path:
        """Move a broken file out of the way."""
        with _explained(f"the journal {self.directory} cannot be written"):
            _make(self.aside)
            return entry.path.rename(self.aside / f"{entry.path.name}.broken")

    @contextlib.contextmanager
    def lock(self, seconds: float) -> Iterator[bool]:
        """
        The right to deliver and to remove, which one process has at a time; false when it was not to be had in time.

        It dies with its process. It is released by name, since a file that a fork inherited would keep it.
        """
        with _explained(f"the journal {self.directory} cannot be locked"):
            _make(self.directory)
            if not os.access(self.directory, os.W_OK | os.X_OK):
                # What cannot be removed afterwards would be sent by every run.
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            handle = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            locked = _flock(handle, time.monotonic() + seconds)
            try:
                yield locked
            finally:
                if locked:
                    fcntl.flock(handle, fcntl.LOCK_UN)
        finally:
            os.close(handle)

    def make_room(self) -> int:
        """
        Keep to the size bound, oldest out first, and return how many gathered points that cost.

        While another process delivers, nothing is removed: the bound is met by the next call.
        """
        if self._written_since_check < self.max_bytes // 64:
            return 0
        with self.lock(0) as locked:
            if not locked:
                return 0
            self._written_since_check = 0
            return self._remove_oldest()

    def _remove_oldest(self) -> int:
        dropped = 0
        with _explained(f"the journal {self.directory} cannot be written"):
            stale = time.time() - _DRAFT_SECONDS
            for draft in self.directory.glob(f"{_DRAFT}*"):
                if draft.stat().st_mtime < stale:
                    draft.unlink()
            # What will never be delivered goes first.
            files = [*sorted(_files(self.aside)), *(entry.path for entry in self.entries())]
            sizes = [path.stat().st_size for path in files]
            surplus = sum(sizes) - self.max_bytes
            for path, size in zip(files, sizes, strict=True):
                if surplus <= 0:
                    break
                path.unlink()
                surplus -= size
                name = _NAME.fullmatch(path.name)
                dropped += int(name["gathered"]) if name else 0
        return dropped

    def _write(self, directory: Path, name: str, records: Iterable[t.Any]) -> Path:
        _make(self.directory)
        _make(directory)
        draft = directory / f"{_DRAFT}{name}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.writelines(json.dumps(record, separators=(",", ":")) + "\n" for record in records)
                self._written_since_check += file.tell()
                file.flush()
                os.fsync(file.fileno())
            path = draft.rename(directory / name)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return path


def gathered(points: Iterable[Point]) -> int:
    """How many of the points are results, not the delivery's own counts."""
    return sum(point.metric not in metrics.DELIVERY for point in points)


def _batch(points: Sequence[Point]) -> Iterator[t.Any]:
    yield {"format": FORMAT, "points": len(points)}
    for point in points:
        yield [point.metric, point.value, point.timestamp, point.source, point.tags]


def _name(moment_ns: int, count: int, suffix: str) -> str:
    return f"{moment_ns:020d}-{os.getpid()}-{secrets.token_hex(4)}.{count}.{suffix}"


def _make(directory: Path) -> None:
    # Of the parents that mkdir makes, it gives the mode to none.
    for path in (directory.parent, directory):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _files(directory: Path) -> Iterator[Path]:
    try:
        with os.scandir(directory) as found:
            yield from (Path(item.path) for item in found if item.is_file(follow_symlinks=False))
    except FileNotFoundError:
        return


def _flock(handle: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOCK_POLL_SECONDS)
        else:
            return True


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalError(f"{what}: {error.strerror or error}") from error
