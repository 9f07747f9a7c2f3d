# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Keeps the steps' histories in a file, for many writers and through kills."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
import typing as t
import urllib.parse
from pathlib import Path

from .result import StepResult
from .states import Json, StepHistory, Thresholds
from .steps import STEPS

_LOCK_SECONDS = 10
_VERSION = 1


def update_states(
    directory: str, identity: t.Sequence[str], results: t.Sequence[StepResult], now: float, thresholds: Thresholds
) -> list[str]:
    """
    Sets the results' states by the history that a directory keeps under an identity, and returns warnings.
    Without a directory, or if it cannot be used, the states tell of these results alone.
    """
    if directory:
        try:
            return HistoryFile(directory, identity).record(results, now, thresholds)
        except Exception as error:  # noqa: BLE001 - the results are told with and without a history
            warnings = [f"the states tell of this run alone, since history_path {directory} cannot be used: {error}"]
    else:
        warnings = []
    _set_states(results, {}, now, Thresholds(thresholds.degraded_percent, 1, 1, 1, 1))
    return warnings


class HistoryFile:
    """One file for each of a folder's probes."""

    def __init__(self, folder: str, identity: t.Sequence[str]) -> None:
        """Raises RuntimeError where there is no home to expand."""
        path = Path(folder).expanduser()
        name = "@".join(urllib.parse.quote(part, safe="") for part in identity)
        self.path = path / f"{name}.json"
        self._lock = path / f"{name}.lock"
        self._next = path / f"{name}.next"

    def record(self, results: t.Sequence[StepResult], now: float, thresholds: Thresholds) -> list[str]:
        """Adds one run's results, sets their states, and returns what is to be said. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            histories, warnings = self._load()
            _set_states(results, histories, now, thresholds)
            self._store(histories)
        return warnings

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[None]:
        # The history is replaced as a whole, so the lock is on a file that stays.
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _load(self) -> tuple[dict[str, StepHistory], list[str]]:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
            return {name: StepHistory.from_json(step) for name, step in _checked(stored).items()}, []
        except FileNotFoundError:
            return {}, []
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            broken = self.path.with_name(f"{self.path.name}.broken-{time.time_ns()}")
            self.path.rename(broken)
            return {}, [f"the history {self.path} was broken, is kept as {broken.name}, and begins anew ({error})"]

    def _store(self, histories: dict[str, StepHistory]) -> None:
        content = {"version": _VERSION, "steps": {name: history.to_json() for name, history in histories.items()}}
        # Only the holder of the lock writes here, so what a killed one left is in nobody's way.
        descriptor = os.open(self._next, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(descriptor)
        self._next.replace(self.path)


def _set_states(
    results: t.Sequence[StepResult], histories: dict[str, StepHistory], now: float, thresholds: Thresholds
) -> None:
    """Tells each result the state that it leads to. A step that never ran has none."""
    for result in results:
        if result.status in ("ok", "failed", "timeout"):
            history = histories.setdefault(result.name, StepHistory())
            if result.status == "ok":
                history.succeeded(result.duration_ms or 0.0, now, thresholds)
            else:
                history.failed(result.duration_ms, thresholds)
        if result.status == "misconfigured":
            result.state = "misconfigured"
        elif result.name in histories:
            result.state = histories[result.name].state


def _checked(stored: t.Any) -> Json:
    if stored["version"] != _VERSION or not stored["steps"].keys() <= STEPS.keys():
        raise ValueError("it is no history of this probe")
    return t.cast("Json", stored["steps"])


def _lock(descriptor: int) -> None:
    """Whoever holds it writes a few kilobytes; one that does not let go must not stop the probe."""
    ends = time.monotonic() + _LOCK_SECONDS
    while not _try_lock(descriptor):
        if time.monotonic() >= ends:
            raise TimeoutError(f"another process locks it for over {_LOCK_SECONDS} s")
        time.sleep(0.01)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
