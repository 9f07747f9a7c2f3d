# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The probe as an executable monitor that Metrist's orchestrator drives step by step."""

from __future__ import annotations

import re

from .._aws.errors import UserError
from .._common.deadlines import BoundedCalls, StoppedError
from .._common.text import cleaned, printable
from .._probe.connection import ProbeConnection
from .._probe.errors import CallError
from .._probe.result import StepResult
from .._probe.run import Probe
from .._probe.settings import ProbeSettings
from .._probe.steps import STEPS
from . import configuration
from .protocol import MessageStream, ProtocolError, metadata

VERSION = "1.1"
_MAJOR_VERSION = "1."
_PLAIN_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}")
_LONGEST_NAME = 64
_LONGEST_TEXT = 2000


class Monitor:
    """C(unusable) is why no step can run, if that is known before the configuration."""

    def __init__(self, stream: MessageStream, unusable: UserError | None = None) -> None:
        self._stream = stream
        self._unusable = unusable
        self._calls = BoundedCalls()
        self._probe: Probe | None = None

    def run(self) -> int:
        """The exit code. However the conversation ends, what the steps made is removed."""
        self._calls.stop_on_signals()
        try:
            self._stream.send(f"Started {VERSION}")
            return self._converse()
        except StoppedError:
            self._try_to_log(
                "Error",
                f"stopped by {self._calls.stop_reason}: what the steps made is removed now, or by a later run if this "
                "process is killed before",
            )
            return 1
        except (ProtocolError, OSError) as error:
            self._try_to_log("Error", str(error))
            return 1
        except Exception as error:  # noqa: BLE001 - the orchestrator reads no traceback
            self._try_to_log("Error", f"{type(error).__name__}: {error}")
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
                # Not quoted: one that arrives cut or shifted holds what the configuration holds.
                raise ProtocolError(f"a message of {len(message.encode())} bytes is of no known kind")

    def _receive(self) -> str:
        if self._calls.stop_reason:
            raise StoppedError
        message = self._calls.run(self._stream.receive, None, grace=0)
        if message is None:
            raise ProtocolError("the orchestrator is gone")
        return message

    def _agree(self, version: str) -> None:
        if not version.startswith(_MAJOR_VERSION):
            shown = f" {version}" if _PLAIN_VERSION.fullmatch(version) else ""
            raise ProtocolError(f"version{shown} of the protocol is not known here")
        self._stream.send("Ready")

    def _configure(self, text: str) -> None:
        config = configuration.parse(text)
        if self._unusable is None:
            try:
                self._probe = self._prepared_probe(configuration.resolve(config))
            except UserError as error:
                self._unusable = error
        self._stream.send("Configured")

    def _prepared_probe(self, config: configuration.Configuration) -> Probe:
        """Raises UserError, and StoppedError."""
        settings = ProbeSettings(config.namespace)
        connection = ProbeConnection(None, config.connection, self._calls, settings.step_timeout)
        probe = Probe(connection, self._calls, settings)
        try:
            probe.open()
        except CallError as error:
            raise UserError(error.failure.code, error.failure.sentence) from error
        if connection.region is None:
            raise configuration.missing("AWSRegion")
        probe.prepare()
        self._tell_news(probe)
        return probe

    def _run_step(self, name: str) -> None:
        if self._unusable is not None:
            self._tell_error(self._unusable.code, self._unusable.sentence)
        elif self._probe is None:
            raise ProtocolError("a step comes before the configuration")
        elif name not in STEPS:
            self._tell_error("UnknownStep", f"there is no step '{printable(name, _LONGEST_NAME)}'")
        else:
            self._tell_step(self._probe.run_step(name))

    def _tell_step(self, result: StepResult) -> None:
        if result.attempts > 1:
            waited = f"{result.propagation_ms:.0f} ms until IAM saw an earlier change"
            self._log("Info", f"{result.name}: {result.attempts} calls, {waited}")
        if result.status == "ok":
            self._stream.send(f"Step Time {result.duration_ms:.1f}")
        else:
            self._tell_error(result.error_code or "Skipped", result.error or result.status)

    def _tell_error(self, code: str, sentence: str) -> None:
        self._stream.send(f"Step Error {metadata(error_code=code)} {_one_line(sentence)}")

    def _exit(self, *, sweep: bool) -> None:
        probe = self._probe
        self._clean_up()
        if sweep and probe is not None:
            probe.sweep()
            self._tell_news(probe)
        self._stream.send("Exit")

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
        self._stream.send(f"Log {level} {_one_line(text)}")

    def _try_to_log(self, level: str, text: str) -> None:
        try:
            self._log(level, text)
        except OSError:
            # Nothing listens any more, and what there is to do is done all the same.
            return


def _one_line(text: str) -> str:
    return cleaned(" ".join(text.split()), limit=_LONGEST_TEXT)
