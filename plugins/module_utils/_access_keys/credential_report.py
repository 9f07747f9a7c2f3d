# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Reads IAM's credential report: whatever is odd in it is unknown, and said, and keeps nothing else from being read."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import types
import typing as t

from .._aws.errors import UserError
from .._common.dates import parse_iso
from .._common.text import cleaned, plural
from .model import ROOT_USER_NAME

_SENTINELS = frozenset({"", "n/a", "no_information", "not_supported"})
_EMPTY = "n/a"
"""What each column of a slot without a key says."""

_NUMBERS = (1, 2)
_REQUIRED = (
    "user",
    "arn",
    *(f"access_key_{number}_{field}" for number in _NUMBERS for field in ("active", "last_rotated")),
)
_LAST_USED = tuple(f"access_key_{number}_last_used_date" for number in _NUMBERS)
_MOST_CHARACTERS = 40


class KeySlot(t.NamedTuple):
    """
    One of the two access keys a row of the report may hold; the report knows no key ids.
    C(rotated_date) is when the key was created or last changed. Dates are aware datetimes in UTC.
    Without C(last_used_known) it is open whether the key was ever used.
    """

    number: int
    active: bool
    rotated_date: dt.datetime | None
    last_used_date: dt.datetime | None
    last_used_region: str | None
    last_used_service: str | None
    last_used_known: bool = True


class Password(t.NamedTuple):
    """A user's password. Without C(last_used_known) it is open whether it was ever used."""

    changed_date: dt.datetime | None
    last_used_date: dt.datetime | None
    last_used_known: bool


class CertificateSlot(t.NamedTuple):
    """One of the two signing certificates a user may have."""

    number: int
    active: bool
    rotated_date: dt.datetime | None


class CredentialReport(t.NamedTuple):
    generated_time: dt.datetime
    slots: dict[str, list[KeySlot]]
    """Key slots in use, by ARN: a user that was deleted and made anew keeps its ARN but not its dates."""
    root_arn: str | None = None
    """Without it, the report tells nothing of the root user."""
    stale_because: str | None = None
    """Why there is no newer report, where this one is over its time."""
    oddities: tuple[str, ...] = ()
    doubtful: t.Collection[str] = ()
    """ARNs of the rows that do not say for certain which key slots are in use since when."""
    user_created: t.Mapping[str, dt.datetime | None] = types.MappingProxyType({})
    """When each user was created, by ARN, where the report says it."""
    passwords: t.Mapping[str, Password] = types.MappingProxyType({})
    certificates: t.Mapping[str, t.Sequence[CertificateSlot]] = types.MappingProxyType({})


def parse(content: t.Any, generated_time: t.Any) -> CredentialReport:
    """
    Reads columns by their header, so that a column more or another order does no harm.
    Raises UserError where it is no credential report at all.
    """
    if (
        not isinstance(generated_time, dt.datetime)
        or not isinstance(content, (bytes, bytearray))
        or not content.strip()
    ):
        raise UserError("ReportUnreadable", "the credential report has no content")
    if generated_time.tzinfo is None:
        generated_time = generated_time.replace(tzinfo=dt.timezone.utc)
    return _Reader(generated_time).read(bytes(content))


