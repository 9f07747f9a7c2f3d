# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Fetches IAM's credential report within a budget of its own, so that it never holds the listing up."""

from __future__ import annotations

import datetime as dt
import time
import typing as t

from .._aws.boto import BotoConnectionError, ClientError, Config, HTTPClientError
from .._aws.boundary import attempt
from .._aws.errors import THROTTLING_CODES, ErrorContext, UserError, error_code, response_metadata
from .._common.backoff import pauses
from .._common.deadlines import TimedOutError
from .._common.workers import Background
from .credential_report import CredentialReport, parse

MAX_AGE = dt.timedelta(hours=4)
"""AWS makes a new report at most this often: asking again before gives the same one."""

WAIT_SECONDS = 30.0
"""How long a report under way is waited for, throttling included."""

BUDGET_SECONDS = 35.0
"""The longest time that a profile waits for its report."""

_NOT_THERE_CODES = frozenset({"ReportNotPresent", "ReportExpired", "ReportInProgress"})
_SERVER_ERROR = 500


def client_config() -> t.Any:
    """For a client that shares no limiter with the listing. The pauses between attempts are kept here."""
    return Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})


class PendingReport:
    """A report that is being fetched from now on, within the budget."""

    def __init__(self, client: t.Any, now: dt.datetime) -> None:
        self._ends = time.monotonic() + BUDGET_SECONDS
        self._fetcher = ReportFetcher(client, now)
        self._fetching = Background(self._fetcher.fetch)

    def take(self, context: t.Callable[[], ErrorContext]) -> tuple[CredentialReport | None, str | None]:
        """The report, or the reason why there is none, or no newer one than the one AWS had."""
        report, failure = attempt(lambda: self._fetching.result(self._ends - time.monotonic()), context)
        if failure is None:
            return report, None
        timed_out = failure.code == TimedOutError.__name__
        reason = f"AWS gave none within {BUDGET_SECONDS:g} seconds" if timed_out else failure.sentence
        stale = self._fetcher.stale
        return stale and stale._replace(stale_because=reason), reason


class ReportFetcher:
    """
    The account's report: the one AWS has if it is fresh, else a new one; if a new one cannot be had in time,
    the one AWS has, marked as stale.
    """

    def __init__(self, client: t.Any, now: dt.datetime, wait_seconds: float = WAIT_SECONDS) -> None:
        self._client = client
        self._now = now
        self._deadline = time.monotonic() + wait_seconds
        self.stale: CredentialReport | None = None

    def fetch(self) -> CredentialReport:
        """Raises what kept AWS from giving any."""
        report = self._get_fresh()
        if report is not None:
            return report
        report = self._generate()
        if self._is_fresh(report):
            return report
        return report._replace(stale_because="AWS gave no newer one")

    def _generate(self) -> CredentialReport:
        """Asks for the report itself until it is there, which costs no call to learn that it is."""
        if self._with_retries(self._client.generate_credential_report).get("State") == "COMPLETE":
            return self._get()
        for pause in pauses(1.0, 4.0):
            left = self._deadline - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(left, pause))
            report = self._get_fresh()
            if report is not None:
                return report
        return self._get()

    def _get_fresh(self) -> CredentialReport | None:
        """None where AWS has none or an old one, which is kept."""
        try:
            report = self._get()
        except ClientError as error:
            if error_code(error) not in _NOT_THERE_CODES:
                raise
            return None
        if self._is_fresh(report):
            return report
        self.stale = report
        return None

    def _is_fresh(self, report: CredentialReport) -> bool:
        return self._now - report.generated_time <= MAX_AGE

    def _get(self) -> CredentialReport:
        answer = self._with_retries(self._client.get_credential_report)
        return parse(answer.get("Content"), answer.get("GeneratedTime"))

    def _with_retries(self, call: t.Callable[[], t.Any]) -> dict[str, t.Any]:
        """Calls again while the error may pass and there is time."""
        for pause in pauses(1.0, 8.0):
            try:
                answer = call()
            except Exception as error:
                left = self._deadline - time.monotonic()
                if not _may_pass(error) or left <= pause:
                    raise
                time.sleep(pause)
                continue
            if not isinstance(answer, dict):
                raise UserError("ReportUnreadable", "AWS's response has no credential report")
            return answer
        raise AssertionError


def _may_pass(error: Exception) -> bool:
    if isinstance(error, ClientError):
        status = response_metadata(error).get("HTTPStatusCode", 0)
        return error_code(error) in THROTTLING_CODES or status >= _SERVER_ERROR
    return isinstance(error, (HTTPClientError, BotoConnectionError))
