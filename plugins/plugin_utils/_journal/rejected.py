# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""Points that the other side will never accept, where a person can read them, each with the reason."""

from __future__ import annotations

import json
import re
import typing as t
from collections import Counter

from .._metrics.point import Point, count_collected
from .records import StorageError, make_directory, plain_files, read, remove, storage_errors, write

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_BROKEN = ".broken"
_NAME = re.compile(r"\d{20}-(?P<run>[0-9a-f]+)-[0-9a-f]{8}\.(?P<collected>\d+)\.rejected\.jsonl")
_MOST_BYTES = 1 << 28

# What a file may raise that holds something else than was written.
MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class RejectedPoint(t.NamedTuple):
    point: Point
    code: str
    """The reason in a word, to count by."""
    reason: str


class RejectedPoints:
    """A directory of such points, and of the journal's files that were broken. Raises StorageError."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def add(self, rejected: Sequence[RejectedPoint], stem: str) -> Path:
        """``stem`` is the name of the batch that they come from, which tells the run."""
        count = count_collected(point for point, _code, _reason in rejected)
        name = f"{stem}.{count}.rejected.jsonl"
        write(self.directory, name, (_record(each) for each in rejected))
        return self.directory / name

    def add_broken(self, path: Path) -> Path:
        """Move a file that cannot be read out of the way."""
        with storage_errors(f"{self.directory} cannot be written", self.directory):
            make_directory(self.directory)
            return path.rename(self.directory / f"{path.name}{_BROKEN}")

    def files(self) -> list[Path]:
        """Files of rejected points; what an editor or a person left beside them is none."""
        return [path for path in plain_files(self.directory) if _NAME.fullmatch(path.name)]

    def broken(self) -> list[Path]:
        return [path for path in plain_files(self.directory) if path.name.endswith(f".points{_BROKEN}")]

    def count_of_run(self, run: str) -> int:
        """How many collected points of one run were set aside, by whichever process."""
        names = (_NAME.fullmatch(path.name) for path in plain_files(self.directory))
        return sum(int(name["collected"]) for name in names if name and name["run"] == run)

    def remove(self, paths: Iterable[Path]) -> None:
        remove(self.directory, paths)

    def read(self, path: Path) -> list[RejectedPoint]:
        """What one file holds, or nothing where it was taken away in between. Raises StorageError."""
        with storage_errors(f"{path} cannot be read, and stays where it is", path):
            try:
                text = read(path, _MOST_BYTES)
            except FileNotFoundError:
                return []
        try:
            return [_rejected(json.loads(line)) for line in text.splitlines()]
        except MALFORMED as error:
            raise StorageError(f"{path} was changed or cut short, and is left unchanged") from error

    def counts(self) -> tuple[Counter[str], list[str]]:
        """Points by code, and broken files; and a sentence for each file that cannot be read."""
        counts: Counter[str] = Counter()
        passed_over = []
        for path in self.files():
            try:
                counts += Counter(code for _point, code, _reason in self.read(path))
            except StorageError as error:
                passed_over.append(str(error))
        if broken := len(self.broken()):
            counts["broken file"] = broken
        return counts, passed_over


def checked_point(
    metric: t.Any, value: t.Any, timestamp: t.Any, source: t.Any, tags: t.Any, own: t.Any = None
) -> Point:
    """A point of what a file holds. Raises one of MALFORMED."""
    if not isinstance(tags, dict) or set(map(type, (metric, source, *tags, *tags.values()))) != {str}:
        raise ValueError("not a point")
    return Point(metric, value, timestamp, tags, source, bool(own))


def _record(rejected: RejectedPoint) -> bytes:
    point = rejected.point
    record = {
        "code": rejected.code,
        "reason": rejected.reason,
        "metric": point.metric,
        "value": point.value,
        "timestamp": point.timestamp,
        "source": point.source,
        "tags": point.tags,
        **({"own": True} if point.own else {}),
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _rejected(record: dict[str, t.Any]) -> RejectedPoint:
    point = checked_point(*(record[name] for name in ("metric", "value", "timestamp", "source", "tags")))
    if record.get("own"):
        point = Point(point.metric, point.value, point.timestamp, point.tags, point.source, own=True)
    return RejectedPoint(point, str(record["code"]), str(record["reason"]))
