# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One run of the probe: eight steps, and whatever happens, nothing of them left behind."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing as t

from .._aws.account import UNKNOWN_ACCOUNT, account_in
from .._common.deadlines import BoundedCalls, StoppedError
from .cleanup import CleanUp, made
from .connection import ProbeConnection
from .entities import Names, tags
from .errors import CallError, Failure
from .removal import Removal, Remover
from .result import State, StepResult
from .settings import ProbeSettings, default_policy_arn
from .states import worst
from .step_runner import StepRunner
from .steps import STEPS, ResourceTracker
from .sweep import SWEEP_SECONDS, Sweep

_CREDENTIALS_SECONDS = (5, 30)
"""The least and the most that resolving the credentials may take; between them, as long as a step."""

_IDENTITY_SECONDS = 10
_CLEAN_UP_SECONDS = 30
"""At least; a create that may still become visible is waited for as long as that may take."""


class Probe:
    """C(failure) is why no step could be run, or no further one."""

    def __init__(self, connection: ProbeConnection, calls: BoundedCalls, settings: ProbeSettings) -> None:
        self.names = Names(settings.namespace)
        self.account = UNKNOWN_ACCOUNT
        self.failure: Failure | None = None
        self.interrupted = False
        self.leftovers: list[str] = []
        self.swept: list[str] = []
        self.warnings: list[str] = []
        self._connection = connection
        self._calls = calls
        self._settings = settings
        self._tracker = ResourceTracker()
        self._runner = StepRunner(connection, calls, settings, self._tracker)

    @property
    def policy_arn(self) -> str:
        account = self.account
        return self._settings.policy_arn or default_policy_arn(
            str(account.partition), str(account.account_id), self._settings.namespace, self.region
        )

    @property
    def profile(self) -> str:
        return self._connection.profile

    @property
    def region(self) -> str:
        return self._connection.region or self.account.control_plane_region

    def run(self) -> list[StepResult]:
        """All eight results, whatever happens. A signal ends the run early; the steps that it leaves out say so."""
        results = {name: StepResult(name) for name in STEPS}
        try:
            self.prepare()
            for name in STEPS:
                if self.failure or self._calls.stop_reason:
                    break
                results[name] = self.run_step(name)
        except StoppedError:
            pass
        except Exception as error:  # noqa: BLE001 - a bug must not hide what was found, nor keep what was made
            self.failure = CallError(error).failure
        finally:
            self.clean_up()
        for result in results.values():
            if result.status == "skipped" and result.error is None:
                self._explain_skipped(result)
        return list(results.values())

    def prepare(self) -> None:
        """Resolves the credentials, and warms the connection by the sweep. Raises StoppedError."""
        try:
            self.open()
        except CallError as error:
            self.failure = error.failure
            return
        try:
            self.identify()
        except CallError as error:
            self.account = account_in(self._settings.policy_arn) or account_in(str(error)) or UNKNOWN_ACCOUNT
            self.warnings.append(f"AWS did not return the account of these credentials: {error.failure.sentence}")
        self.sweep()

    def open(self) -> None:
        """Raises CallError, or StoppedError."""
        least, most = _CREDENTIALS_SECONDS
        self._connection.open(min(most, max(least, self._settings.step_timeout)))

    def identify(self) -> None:
        """Raises CallError, or StoppedError."""
        self.account = self._connection.identify(min(_IDENTITY_SECONDS, self._settings.step_timeout))

    def read_policy(self) -> dict[str, t.Any]:
        """Raises CallError, or StoppedError."""
        answer = self._remover(_IDENTITY_SECONDS).call("get_policy", PolicyArn=self.policy_arn)
        return t.cast("dict[str, t.Any]", answer["Policy"])

    def sweep(self, *, dry_run: bool = False) -> list[str]:
        """The names of what killed runs left, which is removed unless it is a C(dry_run). Raises StoppedError."""
        sweep = Sweep(self._remover(SWEEP_SECONDS), self._calls, self._settings, dt.datetime.now(dt.timezone.utc))
        found = []
        try:
            found = sweep.find()
            if dry_run:
                found = list(sweep.own(found))
            else:
                sweep.remove(found)
        finally:
            self.swept += sweep.removal.removed
            self._note(sweep.removal)
        return [entity.name for entity in found]

    def run_step(self, name: str) -> StepResult:
        """The result of one of STEPS. Raises StoppedError."""
        step = STEPS[name]
        unmet = self._tracker.unmet(step)
        if unmet:
            self._tracker.not_tried(step)
            failed = self._tracker.failed_dependency(step)
            reason = f"{failed} failed" if failed else f"the {unmet[0].value} it needs was not made or not removed"
            return StepResult(name, error=f"skipped because {reason}")
        result, response = self._runner.run(step, self._parameters(name))
        if self.account is UNKNOWN_ACCOUNT:
            self.account = account_in(response.get("User", {}).get("Arn")) or UNKNOWN_ACCOUNT
        return result

    def clean_up(self) -> None:
        """Removes what the steps left, and is not kept from it by a signal. Never raises an exception."""
        self._calls.ignore_stop()
        remover = self._remover(max(_CLEAN_UP_SECONDS, self._settings.consistency_timeout))
        patience = self._settings.consistency_timeout
        try:
            self._note(CleanUp(remover, self._calls, self._tracker, self.names, patience).run(self.policy_arn))
        except Exception as error:  # noqa: BLE001 - the results are told in any case
            left = [entity.name for entity in made(self._tracker, self.names).values()]
            sentence = CallError(error).failure.sentence
            self._note(Removal(leftovers=left, warnings=[f"{' and '.join(left)} may be left: {sentence}"]))

    def describe(self, results: t.Sequence[StepResult]) -> dict[str, t.Any]:
        """The run as the module returns it."""
        state: State | None = "misconfigured" if self.failure else worst(result.state for result in results)
        return {
            "steps": [dataclasses.asdict(result) for result in results],
            "state": state,
            "swept": self.swept,
            "leftovers": self.leftovers,
            "account_id": self.account.account_id,
            "region": self.region,
            "profile": self.profile,
            "namespace": self._settings.namespace,
        }

    def _explain_skipped(self, result: StepResult) -> None:
        if self.failure:
            result.error_code = self.failure.code
            result.error = f"skipped because the probe cannot run: {self.failure.sentence}"
        else:
            self.interrupted = True
            result.error = f"interrupted by {self._calls.stop_reason}"

    def _parameters(self, name: str) -> dict[str, t.Any]:
        user, group = {"UserName": self.names.user}, {"GroupName": self.names.group}
        policy = {"PolicyArn": self.policy_arn}
        user_tags = tags(self._settings.namespace, dt.datetime.now(dt.timezone.utc))
        parameters: dict[str, dict[str, t.Any]] = {
            "CreateUser": {**user, "Path": self._settings.user_path, "Tags": user_tags},
            "CreateGroup": {**group, "Path": self._settings.group_path},
            "AddUserToGroup": {**user, **group},
            "RemoveUserFromGroup": {**user, **group},
            "DeleteGroup": group,
            "AttachPolicy": {**user, **policy},
            "DetachPolicy": {**user, **policy},
            "DeleteUser": user,
        }
        return parameters[name]

    def _remover(self, seconds: float) -> Remover:
        return Remover(self._connection, self._calls, self._settings.step_timeout, seconds)

    def _note(self, removal: Removal) -> None:
        self.leftovers += removal.leftovers
        self.warnings += removal.warnings
