# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Fetches and reads IAM's credential report."""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
import typing as t

from .._aws.boto import ClientError
from .._aws.errors import error_code, explain
from .._common.backoff import pauses
from .._common.dates import parse_iso
from .model import ROOT_USER_NAME

MAX_AGE = dt.timedelta(hours=4)
"""AWS makes a new report at most this often: asking again before gives the same one."""

WAIT_SECONDS = 30.0
"""How long a report under way is waited for."""

_NOT_THERE_CODES = frozenset({"ReportNotPresent", "ReportExpired", "ReportInProgress"})
_SENTINELS = frozenset({"", "N/A", "no_information", "not_supported"})


class KeySlot(t.NamedTuple):
    """
    One of the two access keys a row of the report may hold; the report knows no key ids.
    C(rotated_date) is when the key was created or last changed. Dates are aware datetimes in UTC.
    """

    number: int
    active: bool
    rotated_date: dt.datetime | None
    last_used_date: dt.datetime | None
    last_used_region: str | None
    last_used_service: str | None


class CredentialReport(t.NamedTuple):
    generated_time: dt.datetime
    slots: dict[str, list[KeySlot]]
    """Key slots in use, by ARN: a user that was deleted and made anew keeps its ARN but not its dates."""
    root_arn: str | None = None
    stale_because: str | None = None
    """Why there is no newer report, where this one is over its time."""


def fetch(client: t.Any, now: dt.datetime, wait_seconds: float = WAIT_SECONDS) -> CredentialReport:
    """
    The account's report: the one AWS has if it is fresh, else a new one; if a new one cannot be had in time,
    the one AWS has, marked as stale. Raises botocore's ClientError where there is none.
    """
    deadline = time.monotonic() + wait_seconds
    stale: CredentialReport | None = None
    try:
        report = _get(client)
        if now - report.generated_time <= MAX_AGE:
            return report
        stale = report
    except ClientError as error:
        if error_code(error) not in _NOT_THERE_CODES:
            raise
    try:
        report = _generate(client, deadline)
    except ClientError as error:
        if stale is None:
            raise
        return stale._replace(stale_because=explain(error).sentence)
    if now - report.generated_time > MAX_AGE:
        return report._replace(stale_because="AWS gave no newer one")
    return report


def _generate(client: t.Any, deadline: float) -> CredentialReport:
    waits = pauses(1.0, 4.0)
    while True:
        state = client.generate_credential_report()["State"]
        left = deadline - time.monotonic()
        if state == "COMPLETE" or left <= 0:
            return _get(client)
        time.sleep(min(left, next(waits)))


def _get(client: t.Any) -> CredentialReport:
    answer = client.get_credential_report()
    return parse(answer["Content"].decode("utf-8"), answer["GeneratedTime"])


def parse(content: str, generated_time: dt.datetime) -> CredentialReport:
    """Reads columns by their header, so that a column more or another order does no harm."""
    slots: dict[str, list[KeySlot]] = {}
    root_arn = None
    for row in csv.DictReader(io.StringIO(content)):
        if row["user"] == ROOT_USER_NAME:
            root_arn = row["arn"]
        slots[row["arn"]] = [slot for slot in (_slot(row, 1), _slot(row, 2)) if slot.active or slot.rotated_date]
    return CredentialReport(generated_time, slots, root_arn)


def _slot(row: t.Mapping[str, str], number: int) -> KeySlot:
    def value(column: str) -> str | None:
        text = row.get(f"access_key_{number}_{column}") or ""
        return None if text in _SENTINELS else text

    def date(column: str) -> dt.datetime | None:
        text = value(column)
        return parse_iso(text) if text else None

    return KeySlot(
        number=number,
        active=value("active") == "true",
        rotated_date=date("last_rotated"),
        last_used_date=date("last_used_date"),
        last_used_region=value("last_used_region"),
        last_used_service=value("last_used_service"),
    )
