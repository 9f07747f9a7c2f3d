# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Runs one step: the attempts that lead to its one response, and the status that follows from it."""

from __future__ import annotations

import time
import typing as t

from .._common.backoff import pauses
from .._common.deadlines import BoundedCalls, StoppedError
from .connection import Attempt, ProbeConnection
from .errors import ALREADY_EXISTS, NO_SUCH_ENTITY, ErrorClass, Failure, classify
from .result import StepResult, StepStatus
from .settings import ProbeSettings
from .steps import Presence, ResourceTracker, Step

_FIRST_DELAY = 0.05
_LONGEST_DELAY = 1.0


def waits_between_attempts() -> t.Iterator[float]:
    return pauses(_FIRST_DELAY, _LONGEST_DELAY)


class StepRunner:
    def __init__(
        self, connection: ProbeConnection, calls: BoundedCalls, settings: ProbeSettings, tracker: ResourceTracker
    ) -> None:
        self._connection = connection
        self._calls = calls
        self._settings = settings
        self._tracker = tracker

    def run(self, step: Step, parameters: dict[str, t.Any]) -> tuple[StepResult, dict[str, t.Any]]:
        """
        The result of a step with all that it needs, and AWS's response.
        Raises StoppedError if a signal ends it before its outcome is known.
        """
        result = StepResult(step.name, propagation_ms=0.0)
        try:
            attempt, failure = self._attempts(step, parameters, result)
        except StoppedError:
            self._tracker.not_done(step, uncertain=True)
            raise
        result.duration_ms = None if attempt.duration_ms is None else round(attempt.duration_ms, 1)
        result.request_id = _request_id(attempt)
        if failure is None:
            result.status = "ok"
            self._tracker.done(step)
            return result, attempt.response or {}
        result.status = _STATUSES[failure.error_class]
        result.error_code = failure.code
        result.error = failure.sentence
        self._tracker.not_done(step, uncertain=failure.uncertain)
        return result, {}

    def _attempts(self, step: Step, parameters: dict[str, t.Any], result: StepResult) -> tuple[Attempt, Failure | None]:
        """The last attempt, and its failure."""
        began = time.monotonic()
        ends = began + self._settings.step_timeout
        patience_ends = began + self._settings.consistency_timeout
        waits = waits_between_attempts()
        while True:
            result.attempts += 1
            started = time.monotonic()
            attempt = self._connection.attempt(step.operation, parameters, ends - started)
            failure = self._classify(step, parameters, attempt, result)
            if failure is None or failure.error_class not in _WAITED_OUT:
                return attempt, failure
            left = min(patience_ends, ends) - time.monotonic()
            if left <= 0:
                return attempt, self._expired(failure)
            self._calls.pause(min(next(waits), left))
            if self._calls.stop_reason:
                raise StoppedError
            if failure.error_class is ErrorClass.CONSISTENCY:
                result.propagation_ms = round((result.propagation_ms or 0) + (time.monotonic() - started) * 1000, 1)
            if time.monotonic() >= ends:
                return attempt, self._expired(failure)

    def _classify(
        self, step: Step, parameters: dict[str, t.Any], attempt: Attempt, result: StepResult
    ) -> Failure | None:
        if attempt.error is None:
            return None
        # Where a policy is detached, its absence is that of the attachment.
        policy_arn = parameters.get("PolicyArn") if step.leaves is Presence.PRESENT else None
        failure = classify(attempt.error, policy_arn, self._connection.context)
        if failure.error_class is ErrorClass.TIMEOUT:
            return failure._replace(sentence=f"no answer within {self._settings.step_timeout:g} s")
        # Names are of this run only, so an entity that an earlier attempt may have made is its own.
        if failure.code == ALREADY_EXISTS and result.attempts > 1:
            return None
        # What was plainly visible and is no longer has been removed.
        gone = step.leaves is Presence.ABSENT and step.resource in self._tracker.seen
        return None if failure.code == NO_SUCH_ENTITY and gone else failure

    def _expired(self, failure: Failure) -> Failure:
        timeouts = (self._settings.consistency_timeout, self._settings.step_timeout)
        sentence = f"{failure.sentence}; this did not pass within {min(timeouts):g} s"
        step_is_over = self._settings.step_timeout < self._settings.consistency_timeout
        return failure._replace(
            error_class=ErrorClass.TIMEOUT if step_is_over else failure.error_class, sentence=sentence
        )


_WAITED_OUT = (ErrorClass.CONSISTENCY, ErrorClass.THROTTLING)
_STATUSES: dict[ErrorClass, StepStatus] = {
    ErrorClass.FAULT: "failed",
    ErrorClass.CONSISTENCY: "failed",
    ErrorClass.THROTTLING: "failed",
    ErrorClass.TIMEOUT: "timeout",
    ErrorClass.MISCONFIGURED: "misconfigured",
}


def _request_id(attempt: Attempt) -> str | None:
    # Errors of the transport have a response as well, which is None.
    response = attempt.response or getattr(attempt.error, "response", None) or {}
    request_id = response.get("ResponseMetadata", {}).get("RequestId")
    return str(request_id) if request_id else None
