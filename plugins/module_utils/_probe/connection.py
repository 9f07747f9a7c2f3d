# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The probe's connection: one warm client, whose calls are bounded, timed, and never retried behind one's back."""

from __future__ import annotations

import time
import typing as t

try:
    from botocore.config import Config
    from botocore.exceptions import ProfileNotFound
    from botocore.session import Session
except ImportError:  # the modules say so before they get here
    ProfileNotFound = Exception  # type: ignore[assignment,misc]

from .._aws.account import Account, account_in
from .._aws.errors import UserError
from .._aws.instrumentation import CallCounter, RequestTimer
from .._aws.profiles import unknown_profile
from .._aws.session import DEFAULT_PROFILE, ConnectionSettings, ProfileSession
from .._common.deadlines import BoundedCalls, TimedOutError
from .errors import CALL_ERRORS


class Attempt(t.NamedTuple):
    """One call. C(error) is one of CALL_ERRORS, or None where there is an C(answer)."""

    answer: dict[str, t.Any] | None
    error: Exception | None
    duration_ms: float | None


class ProbeConnection:
    """Nothing is read, resolved or connected to before the first call, so that no step but the call can hang."""

    def __init__(
        self, profile: str | None, settings: ConnectionSettings, calls: BoundedCalls, step_timeout: float
    ) -> None:
        self.profile = profile or DEFAULT_PROFILE
        self.region = settings.region
        self._named_profile = profile
        self._settings = settings
        self._calls = calls
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            connect_timeout=step_timeout,
            read_timeout=step_timeout,
        )
        self._clock = RequestTimer()
        self._session: ProfileSession | None = None
        self._iam: t.Any = None

    def attempt(self, operation: str, parameters: dict[str, t.Any], seconds: float) -> Attempt:
        """Raises StoppedError."""
        started = time.perf_counter()
        try:
            return self._calls.run(lambda: self._timed(operation, parameters), seconds)
        except TimedOutError as error:
            return Attempt(None, error, (time.perf_counter() - started) * 1000)

    def call(self, operation: str, parameters: dict[str, t.Any], seconds: float) -> dict[str, t.Any]:
        """Raises one of CALL_ERRORS, or StoppedError."""
        answer, error, _duration_ms = self.attempt(operation, parameters, seconds)
        if error is not None:
            raise error
        return t.cast("dict[str, t.Any]", answer)

    def identify(self, seconds: float) -> Account:
        """Whose credentials these are. Raises one of CALL_ERRORS, or StoppedError."""
        account = self._calls.run(self._ask_account, seconds)
        self.region = self.region or account.control_plane_region
        return account

    def _timed(self, operation: str, parameters: dict[str, t.Any]) -> Attempt:
        self._clock.start()
        try:
            answer = getattr(self._client(), operation)(**parameters)
        except CALL_ERRORS as error:
            return Attempt(None, error, self._clock.milliseconds)
        return Attempt(answer, None, self._clock.milliseconds)

    def _client(self) -> t.Any:
        if self._iam is None:
            client = self._opened_session().create_client("iam", config=self._config)
            self._clock.register(client.meta.events)
            self._iam = client
        return self._iam

    def _ask_account(self) -> Account:
        sts = self._opened_session().create_client("sts", config=self._config)
        arn = sts.get_caller_identity()["Arn"]
        account = account_in(arn)
        if account is None:
            raise UserError("UnknownAccount", f"AWS calls this identity {arn}, which names no account")
        return account

    def _opened_session(self) -> ProfileSession:
        if self._session is None:
            try:
                session = ProfileSession(self._named_profile, self._settings, CallCounter())
                self.profile = self._named_profile or session.ambient_profile
                self.region = session.region_label
            except ProfileNotFound as error:
                raise unknown_profile(Session(), error.kwargs["profile"]) from None
            self._session = session
        return self._session
