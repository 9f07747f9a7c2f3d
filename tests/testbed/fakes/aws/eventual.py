# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A store whose changes reach readers late, as IAM's do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

T = TypeVar("T")

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass
class _Entry(Generic[T]):
    item: T
    visible_from: datetime
    gone_from: datetime | None = None

    def visible(self, at: datetime) -> bool:
        return self.visible_from <= at and (self.gone_from is None or at < self.gone_from)


class Eventual(Generic[T]):
    """Items by key. Keys ignore case, as IAM's names do.

    ``in``, ``[]`` and ``len`` tell the truth of the record, which quotas and the uniqueness of names go by;
    ``get`` and ``entries`` tell what a reader sees at a moment.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry[T]] = {}

    def add(self, key: str, item: T, visible_from: datetime = ALWAYS) -> None:
        self._entries[key.lower()] = _Entry(item, visible_from)

    def remove(self, key: str, gone_from: datetime) -> None:
        self._entries[key.lower()].gone_from = gone_from

    def get(self, key: str, at: datetime) -> T | None:
        entry = self._entries.get(key.lower())
        return entry.item if entry is not None and entry.visible(at) else None

    def entries(self, at: datetime) -> list[tuple[str, T]]:
        """What a reader sees, sorted by key."""
        for key in [key for key, entry in self._entries.items() if entry.gone_from and entry.gone_from <= at]:
            del self._entries[key]
        return sorted(((key, entry.item) for key, entry in self._entries.items() if entry.visible(at)), key=_by_key)

    def items(self, at: datetime) -> list[T]:
        return [item for _unused, item in self.entries(at)]

    def __getitem__(self, key: str) -> T:
        """What is really there, seen or not yet."""
        if key not in self:
            raise KeyError(key)
        return self._entries[key.lower()].item

    def recorded(self) -> list[T]:
        """All that is really there, sorted by key."""
        return [entry.item for _unused, entry in sorted(self._entries.items()) if entry.gone_from is None]

    def holds(self, key: str, at: datetime) -> bool:
        """Whether it is there, or seems to be still: what stands in the way of deleting its owner."""
        entry = self._entries.get(key.lower())
        return entry is not None and (entry.gone_from is None or at < entry.gone_from)

    def held(self, at: datetime) -> bool:
        return any(self.holds(key, at) for key in self._entries)

    def __contains__(self, key: str) -> bool:
        entry = self._entries.get(key.lower())
        return entry is not None and entry.gone_from is None

    def __len__(self) -> int:
        return sum(entry.gone_from is None for entry in self._entries.values())


def _by_key(entry: tuple[str, object]) -> str:
    return entry[0]
