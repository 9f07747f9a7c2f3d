# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a run of the probe tells: the result of the module, and one sentence where the run failed."""

from __future__ import annotations

import dataclasses
import typing as t

from .run import Probe
from .states import overall
from .steps import StepResult


def describe(probe: Probe, results: t.Sequence[StepResult]) -> dict[str, t.Any]:
    return {
        "steps": [dataclasses.asdict(result) for result in results],
        "state": overall(result.state for result in results),
        "swept": probe.swept,
        "leftovers": probe.leftovers,
        "account_id": probe.account.account_id,
        "region": probe.region,
        "profile": probe.profile,
    }


def failure(results: t.Iterable[StepResult]) -> str:
    """Empty where no step failed. Steps that failed for the same reason share it."""
    names: dict[str, list[str]] = {}
    for result in results:
        if result.failed:
            names.setdefault(f"{_VERBS[result.status]}: {result.error}", []).append(result.name)
    return "; ".join(f"{' and '.join(failed)} {reason}" for reason, failed in names.items())


_VERBS = {"failed": "failed", "timeout": "timed out", "misconfigured": "cannot work"}
