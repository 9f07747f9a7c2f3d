# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The 22 columns of the credential report, with the words that stand for the absence of a value."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from testbed.fakes.aws.protocol import timestamp

if TYPE_CHECKING:
    from testbed.fakes.aws.account import Account
    from testbed.fakes.aws.entities import AccessKey, OtherCredential, User

_KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{slot}_{column}" for slot in (1, 2) for column in _KEY_COLUMNS),
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
_NONE = "N/A"
_NO_CERTIFICATES = ("false", _NONE, "false", _NONE)


def report_csv(account: Account, at: datetime) -> bytes:
    """The account as it is, without what was made after ``at``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(_root_row(account, at))
    writer.writerows(_user_row(user, at) for user in account.users.items(account.clock.now()) if user.created <= at)
    return text.getvalue().rstrip("\n").encode()


def _root_row(account: Account, at: datetime) -> list[str]:
    return [
        "<root_account>",
        f"arn:{account.partition}:iam::{account.id}:root",
        timestamp(account.created),
        "not_supported",
        "no_information",
        "not_supported",
        "not_supported",
        _flag(account.root_mfa_active),
        *_key_cells(account.root_keys.recorded(), at),
        *_NO_CERTIFICATES,
    ]


def _user_row(user: User, at: datetime) -> list[str]:
    password = user.password_created
    return [
        user.name,
        user.arn,
        timestamp(user.created),
        _flag(password is not None),
        *(_password_cells(password, user.password_last_used) if password else (_NONE, _NONE, _NONE)),
        _flag(user.mfa_active),
        *_key_cells(user.keys.recorded(), at),
        *_certificate_cells(user.certificates),
    ]


def _password_cells(created: datetime, last_used: datetime | None) -> tuple[str, str, str]:
    used = timestamp(last_used) if last_used else "no_information"
    return used, timestamp(created), timestamp(created + timedelta(days=90))


def _key_cells(keys: list[AccessKey], at: datetime) -> list[str]:
    by_slot = {key.slot: key for key in keys if key.created <= at}
    cells: list[str] = []
    for slot in (1, 2):
        key = by_slot.get(slot)
        if key is None:
            cells += ["false", _NONE, _NONE, _NONE, _NONE]
            continue
        cells += [_flag(key.status == "Active"), timestamp(key.changed)]
        use = key.last_use
        cells += [timestamp(use.date), use.region, use.service] if use else [_NONE, _NONE, _NONE]
    return cells


def _certificate_cells(certificates: list[OtherCredential]) -> list[str]:
    cells = [cell for each in certificates for cell in (_flag(each.status == "Active"), timestamp(each.created))]
    return [*cells, *_NO_CERTIFICATES][: len(_NO_CERTIFICATES)]


def _flag(value: object) -> str:
    return "true" if value else "false"
