# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs one step: the attempts that lead to its one answer, and what becomes of it."""

from __future__ import annotations

import time
import typing as t

from .._common.deadlines import BoundedCalls, StoppedError
from .connection import Attempt, ProbeConnection
from .errors import ALREADY_EXISTS, NO_SUCH_ENTITY, Cause, Diagnosis, diagnose
from .settings import ProbeSettings
from .steps import Ledger, Presence, Step, StepResult

_FIRST_DELAY = 0.05
_LONGEST_DELAY = 1.0


def delays() -> t.Iterator[float]:
    """How long to wait before each further attempt, in seconds."""
    delay = _FIRST_DELAY
    while True:
        yield delay
        delay = min(2 * delay, _LONGEST_DELAY)


class StepRunner:
    def __init__(
        self, connection: ProbeConnection, calls: BoundedCalls, settings: ProbeSettings, ledger: Ledger
    ) -> None:
        self._connection = connection
        self._calls = calls
        self._settings = settings
        self._ledger = ledger

    def run(self, step: Step, parameters: dict[str, t.Any]) -> tuple[StepResult, dict[str, t.Any]]:
        """
        The result of a step whose needs are met, and AWS's answer.
        Raises StoppedError where a signal ends it before its outcome is known.
        """
        result = StepResult(step.name, propagation_ms=0.0)
        try:
            attempt, diagnosis = self._attempts(step, parameters, result)
        except StoppedError:
            self._ledger.not_done(step, uncertain=True)
            raise
        result.duration_ms = None if attempt.duration_ms is None else round(attempt.duration_ms, 1)
        result.request_id = _request_id(attempt)
        if diagnosis is None:
            result.status = "ok"
            self._ledger.done(step)
            return result, attempt.answer or {}
        result.status = _STATUSES[diagnosis.cause]
        result.error_code = diagnosis.code
        result.error = diagnosis.sentence
        self._ledger.not_done(step, uncertain=diagnosis.uncertain)
        return result, {}

    def _attempts(
        self, step: Step, parameters: dict[str, t.Any], result: StepResult
    ) -> tuple[Attempt, Diagnosis | None]:
        """The last attempt, and what is wrong with it, if anything is."""
        began = time.monotonic()
        ends = began + self._settings.step_timeout
        patience_ends = began + self._settings.consistency_timeout
        waits = delays()
        while True:
            result.attempts += 1
            started = time.monotonic()
            attempt = self._connection.attempt(step.operation, parameters, ends - started)
            diagnosis = self._diagnose(step, parameters, attempt, result)
            if diagnosis is None or diagnosis.cause not in _WAITED_OUT:
                return attempt, diagnosis
            left = min(patience_ends, ends) - time.monotonic()
            if left <= 0:
                return attempt, self._impatient(diagnosis)
            self._calls.pause(min(next(waits), left))
            if self._calls.stop_reason:
                raise StoppedError
            if diagnosis.cause is Cause.CONSISTENCY:
                result.propagation_ms = round((result.propagation_ms or 0) + (time.monotonic() - started) * 1000, 1)
            if time.monotonic() >= ends:
                return attempt, self._impatient(diagnosis)

    def _diagnose(
        self, step: Step, parameters: dict[str, t.Any], attempt: Attempt, result: StepResult
    ) -> Diagnosis | None:
        if attempt.error is None:
            return None
        # Where a policy is detached, its absence is that of the attachment.
        policy_arn = parameters.get("PolicyArn") if step.leaves is Presence.PRESENT else None
        diagnosis = diagnose(attempt.error, policy_arn)
        if diagnosis.cause is Cause.TIMEOUT:
            return diagnosis._replace(sentence=f"no answer within {self._settings.step_timeout:g} s")
        # Names are of this run only, so an entity that an earlier attempt may have made is its own.
        if diagnosis.code == ALREADY_EXISTS and result.attempts > 1:
            return None
        # What was plainly visible and is no longer has been removed.
        gone = step.leaves is Presence.ABSENT and step.thing in self._ledger.seen
        return None if diagnosis.code == NO_SUCH_ENTITY and gone else diagnosis

    def _impatient(self, diagnosis: Diagnosis) -> Diagnosis:
        timeouts = (self._settings.consistency_timeout, self._settings.step_timeout)
        sentence = f"{diagnosis.sentence}; this did not pass within {min(timeouts):g} s"
        step_is_over = self._settings.step_timeout < self._settings.consistency_timeout
        return diagnosis._replace(cause=Cause.TIMEOUT if step_is_over else diagnosis.cause, sentence=sentence)


_WAITED_OUT = (Cause.CONSISTENCY, Cause.THROTTLING)
_STATUSES = {
    Cause.FAULT: "failed",
    Cause.CONSISTENCY: "failed",
    Cause.THROTTLING: "failed",
    Cause.TIMEOUT: "timeout",
    Cause.MISCONFIGURED: "misconfigured",
}


def _request_id(attempt: Attempt) -> str | None:
    # Errors of the transport have a response as well, which is None.
    answer = attempt.answer or getattr(attempt.error, "response", None) or {}
    request_id = answer.get("ResponseMetadata", {}).get("RequestId")
    return str(request_id) if request_id else None
