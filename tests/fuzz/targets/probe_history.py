# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The history of a probe: a state comes of any file, and what is broken is set aside as it is, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._probe.history import update_states
from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult
from ansible_collections.keyward.iam.plugins.module_utils._probe.states import StepHistory, Thresholds

if TYPE_CHECKING:
    from pathlib import Path

_NOW = 1_800_000_000.0
_THRESHOLDS = Thresholds(500, 3, 3, 2, 2)
_HISTORY = StepHistory()
for _time in (100.0, 120.0, 90.0):
    _HISTORY.succeeded(_time, _NOW - 7200 + _time, _THRESHOLDS)
_FILE = {"version": 1, "steps": {"CreateUser": _HISTORY.to_json(), "DeleteUser": StepHistory(down=True).to_json()}}

SEEDS = (json.dumps(_FILE).encode(), b'{"version": 1, "steps": {}}', b"{}", b"")
_HOURS = {"CreateUser": {**StepHistory().to_json(), "hours": {str(int(_NOW // 3600)): [1.0, 10**400]}}}
FOUND = (json.dumps({"version": 1, "steps": _HOURS}).encode(),)


def _record(room: Path, now: float) -> tuple[str | None, list[str]]:
    result = StepResult("CreateUser", "ok", 100.0)
    warnings = update_states(str(room), ("lab", "default", "us-east-1"), [result], now, _THRESHOLDS)
    return result.state, warnings


def check(data: bytes, room: Path) -> None:
    path = room / "lab@default@us-east-1.json"
    path.write_bytes(data)
    path.chmod(0o600)
    state, warnings = _record(room, _NOW)
    assert state in ("up", "degraded", "down")
    if warnings:
        [warning] = warnings
        assert "was broken, was kept as" in warning, warning
        assert warning.isprintable(), warning
        [broken] = room.glob("*.broken-*")
        assert broken.read_bytes() == data
    assert _record(room, _NOW + 60)[1] == []
