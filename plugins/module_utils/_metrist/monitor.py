# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The probe as an executable monitor that Metrist's orchestrator drives step by step."""

from __future__ import annotations

import json
import os
import typing as t

from .._aws.errors import UserError
from .._aws.session import ConnectionSettings
from .._common.deadlines import BoundedCalls, StoppedError
from .._probe.connection import ProbeConnection
from .._probe.result import StepResult
from .._probe.run import Probe
from .._probe.settings import ProbeSettings
from .._probe.steps import STEPS
from .environment import ACCESS_KEY_ID, NAMESPACE, REGION, SECRET_ACCESS_KEY, credentials
from .protocol import ProtocolError, Wire, metadata

VERSION = "1.1"
_MAJOR_VERSION = "1."

_VARIABLES = {
    "AWSAccessKeyId": ("METRIST_AWSIAM_A_W_S_ACCESS_KEY_ID", ACCESS_KEY_ID),
    "AWSSecretAccessKey": ("METRIST_AWSIAM_A_W_S_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    "AWSRegion": ("METRIST_AWSIAM_A_W_S_REGION", REGION),
    "Namespace": ("METRIST_AWSIAM_NAMESPACE", NAMESPACE),
}
"""What overrides the orchestrator's configuration, before all others the names that are for this monitor alone."""


class Monitor:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._calls = BoundedCalls()
        self._probe: Probe | None = None
        self._trouble: UserError | None = None

    def run(self) -> int:
        """The exit code. However the conversation ends, what the steps made is removed."""
        self._calls.stop_on_signals()
        try:
            self._wire.send(f"Started {VERSION}")
            return self._converse()
        except (ProtocolError, StoppedError, OSError) as error:
            self._try_to_log("Error", str(error) or f"stopped by {self._calls.stop_reason}")
            return 1
        finally:
            self._clean_up()

    def _converse(self) -> int:
        while True:
            message = self._receive()
            keyword, _space, rest = message.partition(" ")
            if keyword == "Version":
                self._agree(rest)
            elif keyword == "Config":
                self._configure(rest)
            elif message.startswith("Run Step "):
                self._run_step(message[len("Run Step ") :].strip())
            elif keyword == "Exit":
                self._exit(sweep=rest == "1")
                return 0
            else:
                raise ProtocolError(f"there is no message '{message}'")

    def _receive(self) -> str:
        if self._calls.stop_reason:
            raise StoppedError
        message = self._calls.run(self._wire.receive, None, grace=0)
        if message is None:
            raise ProtocolError("the orchestrator is gone")
        return message

    def _agree(self, version: str) -> None:
        if not version.startswith(_MAJOR_VERSION):
            raise ProtocolError(f"version {version} of the protocol is not known here")
        self._wire.send("Ready")

    def _configure(self, text: str) -> None:
        try:
            config = dict(json.loads(text))
        except (ValueError, TypeError):
            # Not quoted: it holds a secret.
            raise ProtocolError("the configuration is no JSON object") from None
        try:
            self._probe = self._make_probe({name: _setting(config, name) for name in _VARIABLES})
        except UserError as error:
            self._trouble = error
        else:
            self._probe.prepare()
            self._tell_news(self._probe)
        self._wire.send("Configured")

    def _make_probe(self, config: t.Mapping[str, str | None]) -> Probe:
        access_key_id, secret_access_key = credentials(config["AWSAccessKeyId"], config["AWSSecretAccessKey"])
        connection = ConnectionSettings(
            access_key_id=access_key_id, secret_access_key=secret_access_key, region=config["AWSRegion"]
        )
        settings = ProbeSettings(config["Namespace"] or "")
        return Probe(ProbeConnection(None, connection, self._calls, settings.step_timeout), self._calls, settings)

    def _run_step(self, name: str) -> None:
        if self._trouble is not None:
            code, sentence = self._trouble.details
            self._wire.send(f"Step Error {metadata(error_code=code)} {sentence}")
        elif self._probe is None:
            raise ProtocolError(f"the step {name} comes before the configuration")
        elif name not in STEPS:
            self._wire.send(f"Step Error {metadata(error_code='UnknownStep')} there is no step '{name}'")
        else:
            self._tell_step(self._probe.run_step(name))

    def _tell_step(self, result: StepResult) -> None:
        if result.attempts > 1:
            waited = f"{result.propagation_ms:.0f} ms until IAM saw an earlier change"
            self._log("Info", f"{result.name}: {result.attempts} calls, {waited}")
        if result.status == "ok":
            self._wire.send(f"Step Time {result.duration_ms:.1f}")
        else:
            self._wire.send(f"Step Error {metadata(error_code=result.error_code or 'Skipped')} {result.error}")

    def _exit(self, *, sweep: bool) -> None:
        probe = self._probe
        self._clean_up()
        if sweep and probe is not None:
            probe.sweep()
            self._tell_news(probe)
        self._wire.send("Exit")

    def _clean_up(self) -> None:
        probe, self._probe = self._probe, None
        if probe is not None:
            probe.clean_up()
            self._tell_news(probe)

    def _tell_news(self, probe: Probe) -> None:
        if probe.swept:
            self._try_to_log("Info", f"removed what earlier runs left: {', '.join(probe.swept)}")
        for warning in probe.warnings:
            self._try_to_log("Warning", warning)
        probe.swept.clear()
        probe.warnings.clear()

    def _log(self, level: str, text: str) -> None:
        self._wire.send(f"Log {level} {' '.join(text.split())}")

    def _try_to_log(self, level: str, text: str) -> None:
        try:
            self._log(level, text)
        except OSError:
            # Nobody listens any more, and what there is to do is done all the same.
            return


def _setting(config: t.Mapping[str, t.Any], name: str) -> str | None:
    overrides = (os.environ.get(variable) for variable in _VARIABLES[name])
    return next((value for value in overrides if value), None) or config.get(name) or None
