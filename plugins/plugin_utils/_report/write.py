# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""From results to the files of a report."""

from __future__ import annotations

import dataclasses
import os
import stat
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._files import atomic, state
from ansible_collections.keyward.iam.plugins.module_utils._files.links import FileError
from ansible_collections.keyward.iam.plugins.module_utils._files.locks import locked

from .document import json_text
from .history import History
from .model import Report, build, entries
from .page import html
from .spreadsheet import csv_text

if t.TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .results import HostResult

_FORMATS: dict[str, Callable[..., str]] = {".html": html, ".csv": csv_text, ".json": json_text}
_LOCK_SECONDS = 10


class ReportError(KeywardError):
    """A report that cannot be written."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a report is to be. C(history) is the directory of earlier reports' numbers; None for none."""

    paths: Sequence[Path]
    title: str
    show_key_ids: bool
    history: Path | None

    def check(self) -> None:
        """Raises ReportError for a path that tells no format or has no directory."""
        for path in self.paths:
            if path.suffix.lower() not in _FORMATS:
                raise ReportError(f"{path} must end in {', '.join(_FORMATS)}: set path")
            if not path.parent.is_dir():
                raise ReportError(f"there is no directory {path.parent}: create it, or set path")


@dataclasses.dataclass(frozen=True)
class Written:
    report: Report
    warnings: list[str]


def write_report(sources: Sequence[HostResult], settings: Settings, now: dt.datetime, *, dry_run: bool) -> Written:
    """
    Write the files and add to the history. Raises ReportError.

    A history that cannot be used costs the report its trend, and is a warning.
    """
    settings.check()
    warnings: list[str] = []
    history = _read(settings.history, warnings) if settings.history else History()
    report = build(sources, settings.title, history, now)
    if dry_run:
        return Written(report, warnings)
    for path in settings.paths:
        text = _FORMATS[path.suffix.lower()](report, show_key_ids=settings.show_key_ids)
        try:
            _replace(path, text)
        except OSError as error:
            raise ReportError(f"{path} cannot be written: {error.strerror}: set path") from error
    if settings.history and not warnings:
        _remember(settings.history, report, int(now.timestamp()), warnings)
    return Written(report, warnings)


def _read(directory: Path, warnings: list[str]) -> History:
    try:
        return History.read(directory)
    except (OSError, FileError) as error:
        warnings.append(_without_history(directory, error))
        return History()


def _remember(directory: Path, report: Report, now: int, warnings: list[str]) -> None:
    """Read anew under the lock, since another report may have been written meanwhile."""
    try:
        directory = state.prepare(directory)
        with locked(directory / ".lock", _LOCK_SECONDS):
            history = History.read(directory).with_entries(entries(report), now)
            atomic.write(History.path(directory), history.text().encode())
    except (OSError, FileError) as error:
        warnings.append(_without_history(directory, error))


def _without_history(directory: Path, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The history of reports in {directory} cannot be used ({reason}): set history_path."


def _replace(path: Path, text: str) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mode = atomic.PRIVATE
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        atomic.replace(directory, path.name, text.encode(), mode=mode)
    finally:
        os.close(directory)
