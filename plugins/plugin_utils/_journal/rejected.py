# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Points that the other side will never take, where a person can read them, each with the reason."""

from __future__ import annotations

import json
import time
import typing as t
from collections import Counter

from .._metrics.point import Point
from .records import StorageError, explained, make_directory, plain_files, unique_name, write_records

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_REJECTED = "rejected.jsonl"
_BROKEN = ".broken"


class RejectedPoint(t.NamedTuple):
    point: Point
    code: str
    """The reason in a word, to count by."""
    reason: str


class RejectedPoints:
    """Raises StorageError."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def add(self, rejected: Sequence[RejectedPoint]) -> Path:
        name = unique_name(time.time_ns(), len(rejected), _REJECTED)
        write_records(
            self.directory,
            name,
            (
                {
                    "code": code,
                    "reason": reason,
                    "metric": point.metric,
                    "value": point.value,
                    "timestamp": point.timestamp,
                    "source": point.source,
                    "tags": point.tags,
                }
                for point, code, reason in rejected
            ),
        )
        return self.directory / name

    def add_broken(self, path: Path) -> Path:
        """Move a file that cannot be read out of the way."""
        with explained(f"{self.directory} cannot be written"):
            make_directory(self.directory)
            return path.rename(self.directory / f"{path.name}{_BROKEN}")

    def files(self) -> list[Path]:
        return plain_files(self.directory)

    def remove(self, paths: Iterable[Path]) -> None:
        with explained(f"{self.directory} cannot be written"):
            for path in paths:
                path.unlink(missing_ok=True)

    def rejected(self, path: Path) -> list[RejectedPoint]:
        """What one file holds, or nothing where it is a broken one, or was taken away in between."""
        if path.name.endswith(_BROKEN):
            return []
        with explained(f"{path} cannot be read"):
            try:
                text = path.read_text("ascii")
            except FileNotFoundError:
                return []
        try:
            return [
                RejectedPoint(
                    Point(about["metric"], about["value"], about["timestamp"], about["tags"], about["source"]),
                    about["code"],
                    about["reason"],
                )
                for about in map(json.loads, text.splitlines())
            ]
        except (ValueError, TypeError, KeyError) as error:
            raise StorageError(f"{path} was changed, and cannot be read") from error

    def counts(self) -> Counter[str]:
        """Points by code, and broken files."""
        counts: Counter[str] = Counter()
        for path in self.files():
            if path.name.endswith(_BROKEN):
                counts["broken file"] += 1
            else:
                counts += Counter(code for _point, code, _reason in self.rejected(path))
        return counts