class _Reader:
    def __init__(self, generated_time: dt.datetime) -> None:
        self._generated_time = generated_time
        self._oddities: list[str] = []
        self._slots: dict[str, list[KeySlot]] = {}
        self._doubtful: set[str] = set()
        self._created: dict[str, dt.datetime | None] = {}
        self._passwords: dict[str, Password] = {}
        self._certificates: dict[str, list[CertificateSlot]] = {}
        self._root_arn: str | None = None

    def read(self, content: bytes) -> CredentialReport:
        rows = self._rows(self._decoded(content))
        _number, header = next(rows, (0, []))
        columns = [name.strip() for name in header]
        missing = [name for name in _REQUIRED if name not in columns]
        if missing:
            begins = cleaned(",".join(header), limit=_MOST_CHARACTERS)
            raise UserError(
                "ReportUnreadable", f"the credential report has no column {missing[0]}, it begins with: {begins}"
            )
        if any(name not in columns for name in _LAST_USED):
            self._oddities.append("it has no column of last use")
        for number, row in rows:
            if row:
                self._read_row(number, columns, row)
        if self._root_arn is None:
            self._oddities.append(f"it has no row of {ROOT_USER_NAME} that can be read")
        return CredentialReport(
            self._generated_time,
            self._slots,
            self._root_arn,
            oddities=tuple(self._oddities),
            doubtful=self._doubtful,
            user_created=self._created,
            passwords=self._passwords,
            certificates=self._certificates,
        )

    def _decoded(self, content: bytes) -> str:
        encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            self._oddities.append(f"byte {error.start} is not UTF-8")
            return content.decode(encoding, "replace")

    def _rows(self, text: str) -> t.Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""))
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._oddities.append(f"line {reader.line_num}: {cleaned(str(error))}")
                continue
            yield reader.line_num, row

    def _read_row(self, number: int, columns: list[str], row: list[str]) -> None:
        values = dict(zip(columns, row))
        arn, user = values.get("arn", "").strip(), values.get("user", "").strip()
        place = f"line {number} ({cleaned(user, limit=_MOST_CHARACTERS)})"
        if len(row) < len(columns) or not arn.startswith("arn:"):
            self._oddities.append(f"{place} is not complete")
            return
        slots = []
        for slot_number in _NUMBERS:
            active = values[f"access_key_{slot_number}_active"].strip().lower()
            if active not in ("true", "false"):
                self._oddities.append(f"{place}: access_key_{slot_number}_active is neither true nor false")
                return
            slot = self._slot(values, slot_number, active == "true", place)
            if slot.active or slot.rotated_date:
                slots.append(slot)
            if not self._is_certain(slot, values):
                self._doubtful.add(arn)
        if arn in self._created:
            self._oddities.append(f"{place} is there twice")
            self._slots.pop(arn, None)
            if arn == self._root_arn:
                self._root_arn = None
            return
        self._slots[arn] = slots
        self._created[arn] = self._date(values, "user_creation_time", place)[0]
        self._read_others(values, arn, place)
        if user == ROOT_USER_NAME:
            self._root_arn = arn

    def _is_certain(self, slot: KeySlot, values: dict[str, str]) -> bool:
        if slot.rotated_date is not None:
            return slot.rotated_date <= self._generated_time
        prefix, flag = f"access_key_{slot.number}_", f"access_key_{slot.number}_active"
        others = [value for column, value in values.items() if column.startswith(prefix) and column != flag]
        return not slot.active and all(value.strip().lower() == _EMPTY for value in others)

    def _read_others(self, values: dict[str, str], arn: str, place: str) -> None:
        if values.get("password_enabled", "").strip().lower() == "true":
            used, known = self._date(values, "password_last_used", place)
            # A password that was never used is told apart from one of which AWS does not know.
            never = values.get("password_last_used", "").strip().lower() in ("no_information", "n/a")
            changed = self._date(values, "password_last_changed", place)[0]
            self._passwords[arn] = Password(changed, used, known and (used is not None or never))
        certificates = [
            CertificateSlot(
                number,
                values.get(f"cert_{number}_active", "").strip().lower() == "true",
                self._date(values, f"cert_{number}_last_rotated", place)[0],
            )
            for number in _NUMBERS
        ]
        found = [slot for slot in certificates if slot.active or slot.rotated_date]
        if found:
            self._certificates[arn] = found

    def _date(self, values: dict[str, str], column: str, place: str) -> tuple[dt.datetime | None, bool]:
        """Whether it could be read is told beside it."""
        text = values.get(column, "").strip()
        if text.lower() in _SENTINELS:
            return None, True
        try:
            return parse_iso(text), True
        except (ValueError, OverflowError):
            self._oddities.append(f"{place}: {cleaned(text, limit=_MOST_CHARACTERS)} is no date")
            return None, False

    def _slot(self, values: dict[str, str], number: int, active: bool, place: str) -> KeySlot:  # noqa: FBT001
        def value(column: str) -> str | None:
            text = values.get(f"access_key_{number}_{column}", "").strip()
            return None if text.lower() in _SENTINELS else text

        def date(column: str) -> tuple[dt.datetime | None, bool]:
            return self._date(values, f"access_key_{number}_{column}", place)

        last_used, known = date("last_used_date")
        return KeySlot(
            number=number,
            active=active,
            rotated_date=date("last_rotated")[0],
            last_used_date=last_used,
            last_used_region=value("last_used_region"),
            last_used_service=value("last_used_service"),
            last_used_known=known and _LAST_USED[number - 1] in values,
        )


def warning(report: CredentialReport) -> str | None:
    """What is wrong with a report that could be read, in one sentence."""
    if not report.oddities:
        return None
    more = f", and {plural(len(report.oddities) - 1, 'fault')} more" if len(report.oddities) > 1 else ""
    return f"the credential report has invalid values, which are treated as unknown: {report.oddities[0]}{more}"
