# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The credential report: rows before an odd one are kept, and only what is no report at all is refused."""

from __future__ import annotations

import codecs
import datetime as dt
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.credential_report import parse, warning
from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_GENERATED = dt.datetime(2026, 11, 22, 11, tzinfo=dt.UTC)
_HEADER = (
    b"user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,access_key_1_active,"
    b"access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    b"access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    b"access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated\n"
)
_ALICE = "arn:aws:iam::111122223333:user/alice"
_DATE = "2026-01-01T00:00:00Z"
_ALICE_ROW = (
    f"alice,{_ALICE},{_DATE},true,no_information,{_DATE},true,{_DATE},{_DATE},us-east-1,iam,false,N/A,N/A,N/A,N/A,"
    "false,N/A\n"
).encode()
_ROOT_ROW = _ALICE_ROW.replace(b"alice", b"<root_account>", 1).replace(b":user/alice", b":root")
_WHOLE = _HEADER + _ROOT_ROW + _ALICE_ROW

SEEDS = (
    b"r" + _WHOLE,
    b"r" + codecs.BOM_UTF8 + _WHOLE,
    b"r" + codecs.BOM_UTF16_LE + _WHOLE.decode().encode("utf-16-le"),
    b"r" + _WHOLE.replace(b"\n", b"\r\n").replace(b"alice", b'"a ""lice"'),
    b"a" + _ROOT_ROW + _ALICE_ROW.replace(b"alice", b"bob"),
    b"a" + _ALICE_ROW,
    b"a\0\n\x1b[2J" + _ALICE_ROW.replace(_DATE.encode(), b"9999-12-31T23:59:59+99:99"),
)
FOUND = (b"r" + _HEADER + _ROOT_ROW * 2,)


def check(data: bytes, _room: Path) -> None:
    rows, appended = data[1:], data[:1] == b"a"
    try:
        report = parse(_HEADER + _ALICE_ROW + rows if appended else rows, _GENERATED)
    except UserError as error:
        assert not appended, "a report with a good row was refused"
        assert error.sentence.isprintable()
        return
    said = warning(report)
    assert said is None or said.isprintable()
    assert report.root_arn is None or report.root_arn in report.slots
    dates = [date for slots in report.slots.values() for slot in slots for date in (slot.rotated_date, slot[3])]
    assert all(date is None or date.tzinfo is not None for date in (*dates, *report.user_created.values()))
    if appended:
        slots = report.slots.get(_ALICE, [])
        if not slots:
            assert any("is there twice" in oddity for oddity in report.oddities)
        for slot in slots:
            assert (slot.active, slot.rotated_date, slot.last_used_region) == (
                True,
                dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
                "us-east-1",
            )
