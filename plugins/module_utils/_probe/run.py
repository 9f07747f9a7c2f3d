# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One run of the probe: eight steps, and whatever happens, nothing of them left behind."""

from __future__ import annotations

import datetime as dt
import typing as t

from .._aws.account import UNKNOWN_ACCOUNT, account_in
from .._common.deadlines import BoundedCalls, StoppedError
from .cleanup import CleanUp
from .connection import ProbeConnection
from .errors import CALL_ERRORS, diagnose
from .removal import Janitor
from .settings import Names, ProbeSettings, default_policy_arn, tags
from .step_runner import StepRunner
from .steps import STEPS, Ledger, StepResult
from .sweep import SWEEP_SECONDS, Sweep, Swept

_IDENTITY_SECONDS = 10
_CLEAN_UP_SECONDS = 30
"""At least; a create that may still become visible is waited for as long as that may take."""


class Probe:
    def __init__(self, connection: ProbeConnection, calls: BoundedCalls, settings: ProbeSettings) -> None:
        self.names = Names(settings)
        self.account = UNKNOWN_ACCOUNT
        self.interrupted = False
        self.leftovers: list[str] = []
        self.swept: list[str] = []
        self.warnings: list[str] = []
        self._connection = connection
        self._calls = calls
        self._settings = settings
        self._ledger = Ledger()
        self._runner = StepRunner(connection, calls, settings, self._ledger)

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
        """All eight results. A signal ends the run early; the steps that it leaves out say so."""
        results = {name: StepResult(name) for name in STEPS}
        try:
            self.prepare()
            for name in STEPS:
                if self._calls.stop_reason:
                    break
                results[name] = self.run_step(name)
        except StoppedError:
            pass
        finally:
            self.clean_up()
        for result in results.values():
            if result.status == "skipped" and result.error is None:
                self.interrupted = True
                result.error = f"interrupted by {self._calls.stop_reason}"
        return list(results.values())

    def prepare(self) -> None:
        """Learns whose account it is, and warms the connection by the sweep. Raises StoppedError."""
        try:
            self.identify()
        except CALL_ERRORS as error:
            self.account = account_in(self._settings.policy_arn) or account_in(str(error)) or UNKNOWN_ACCOUNT
            self.warnings.append(f"AWS did not tell whose credentials these are: {diagnose(error).sentence}")
        self.sweep()

    def identify(self) -> None:
        """Raises one of CALL_ERRORS, or StoppedError."""
        self.account = self._connection.identify(min(_IDENTITY_SECONDS, self._settings.step_timeout))

    def read_policy(self) -> dict[str, t.Any]:
        """Raises one of CALL_ERRORS, or StoppedError."""
        answer = self._janitor(_IDENTITY_SECONDS).call("get_policy", PolicyArn=self.policy_arn)
        return t.cast("dict[str, t.Any]", answer["Policy"])

    def sweep(self, *, dry_run: bool = False) -> list[str]:
        """The names of what killed runs left, which is removed unless it is a C(dry_run). Raises StoppedError."""
        sweep = Sweep(self._janitor(SWEEP_SECONDS), self._calls, self._settings, dt.datetime.now(dt.timezone.utc))
        found = []
        try:
            found = sweep.find()
            if not dry_run:
                sweep.remove(found)
        finally:
            self.swept += sweep.swept.removed
            self._note(sweep.swept)
        return [entity.name for entity in found]

    def run_step(self, name: str) -> StepResult:
        """The result of one of STEPS. Raises StoppedError."""
        step = STEPS[name]
        unmet = self._ledger.unmet(step)
        if unmet:
            self._ledger.not_tried(step)
            culprit = self._ledger.culprit(step)
            reason = f"{culprit} failed" if culprit else f"the {unmet[0].value} it needs was not made or not removed"
            return StepResult(name, error=f"skipped because {reason}")
        result, answer = self._runner.run(step, self._parameters(name))
        if self.account is UNKNOWN_ACCOUNT:
            self.account = account_in(answer.get("User", {}).get("Arn")) or UNKNOWN_ACCOUNT
        return result

    def clean_up(self) -> None:
        """Removes what the steps left, and is not kept from it by a signal."""
        self._calls.ignore_stop()
        janitor = self._janitor(max(_CLEAN_UP_SECONDS, self._settings.consistency_timeout))
        patience = self._settings.consistency_timeout
        self._note(CleanUp(janitor, self._calls, self._ledger, self.names, patience).run(self.policy_arn))

    def _parameters(self, name: str) -> dict[str, t.Any]:
        user, group = {"UserName": self.names.user}, {"GroupName": self.names.group}
        policy = {"PolicyArn": self.policy_arn}
        made_by = tags(self._settings.namespace, dt.datetime.now(dt.timezone.utc))
        parameters: dict[str, dict[str, t.Any]] = {
            "CreateUser": {**user, "Path": self._settings.user_path, "Tags": made_by},
            "CreateGroup": {**group, "Path": self._settings.group_path},
            "AddUserToGroup": {**user, **group},
            "RemoveUserFromGroup": {**user, **group},
            "DeleteGroup": group,
            "AttachPolicy": {**user, **policy},
            "DetachPolicy": {**user, **policy},
            "DeleteUser": user,
        }
        return parameters[name]

    def _janitor(self, seconds: float) -> Janitor:
        return Janitor(self._connection, self._calls, self._settings.step_timeout, seconds)

    def _note(self, swept: Swept) -> None:
        self.leftovers += swept.leftovers
        self.warnings += swept.warnings
