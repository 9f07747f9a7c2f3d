# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The numbers of earlier reports: one small line a run and account, for changes and the trend."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._files import state

DAYS = 90
_MOST_BYTES = 1 << 28
_FILE = "history.jsonl"
_SECONDS_OF_DAY = 86_400

if t.TYPE_CHECKING:
    from pathlib import Path

Counts = t.Mapping[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What one report said of C(subject), an account or a probe. C(values) are counts, or milliseconds of steps."""

    timestamp: int
    kind: t.Literal["account", "probe"]
    subject: str
    values: Counts

    @property
    def day(self) -> int:
        return self.timestamp // _SECONDS_OF_DAY

    def line(self) -> str:
        document = {"time": self.timestamp, self.kind: self.subject, "values": dict(self.values)}
        return json.dumps(document, separators=(",", ":"), sort_keys=True)

    @classmethod
    def parse(cls, line: str) -> Entry | None:
        """None where the line is not one of ours, as after a crash or an edit."""
        try:
            document = json.loads(line)
            kind: t.Literal["account", "probe"] = "probe" if "probe" in document else "account"
            values = {str(name): _number(value) for name, value in document["values"].items()}
            return cls(_number(document["time"]), kind, str(document[kind]), values)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return None


class History:
    """
    The entries of at most C(DAYS) days.

    Of each day the last entry of a subject is kept, so that the file stays small however often reports are written.
    """

    def __init__(self, entries: t.Iterable[Entry] = ()) -> None:
        latest: dict[tuple[str, str, int], Entry] = {}
        for entry in sorted(entries, key=lambda entry: entry.timestamp):
            latest[entry.kind, entry.subject, entry.day] = entry
        self.entries = sorted(latest.values(), key=lambda entry: (entry.timestamp, entry.kind, entry.subject))

    @classmethod
    def read(cls, directory: Path) -> History:
        """Raises FileError and OSError. Lines that are not ours are passed over."""
        try:
            text = state.read(directory / _FILE, _MOST_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return cls()
        return cls(entry for line in text.splitlines() if (entry := Entry.parse(line)))

    @staticmethod
    def path(directory: Path) -> Path:
        return directory / _FILE

    def with_entries(self, entries: t.Iterable[Entry], now: int) -> History:
        first = now - (DAYS + 1) * _SECONDS_OF_DAY
        return History(entry for entry in (*self.entries, *entries) if first <= entry.timestamp <= now)

    def text(self) -> str:
        return "".join(f"{entry.line()}\n" for entry in self.entries)

    def previous(self, kind: str, subject: str, before: int) -> Entry | None:
        """The last entry of a subject that is older than a moment."""
        return next(
            (
                entry
                for entry in reversed(self.entries)
                if entry.kind == kind and entry.subject == subject and entry.timestamp < before
            ),
            None,
        )

    def of(self, kind: str, subject: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind and entry.subject == subject]

    def trend(self, subjects: t.Collection[str]) -> list[tuple[dt.date, dict[str, int]]]:
        """
        The sum over some accounts for each day that has an entry.

        An account without an entry on a day counts as it did before: a run that failed is no improvement.
        """
        current: dict[str, Counts] = {}
        days: dict[int, dict[str, int]] = {}
        for entry in self.entries:
            if entry.kind == "account" and entry.subject in subjects:
                current[entry.subject] = entry.values
                days[entry.day] = _sum(current.values())
        return [
            (dt.datetime.fromtimestamp(day * _SECONDS_OF_DAY, dt.UTC).date(), counts)
            for day, counts in sorted(days.items())
        ]


def _sum(counts: t.Iterable[Counts]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for name, value in each.items():
            total[name] = total.get(name, 0) + value
    return total


def _number(value: t.Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(value)
    return int(value)
