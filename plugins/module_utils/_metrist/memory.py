# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Remembers what was registered, for back ends that do not list registrations."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from .._common.errors import KeywardError
from .._files import atomic, state
from .api import MetristError, Registration

_MOST_BYTES = 1_000_000


class Memory:
    """A file of registrations, one for each back end."""

    def __init__(self, path: str, api_url: str) -> None:
        self._path = Path(path)
        self._api_url = api_url

    def recall(self) -> Registration | None:
        entry = self._load().get(self._api_url)
        return Registration(**entry) if entry else None

    def prepare(self) -> None:
        """Fails if the file could not be written, before there is anything to lose."""
        try:
            directory = state.prepare(self._path.parent)
        except KeywardError as error:
            raise self._not_written(str(error)) from None
        except OSError as error:
            raise self._not_written(f"{error.strerror}: {error.filename}") from None
        if not os.access(directory, os.W_OK):
            raise self._not_written(f"no permission to write in {directory}")

    def remember(self, registration: Registration) -> None:
        self._store({**self._load(), self._api_url: registration._asdict()})

    def forget(self) -> None:
        entries = self._load()
        if entries.pop(self._api_url, None) is not None:
            self._store(entries)

    def _load(self) -> dict[str, t.Any]:
        try:
            entries = json.loads(state.read(self._path, _MOST_BYTES))
            # What is read is what was written, or it is another file.
            return {url: Registration(**entry)._asdict() for url, entry in entries.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise MetristError(f"id_path {self._path} cannot be read: {error.strerror}", setting="id_path") from None
        except KeywardError as error:
            raise MetristError(f"id_path cannot be read: {error}", setting="id_path") from None
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise MetristError(
                f"id_path {self._path} holds no registrations: restore it, or remove it to register again "
                "(the old registrations stay)",
                setting="id_path",
            ) from None

    def _store(self, entries: dict[str, t.Any]) -> None:
        """Atomically, so that a killed run leaves the old file or the new one."""
        try:
            atomic.write(self._path, json.dumps(entries, indent=2).encode())
        except OSError as error:
            raise self._not_written(error.strerror) from None

    def _not_written(self, reason: str | None) -> MetristError:
        return MetristError(f"id_path {self._path} cannot be written: {reason}", setting="id_path")
