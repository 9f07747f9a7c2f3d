# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Keeps the steps' histories in a file, for many writers and through kills."""

from __future__ import annotations

import json
import typing as t
import urllib.parse
from pathlib import Path

from .._files import atomic, state
from .._files.locks import locked
from .result import StepResult
from .states import Json, StepHistory, Thresholds
from .steps import STEPS

_LOCK_SECONDS = 10
"""The holder writes a few kilobytes; one that does not let go must not stop the probe."""

_MOST_BYTES = 1_000_000
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
            warnings = [
                f"the states depend on this run alone, because history_path {directory} cannot be used: {error}"
            ]
    else:
        warnings = []
    _set_states(results, {}, now, Thresholds(thresholds.degraded_percent, 1, 1, 1, 1))
    return warnings


class HistoryFile:
    """One file for each of a directory's probes."""

    def __init__(self, directory: str, identity: t.Sequence[str]) -> None:
        """Raises RuntimeError if there is no home to expand, FileError, and OSError."""
        path = state.prepare(Path(directory).expanduser())
        name = "@".join(urllib.parse.quote(part, safe="") for part in identity)
        self.path = path / f"{name}.json"
        self._lock = path / f"{name}.lock"

    def record(self, results: t.Sequence[StepResult], now: float, thresholds: Thresholds) -> list[str]:
        """Adds one run's results, sets their states, and returns warnings. Raises KeywardError and OSError."""
        # The history is replaced as a whole, so the lock is on a file that stays.
        with locked(self._lock, _LOCK_SECONDS):
            histories, warnings = self._load()
            _set_states(results, histories, now, thresholds)
            self._store(histories)
        return warnings

    def _load(self) -> tuple[dict[str, StepHistory], list[str]]:
        try:
            content = state.read(self.path, _MOST_BYTES)
        except FileNotFoundError:
            return {}, []
        try:
            return {name: StepHistory.from_json(step) for name, step in _checked(json.loads(content)).items()}, []
        except Exception as error:  # noqa: BLE001 - a broken file breaks its readers in ways without end
            broken = state.keep_broken(self.path)
            why = f"{type(error).__name__}: {error}"
            return {}, [
                f"the history {self.path} was broken, was kept as {broken.name}, and a new one was started ({why})"
            ]

    def _store(self, histories: dict[str, StepHistory]) -> None:
        content = {"version": _VERSION, "steps": {name: history.to_json() for name, history in histories.items()}}
        atomic.write(self.path, json.dumps(content).encode())


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
