# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""HTTP whose requests end in time, whatever they wait for."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

from ansible_collections.keyward.iam.plugins.module_utils._common.backoff import retry_after
from ansible_collections.keyward.iam.plugins.module_utils._http.faults import (
    SETTINGS,
    Cause,
    NoAnswerError,
    Settings,
    no_answer,
    timed_out,
)

from .messages import Reply, Tls

if t.TYPE_CHECKING:
    from collections.abc import Mapping

_PROGRAM = Path(__file__).with_name("worker.py")
_MOST_SECONDS = 86400.0
_MOST_BYTES = 16384


class Connection:
    """One kept-alive connection, held by a process that starts with the first request."""

    def __init__(self, tls: Tls, settings: Settings = SETTINGS) -> None:
        self._tls = tls
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def post(self, url: str, until: float, *, data: bytes, headers: Mapping[str, str]) -> Reply:
        """See ``request``."""
        return self.request("POST", url, until, data=data, headers=headers)

    def request(
        self,
        method: str,
        url: str,
        until: float,
        *,
        data: bytes,
        headers: Mapping[str, str],
        most_bytes: int = _MOST_BYTES,
    ) -> Reply:
        """
        One attempt, which ends at ``until`` on the monotonic clock, and reads about so many bytes of an answer's body
        at most. Raises NoAnswerError.
        """
        process = self._running()
        seconds = min(max(0.001, until - time.monotonic()), _MOST_SECONDS)
        about = {
            "method": method,
            "url": url,
            "headers": dict(headers),
            "length": len(data),
            "seconds": seconds,
            "verify": self._tls.verify,
            "cert": self._tls.client_cert,
            "most_bytes": most_bytes,
        }
        try:
            first, second = _exchange(process, json.dumps(about).encode() + b"\n" + data)
        except BaseException:
            # An answer that was not waited for would be taken for that of the next request.
            self.close()
            raise
        exit_code = None if second else process.wait()
        if not first:
            raise self._ended(url, seconds, exit_code)
        head, body = json.loads(first), json.loads(second or b'{"text": "", "whole": false}')
        if "cause" in head:
            cause = Cause(**head["cause"])
            raise timed_out(url, seconds, self._settings) if cause.timeout else no_answer(url, cause, self._settings)
        content = body["text"].encode("latin-1")
        shown = content.decode("utf-8", "replace").strip() or head["reason"]
        return Reply(head["status"], shown, retry_after(head["retry_after"]), head["location"], content, body["whole"])

    def close(self) -> None:
        if self._process and self._pid == os.getpid():
            self._process.kill()
            # What it did not take is still to be written.
            with contextlib.suppress(BrokenPipeError), self._process:
                pass
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        # The process that a fork inherited is still its parent's.
        if self._process and self._pid == os.getpid() and self._process.poll() is None:
            return self._process
        self.close()
        self._pid = os.getpid()
        # -P: what lies beside the program is not to be found as a library.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self._process

    def _ended(self, url: str, seconds: float, exit_code: int | None) -> NoAnswerError:
        if exit_code == -signal.SIGALRM:
            return timed_out(url, seconds, self._settings)
        fault = f"the process that posts ended with {exit_code}"
        return NoAnswerError(url, fault, f"check {self._settings.url}", self._settings.url)


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> tuple[bytes, bytes]:
    """The two lines of an answer, which are empty where the process ended before."""
    requests, answers = t.cast("tuple[t.IO[bytes], t.IO[bytes]]", (process.stdin, process.stdout))
    # Where it ends before it has read all, its exit tells why.
    with contextlib.suppress(BrokenPipeError):
        requests.write(request)
        requests.flush()
    return answers.readline(), answers.readline()
