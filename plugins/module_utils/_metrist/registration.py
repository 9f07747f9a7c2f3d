# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Keeps one registration as wanted, although Metrist's API neither lists nor changes registrations.

What was registered is remembered in a file, and a changed registration is a new one in place of the old.
"""

from __future__ import annotations

import dataclasses
import json
import os
import typing as t
from pathlib import Path

from .._files import atomic
from .api import MONITOR, BackEnd, MetristError, MonitorStatus

Config = dict[str, t.Any]


class Registration(t.NamedTuple):
    id: str
    config: Config


class Memory:
    """A file of registrations, one for each back end."""

    def __init__(self, path: str, api_url: str) -> None:
        self._path = Path(path)
        self._api_url = api_url

    def recall(self) -> Registration | None:
        entry = self._load().get(self._api_url)
        return Registration(**entry) if entry else None

    def prepare(self) -> None:
        """Fails where the file could not be written, before there is anything to lose."""
        folder = self._path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_written(f"{error.strerror}: {error.filename}") from None
        if not os.access(folder, os.W_OK):
            raise self._not_written(f"no permission to write in {folder}")

    def remember(self, registration: Registration) -> None:
        self._store({**self._load(), self._api_url: registration._asdict()})

    def forget(self) -> None:
        self._store({url: entry for url, entry in self._load().items() if url != self._api_url})

    def _load(self) -> dict[str, t.Any]:
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
            # What is read is what was written, or it is somebody else's file.
            return {url: Registration(**entry)._asdict() for url, entry in entries.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise MetristError(f"id_path {self._path} cannot be read: {error.strerror}") from None
        except (ValueError, TypeError, AttributeError):
            raise MetristError(
                f"id_path {self._path} holds no registrations: restore it, or remove it to register anew, which leaves "
                "registered what it held"
            ) from None

    def _store(self, entries: dict[str, t.Any]) -> None:
        """Atomically, so that a killed run leaves the old file or the new one."""
        try:
            atomic.write(self._path, json.dumps(entries, indent=2).encode())
        except OSError as error:
            raise self._not_written(error.strerror) from None

    def _not_written(self, reason: str | None) -> MetristError:
        return MetristError(f"id_path {self._path} cannot be written: {reason}")


@dataclasses.dataclass(frozen=True)
class Change:
    """From what is remembered to what is wanted; either may be nothing."""

    before: Registration | None
    wanted: Config | None

    @property
    def needed(self) -> bool:
        return (self.before.config if self.before else None) != self.wanted

    def apply(self, back_end: BackEnd, memory: Memory) -> str | None:
        """Makes the change, and returns the id of the registration that there is then."""
        memory.prepare()
        if self.before is not None:
            back_end.unregister(self.before.id)
            memory.forget()
        if self.wanted is None:
            return None
        registration = Registration(back_end.register(self.wanted), self.wanted)
        try:
            memory.remember(registration)
        except MetristError as error:
            raise MetristError(f"the probe is registered as {registration.id}, but {error}") from None
        return registration.id

    def doubt(self, status: MonitorStatus | None) -> str | None:
        """A sentence about what cannot be known, where that matters."""
        if self.before is None and status is not None:
            outcome = "is left as it is" if self.wanted is None else "now exists a second time"
            return (
                f"the back end has a state of the monitor {MONITOR}, and id_path remembers no registration: "
                f"one that was made elsewhere {outcome}, as the API does not tell its id"
            )
        if self.before is not None and self.wanted is not None and not self.needed and status is None:
            return (
                f"the back end has no state of the monitor {MONITOR}: no orchestrator has run it yet, or its "
                f"registration {self.before.id} was removed elsewhere, which the API does not tell; "
                "with state=absent and then state=present it is registered anew"
            )
        return None
