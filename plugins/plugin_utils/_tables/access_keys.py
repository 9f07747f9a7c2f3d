# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a person wants to see of collected access keys: how many, what failed, and the oldest and those that are due."""

from __future__ import annotations

import textwrap
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .table import WIDTH, Column, render

OLDEST = 10
"""How many of the oldest keys are shown even where none is due."""

_COLUMNS = (
    Column("AGE", align_right=True),
    Column("LEFT", align_right=True),
    Column("STATUS"),
    Column("REMARK", elastic=True),
    Column("USER", elastic=True),
    Column("KEY"),
    Column("UNUSED", align_right=True),
    Column("PROFILE", elastic=True),
    Column("ACCOUNT"),
)

Key = t.Mapping[str, t.Any]


def access_key_lines(result: t.Mapping[str, t.Any], limit: int) -> list[str]:
    """The lines to print for a result of keyward.iam.access_key_info: at most C(limit) keys, or all for 0."""
    keys = sorted(result["access_keys"], key=lambda key: key.get("age_days", -1), reverse=True)
    due = [key for key in keys if _is_due(key)]
    wanted = {id(key) for key in (*due, *keys[:OLDEST])}
    shown = [key for key in keys if id(key) in wanted][:limit] if limit else keys
    lines = [*textwrap.wrap(_headline(result), WIDTH), *_failures(result)]
    if shown:
        lines += ["", *render(_COLUMNS, [_row(key) for key in shown])]
    for severity in ("expired", "expiring"):
        hidden = sum(key["severity"] == severity for key in due) - sum(
            _is_due(key) and key["severity"] == severity for key in shown
        )
        lines += [f"and {plural(hidden, f'more {severity} key')}"] if hidden else []
    return lines


def _is_due(key: Key) -> bool:
    return key["status"] == "Active" and not key["exempt"] and key.get("severity") in {"expired", "expiring"}


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


def _failures(result: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    for profile in result["profiles"]:
        if not profile["ok"]:
            yield from textwrap.wrap(
                f"FAILED {profile['profile']}: {profile['error']}", width=WIDTH, subsequent_indent="  "
            )


def _row(key: Key) -> list[str]:
    severity = key.get("severity")
    counts = key["status"] == "Active" and not key["exempt"]
    remarks = [severity] if counts and severity not in (None, "ok") else []
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
    ]


def _unused(key: Key) -> str:
    if "last_used_date" not in key:
        return ""
    return "never used" if key["last_used_date"] is None else str(key["last_used_days"])
