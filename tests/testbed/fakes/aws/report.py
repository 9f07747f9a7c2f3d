# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The credential report: made on demand, slowly, and seldom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.report_rows import report_csv

if TYPE_CHECKING:
    from testbed.fakes.aws.account import Account


@dataclass(frozen=True)
class Report:
    content: bytes
    generated: datetime


class CredentialReport:
    """The report of one account. ``ready_after`` is the seconds that making one takes (``math.inf``: it never comes).

    A report shows the account as it was when it was asked for. AWS makes a new one only when the last is
    ``lifetime`` old, and until then serves the old one as complete.
    """

    def __init__(self, account: Account) -> None:
        self.ready_after = 0.0
        self.lifetime = timedelta(hours=4)
        self._account = account
        self._last: Report | None = None
        self._coming: Report | None = None

    def generate(self, age_hours: float = 0.0) -> None:
        """Have a complete report, of the account as it is, dated back."""
        generated = self._account.clock.now() - timedelta(hours=age_hours)
        self._last, self._coming = Report(report_csv(self._account, generated), generated), None

    def request(self) -> dict[str, str]:
        """GenerateCredentialReport."""
        self._arrive()
        if self._coming is not None:
            return {"State": "INPROGRESS"}
        now = self._account.clock.now()
        if self._last is not None and now - self._last.generated < self.lifetime:
            return {"State": "COMPLETE"}
        self._coming = Report(report_csv(self._account, now), now)
        return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}

    def fetch(self) -> Report:
        """GetCredentialReport."""
        self._arrive()
        if self._coming is not None:
            raise AwsError("ReportInProgress", "The credential report is still being generated.")
        if self._last is None:
            raise AwsError("ReportNotPresent", "No report exists. Generate one first.")
        if self._account.clock.now() - self._last.generated >= self.lifetime:
            raise AwsError("ReportExpired", "The most recent credential report has expired. Generate a new one.")
        return self._last

    def _arrive(self) -> None:
        if self._coming is not None:
            waited = self._account.clock.now() - self._coming.generated
            if waited.total_seconds() >= self.ready_after:
                self._last, self._coming = self._coming, None
