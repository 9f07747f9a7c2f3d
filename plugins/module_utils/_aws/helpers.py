# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Helpers that give credentials, run as an unattended run can run them.

They have no terminal to ask on, and end with the profile that waits for them, with all that they started.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
import threading
import typing as t

from .boto import parse_timestamp
from .errors import UserError
from .local_errors import NO_TERMINAL

_MOST_OUTPUT = 1 << 20
_TEXTS = ("AccessKeyId", "SecretAccessKey", "SessionToken")

_running: set[subprocess.Popen[bytes]] = set()


def end_all_helpers() -> None:
    """End the helpers of all profiles. May be called by a signal handler: it takes no lock."""
    for process in tuple(_running):
        _kill_group(process)


class Helpers:
    """The helpers of one profile."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._ended = False
        self._lock = threading.Lock()
        self.waiting_for: str | None = None

    def end(self) -> None:
        """End those that run, and let none start any more."""
        self._ended = True
        for process in list(self._running):
            _kill_group(process)

    def supervise(self, resolver: t.Any) -> None:
        """Let botocore's providers of credentials start helpers and ask for codes in this way."""
        for provider in resolver.providers:
            if hasattr(provider, "_popen"):
                self._supervised(provider)
            if hasattr(provider, "_prompter"):
                provider._prompter = functools.partial(_refuse_prompt, getattr(provider, "_profile_name", ""))
            builder: t.Any = getattr(provider, "_profile_provider_builder", None)
            create = getattr(builder, "_create_process_provider", None)
            if create is not None:
                builder._create_process_provider = lambda name, create=create: self._supervised(create(name))

    def _supervised(self, provider: t.Any) -> t.Any:
        provider._popen = functools.partial(self._popen, getattr(provider, "_profile_name", ""))
        return provider

    def _popen(self, profile: str, command: list[str], **_kwargs: t.Any) -> _Helper:
        """Stands in for subprocess.Popen."""
        what = f"credential_process of profile {profile} ({command[0] if command else 'empty'})"
        with self._lock:
            if self._ended:
                raise UserError("Timeout", f"{what} was not started, because profile_timeout is over")
            try:
                # No AnsibleModule is at hand, which has run_command.
                # pylint: disable-next=ansible-bad-function
                process = subprocess.Popen(  # noqa: S603 - the profile names it
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except (OSError, ValueError, IndexError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
                raise UserError(
                    type(error).__name__, f"{what} cannot be started: {reason}: correct credential_process"
                ) from error
            self._running.append(process)
            _running.add(process)
        return _Helper(self, process, what)

    def finish(self, helper: _Helper) -> bytes:
        process = helper.process
        self.waiting_for = helper.what
        try:
            with process:
                # Credentials are short: what has no end would fill the memory until its time is up.
                output = t.cast("t.IO[bytes]", process.stdout).read(_MOST_OUTPUT + 1)
                if len(output) > _MOST_OUTPUT:
                    _kill_group(process)
        finally:
            self.waiting_for = None
            self._running.remove(process)
            _running.discard(process)
        if self._ended:
            raise UserError("Timeout", f"{helper.what} was ended, because profile_timeout is over")
        return output


class _Helper:
    """What botocore uses of a Popen object. What it would tell with a helper's own words is told without them."""

    returncode = 0

    def __init__(self, helpers: Helpers, process: subprocess.Popen[bytes], what: str) -> None:
        self._helpers = helpers
        self.process = process
        self.what = what

    def communicate(self) -> tuple[bytes, bytes]:
        output = self._helpers.finish(self)
        if len(output) > _MOST_OUTPUT:
            raise UserError(
                "CredentialProcessFailed", f"{self.what} printed more than a megabyte: run it by hand to see why"
            )
        status = self.process.returncode
        if status != 0:
            ended = f"exit code {status}" if status > 0 else f"signal {-status}"
            raise UserError("CredentialProcessFailed", f"{self.what} failed with {ended}: run it by hand to see why")
        try:
            credentials = json.loads(output.decode("utf-8"))
        except (ValueError, RecursionError):
            credentials = None
        if not isinstance(credentials, dict):
            raise UserError(
                "CredentialProcessFailed",
                f"{self.what} printed {'no JSON object' if output.strip() else 'nothing'}: run it by hand to see why",
            )
        odd = [name for name in _TEXTS if not isinstance(credentials.get(name) or "", str)]
        if odd:
            raise UserError(
                "CredentialProcessFailed",
                f"{self.what} printed {' and '.join(odd)} that is no text: correct the helper",
            )
        if not _is_date(credentials.get("Expiration", "2100-01-01T00:00:00Z")):
            raise UserError(
                "CredentialProcessFailed",
                f"{self.what} printed an Expiration that is no date, as in 2026-11-26T06:45:00Z: correct the helper",
            )
        return output, b""


def _is_date(text: t.Any) -> bool:
    try:
        return isinstance(text, str) and bool(parse_timestamp(text))
    except (ValueError, OverflowError, RuntimeError):
        return False


def _refuse_prompt(profile: str, prompt: str = "") -> t.NoReturn:
    serial = prompt.replace("Enter MFA code for", "").strip(" :")
    raise UserError(
        "MfaRequired",
        f"profile {profile} wants a code of the MFA device {serial or 'that it names'}, {NO_TERMINAL}",
    )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # The group has the helper's own id; what it started may outlive it there.
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
