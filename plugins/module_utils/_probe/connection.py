# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The probe's connection: one warm client, with calls that are bounded, timed, and never retried unseen."""

from __future__ import annotations

import time
import typing as t

from .._aws.account import Account, account_in
from .._aws.boto import Config, ProfileNotFound, Session, exceptions
from .._aws.errors import NO_CONTEXT, ErrorContext, UserError
from .._aws.instrumentation import CallCounter, RequestTimer
from .._aws.profiles import unknown_profile
from .._aws.session import DEFAULT_PROFILE, ConnectionSettings, ProfileSession
from .._common.deadlines import BoundedCalls, StoppedError, TimedOutError
from .errors import CallError

T = t.TypeVar("T")


class Attempt(t.NamedTuple):
    """One call. C(error) is None if there is a C(response)."""

    response: dict[str, t.Any] | None
    error: BaseException | None
    duration_ms: float | None


class ProbeConnection:
    """Every exception of a call or of what it needs leaves this class as a CallError, or in an Attempt."""

    def __init__(
        self, profile: str | None, settings: ConnectionSettings, calls: BoundedCalls, step_timeout: float
    ) -> None:
        self.profile = profile or DEFAULT_PROFILE
        self.region = settings.region
        self._named_profile = profile
        self._settings = settings
        self._calls = calls
        self._step_timeout = step_timeout
        self._timer = RequestTimer()
        self._session: ProfileSession | None = None
        self._iam: t.Any = None

    def open(self, seconds: float) -> None:
        """
        Reads the settings and resolves the credentials, once, so that no step waits for a helper or a metadata service.
        Raises CallError, or StoppedError.
        """
        if self._iam is not None:
            return
        try:
            self._run(self._open, seconds)
        except CallError as failed:
            if not isinstance(failed.error, TimedOutError):
                raise
            raise CallError(self._no_credentials_in(seconds)) from None
        finally:
            if self._iam is None and self._session is not None:
                self._session.stop()

    def attempt(self, operation: str, parameters: dict[str, t.Any], seconds: float) -> Attempt:
        """Raises StoppedError."""
        started = time.perf_counter()
        try:
            return self._calls.run(lambda: self._timed(operation, parameters), seconds)
        except TimedOutError as error:
            return Attempt(None, error, (time.perf_counter() - started) * 1000)

    def call(self, operation: str, parameters: dict[str, t.Any], seconds: float) -> dict[str, t.Any]:
        """Raises CallError, or StoppedError."""
        response, error, _duration_ms = self.attempt(operation, parameters, seconds)
        if error is not None:
            raise CallError(error, self.context) from error
        return t.cast("dict[str, t.Any]", response)

    def identify(self, seconds: float) -> Account:
        """The account of the credentials. Raises CallError, or StoppedError."""
        account = self._run(self._ask_account, seconds)
        self.region = self.region or account.control_plane_region
        return account

    def context(self) -> ErrorContext:
        """What is known of the profile, for the sentences of errors."""
        return self._session.describe() if self._session else NO_CONTEXT

    def _run(self, function: t.Callable[[], T], seconds: float) -> T:
        try:
            return self._calls.run(function, seconds)
        except StoppedError:
            raise
        except Exception as error:
            raise CallError(error, self.context) from error

    def _no_credentials_in(self, seconds: float) -> UserError:
        waiting_for = self._session.helpers.waiting_for if self._session else None
        return UserError(
            "CredentialsTimeout",
            f"the profile {self.profile} gave no credentials within {seconds:g} s: check "
            f"{waiting_for or 'the service that they come from'}",
        )

    def _open(self) -> None:
        try:
            session = self._session = ProfileSession(self._named_profile, self._settings, CallCounter())
            self.profile = self._named_profile or session.ambient_profile
            self.region = session.region_label
        except ProfileNotFound as error:
            raise unknown_profile(Session(), error.kwargs["profile"]) from None
        credentials = session.get_credentials()
        if credentials is None:
            raise exceptions.NoCredentialsError
        frozen = credentials.get_frozen_credentials()
        session.set_credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)
        iam = session.create_client("iam", config=self._config)
        self._timer.register(iam.meta.events)
        self._iam = iam

    @property
    def _config(self) -> t.Any:
        return Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            connect_timeout=self._step_timeout,
            read_timeout=self._step_timeout,
        )

    def _timed(self, operation: str, parameters: dict[str, t.Any]) -> Attempt:
        self._timer.start()
        try:
            response = getattr(self._iam, operation)(**parameters)
        except Exception as error:  # noqa: BLE001 - what providers and parsers raise has no common class
            return Attempt(None, error, self._timer.milliseconds)
        return Attempt(response, None, self._timer.milliseconds)

    def _ask_account(self) -> Account:
        sts = t.cast("ProfileSession", self._session).create_client("sts", config=self._config)
        arn = sts.get_caller_identity()["Arn"]
        account = account_in(arn)
        if account is None:
            raise UserError("UnknownAccount", f"AWS calls this identity {arn}, which names no account")
        return account
