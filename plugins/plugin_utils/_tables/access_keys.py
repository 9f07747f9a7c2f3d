# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a person wants to see of collected access keys: how many, what failed, and the oldest and those that are due."""

from __future__ import annotations

import textwrap
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.packing import access_keys_of
from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural, printable

from .._report.advice import is_due, owner, standing
from .table import WIDTH, Column, Line, render

OLDEST = 10
"""How many of the oldest keys are shown even where none is due."""

_COLUMNS = (
    Column("AGE", align_right=True),
    Column("LEFT", align_right=True),
    Column("STATUS", dispensable=1),
    Column("REMARK", elastic=True),
    Column("USER", elastic=True),
    Column("KEY"),
    Column("UNUSED", align_right=True, dispensable=2),
    Column("PROFILE", elastic=True),
    Column("ACCOUNT", dispensable=3),
    Column("OWNER", elastic=True),
    Column("EXEMPT UNTIL"),
    Column("REASON", elastic=True, dispensable=4),
)
_COLORS = {"expired": "red", "expiring": "yellow"}

Key = t.Mapping[str, t.Any]


def access_key_lines(
    result: t.Mapping[str, t.Any], limit: int, width: int = WIDTH, report: str | None = None
) -> list[str]:
    """
    The lines to print for a result of keyward.iam.access_key_info: at most C(limit) keys, or all for 0.

    C(report) is the file that has all of them.
    """
    keys = sorted(access_keys_of(result), key=_urgency)
    oldest = sorted(keys, key=_age, reverse=True)[:OLDEST]
    wanted = {id(key) for key in (*filter(is_due, keys), *oldest)}
    shown = [key for key in keys if id(key) in wanted][:limit] if limit else keys
    lines: list[str] = [*textwrap.wrap(_headline(result), width), *_failures(result, width)]
    narrow: list[str] = []
    if shown:
        (title, *rows), narrow = render(_COLUMNS, [_row(key) for key in shown], width)
        lines += ["", title]
        lines += [Line.of(row, _COLORS.get(standing(key))) for row, key in zip(rows, shown, strict=True)]
    return [*lines, *_left_out(keys, shown, narrow, width, report)]


def _urgency(key: Key) -> tuple[bool, int, int]:
    """What is due first, then the oldest."""
    return (not is_due(key), key["days_left"] if is_due(key) else 0, -_age(key))


def _age(key: Key) -> int:
    age: int = key.get("age_days", -1)
    return age


def _left_out(
    keys: t.Sequence[Key], shown: t.Sequence[Key], columns: t.Sequence[str], width: int, report: str | None
) -> list[str]:
    hidden = Counter(_kind(key) for key in keys) - Counter(_kind(key) for key in shown)
    parts = [f"{hidden[kind]} {kind}" for kind in ("expired", "expiring", "other") if hidden[kind]]
    parts += [f"the {'column' if len(columns) == 1 else 'columns'} {' and '.join(columns)}"] if columns else []
    if not parts:
        return []
    place = printable(report) if report else "set keyward_report to a path such as keys.html."
    sentence = f"Not shown: {', '.join(parts)}. The report has all keys: {place}"
    return textwrap.wrap(sentence, width, break_on_hyphens=False)


def _kind(key: Key) -> str:
    return standing(key) if is_due(key) else "other"


def _headline(result: t.Mapping[str, t.Any]) -> str:
    summary = result["summary"]
    profiles = len(result["profiles"])
    counts = [f"{summary['active']} active", f"{summary['expired']} expired", f"{summary['expiring']} expiring"]
    counts += [f"{summary[name]} {name}" for name in ("exempt", "reactivated") if summary[name]]
    counts += [f"{summary['root_keys']} of root"] if summary["root_keys"] else []
    return (
        f"{plural(summary['access_keys'], 'access key')} of {plural(summary['users'], 'user')} "
        f"in {plural(profiles, 'profile')} at {result['collected_at']}: {', '.join(counts)}. Ages in days."
    )


def _failures(result: t.Mapping[str, t.Any], width: int) -> t.Iterator[str]:
    for profile in result["profiles"]:
        if not profile["ok"]:
            yield from textwrap.wrap(
                f"FAILED {profile['profile']}: {profile['error']}", width=width, subsequent_indent="  "
            )


def _row(key: Key) -> list[str]:
    remarks: list[str] = [standing(key)] if is_due(key) else []
    remarks += [remark for remark in ("exempt", "reactivated") if key.get(remark)]
    return [
        str(key.get("age_days", "?")),
        str(key.get("days_left", "?")),
        key["status"],
        ", ".join(remarks),
        key["user_name"],
        f"root-{key['slot']}" if key["root"] else key["access_key_id"][-5:],
        _unused(key),
        key["profile"],
        key["account_id"] or "",
        owner(key),
        str(key.get("exempt_until") or ""),
        str(key.get("exempt_reason") or ""),
    ]


def _unused(key: Key) -> str:
    if "last_used_date" not in key:
        return ""
    return "never used" if key["last_used_date"] is None else str(key["last_used_days"])
