# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One run of the probe with its history, or its dry run, as the result of a module."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from .._aws.errors import UserError
from .._aws.session import ConnectionSettings
from .._common.deadlines import BoundedCalls
from .connection import ProbeConnection
from .dry_run import dry_run
from .history import update_states
from .result import StepResult, failure
from .run import Probe
from .settings import ProbeSettings
from .states import Thresholds
from .steps import STEPS


@dataclasses.dataclass(frozen=True)
class Outcome:
    """C(result) has a C(msg) if the run C(failed)."""

    failed: bool
    result: dict[str, t.Any]
    warnings: list[str]


@dataclasses.dataclass(frozen=True)
class ProbeRequest:
    profile: str | None
    connection: ConnectionSettings
    settings: ProbeSettings
    thresholds: Thresholds
    history_path: str

    def run(self) -> Outcome:
        calls, now = BoundedCalls(), time.time()
        probe = self._probe(calls)
        calls.stop_on_signals()
        results = probe.run()
        message = failure(results)
        if probe.interrupted:
            message = f"interrupted by {calls.stop_reason}"
        else:
            identity = (self.settings.namespace, probe.profile, probe.region)
            probe.warnings += update_states(self.history_path, identity, results, now, self.thresholds)
        if probe.failure:
            message = "; ".join(filter(None, [f"the probe cannot run: {probe.failure.sentence}", message]))
        return _outcome(probe, results, now, message, failed=bool(message))

    def dry_run(self) -> Outcome:
        now = time.time()
        probe = self._probe(BoundedCalls())
        results = [StepResult(name, error="skipped in check mode") for name in STEPS]
        try:
            return _outcome(probe, results, now, dry_run(probe, self.settings), failed=False)
        except UserError as error:
            return _outcome(probe, results, now, str(error), failed=True)

    def _probe(self, calls: BoundedCalls) -> Probe:
        connection = ProbeConnection(self.profile, self.connection, calls, self.settings.step_timeout)
        return Probe(connection, calls, self.settings)


def _outcome(probe: Probe, results: t.Sequence[StepResult], began: float, message: str, *, failed: bool) -> Outcome:
    result = {
        "changed": bool(probe.swept or probe.leftovers),
        "timestamp": int(began),
        **probe.describe(results),
        **({"msg": message} if message else {}),
        # Ansible shows it from -vvv on.
        **({"exception": probe.failure.traceback} if probe.failure and probe.failure.traceback else {}),
    }
    return Outcome(failed, result, probe.warnings)
