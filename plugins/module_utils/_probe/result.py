# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The result of a step, and one sentence about a run in which steps failed."""

from __future__ import annotations

import dataclasses
import typing as t

StepStatus = t.Literal["ok", "failed", "timeout", "misconfigured", "skipped"]
State = t.Literal["up", "degraded", "down", "misconfigured"]


@dataclasses.dataclass
class StepResult:
    """One step as the module returns it: see RETURN of keyward.iam.probe."""

    name: str
    status: StepStatus = "skipped"
    duration_ms: float | None = None
    attempts: int = 0
    propagation_ms: float | None = None
    error_code: str | None = None
    error: str | None = None
    request_id: str | None = None
    state: State | None = None

    @property
    def failed(self) -> bool:
        return self.status not in ("ok", "skipped")


def failure(results: t.Iterable[StepResult]) -> str:
    """Empty if no step failed. Steps that failed for the same reason share it."""
    names: dict[str, list[str]] = {}
    for result in results:
        if result.failed:
            names.setdefault(f"{_VERBS[result.status]}: {result.error}", []).append(result.name)
    return "; ".join(f"{' and '.join(failed)} {reason}" for reason, failed in names.items())


_VERBS = {"failed": "failed", "timeout": "timed out", "misconfigured": "cannot work"}
