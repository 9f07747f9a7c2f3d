# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The tables of a report as columns, the one place for their names, titles and values, whatever they are written as."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .advice import URGENCY

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .model import Failure, KeyRow, ProbeRun, Report
    from .results import Result

Cell = str | int | float | None
Row = t.TypeVar("Row")


@dataclasses.dataclass(frozen=True)
class Column(t.Generic[Row]):
    """
    C(name) as in CSV, C(title) as on the page. C(kind) is a class of the page's style sheet; the page draws a C(spark),
    which is numbers with blanks between them.
    """

    name: str
    title: str
    value: Callable[[Row], Cell]
    kind: str = ""
    badge: bool = False
    hidden: bool = False
    """Whether the page only searches and exports it."""
    filtered: bool = False
    """Whether the page has a filter for it."""
    ranks: Sequence[str] = ()
    """The order of its values, where it is not that of the alphabet."""
    order: str = ""
    """The column by which the page sorts it instead."""
    detail: str = ""
    """The column that the page shows below it."""

    @property
    def number(self) -> bool:
        return self.kind == "number"


def key_columns(*, show_key_ids: bool) -> list[Column[KeyRow]]:
    return [
        Column("standing", "State", lambda row: row.standing, badge=True, filtered=True, ranks=list(URGENCY)),
        Column("user_name", "User", lambda row: _text(row.key.get("user_name")), kind="name"),
        _key_id(show_key_ids=show_key_ids),
        Column("age_days", "Age", lambda row: _number(row.key.get("age_days")), kind="number"),
        Column("days_left", "Days left", lambda row: _number(row.key.get("days_left")), kind="number"),
        Column("last_used", "Last use", _last_used, order="unused_days"),
        Column("profile", "Profile", lambda row: ", ".join(row.profiles), kind="name", filtered=True),
        Column("account_id", "Account", lambda row: _text(row.key.get("account_id")), kind="code", filtered=True),
        Column("owner", "Owner", lambda row: row.owner, filtered=True),
        Column("next_step", "Next step", lambda row: row.advice.step, filtered=True, detail="reason"),
        Column("remarks", "Remarks", _remarks, kind="wide"),
        Column("reason", "Why", lambda row: row.advice.reason, hidden=True),
        Column("unused_days", "Days since last use", lambda row: row.unused_days, kind="number", hidden=True),
        Column("status", "Status", lambda row: _text(row.key.get("status")), hidden=True),
        Column("severity", "Severity", lambda row: _text(row.key.get("severity")), hidden=True),
        Column("reactivated", "Reactivated", lambda row: "yes" if row.key.get("reactivated") else "", hidden=True),
        Column("exempt_until", "Exempt until", lambda row: _text(row.key.get("exempt_until")), hidden=True),
        Column("exempt_reason", "Exempt because", lambda row: _text(row.key.get("exempt_reason")), hidden=True),
        Column("create_date", "Created", lambda row: _text(row.key.get("create_date")), hidden=True),
        Column("user_path", "Path", lambda row: _text(row.key.get("user_path")), hidden=True),
        Column("tags", "Tags", _tags, hidden=True),
    ]


CREDENTIAL_COLUMNS: list[Column[t.Mapping[str, t.Any]]] = [
    Column("type", "Type", lambda row: _text(row.get("type")), filtered=True),
    Column("user_name", "User", lambda row: _text(row.get("user_name"))),
    Column("id", "Id", lambda row: _text(row.get("id"))[-5:], kind="code"),
    Column("status", "Status", lambda row: _text(row.get("status")), filtered=True),
    Column("age_days", "Age", lambda row: _number(row.get("age_days")), kind="number"),
    Column("date", "Created or changed", lambda row: _text(row.get("create_date") or row.get("last_changed_date"))),
    Column("expiration_date", "Expires", lambda row: _text(row.get("expiration_date"))),
    Column("last_used_date", "Last used", lambda row: _text(row.get("last_used_date"))),
    Column("profile", "Profile", lambda row: _text(row.get("profile")), filtered=True),
    Column("account_id", "Account", lambda row: _text(row.get("account_id")), kind="code"),
]


def step_columns(probe: ProbeRun) -> list[Column[Result]]:
    return [
        Column("step", "Step", lambda row: _text(row.get("name")), kind="name"),
        Column("status", "Result", lambda row: _text(row.get("status")), badge=True, filtered=True),
        Column("state", "State", lambda row: _text(row.get("state")), filtered=True),
        Column("duration_ms", "Milliseconds", lambda row: _milliseconds(row.get("duration_ms")), kind="number"),
        Column(
            "propagation_ms",
            "Waited for consistency",
            lambda row: _milliseconds(row.get("propagation_ms")) or None,
            kind="number",
        ),
        Column("earlier_ms", "Earlier", lambda row: _earlier(probe, row), kind="spark", order="duration_ms"),
        Column("error", "What went wrong", lambda row: _text(row.get("error")), kind="wide"),
        Column("error_code", "Code", lambda row: _text(row.get("error_code")), hidden=True),
        Column("request_id", "Request", lambda row: _text(row.get("request_id")), hidden=True),
    ]


def failure_rows(report: Report, columns: Sequence[Column[KeyRow]]) -> list[dict[str, Cell]]:
    """What could not be read, as rows of the table of keys, so that a file of keys alone does not hide it."""
    return [{column.name: _of_failure(failure, column.name) for column in columns} for failure in report.failures]


def _of_failure(failure: Failure, column: str) -> Cell:
    return {
        "standing": "unread",
        "profile": failure.profile,
        "account_id": failure.account,
        "remarks": failure.label,
        "next_step": "mend",
        "reason": failure.sentence,
    }.get(column, "")


def _key_id(*, show_key_ids: bool) -> Column[KeyRow]:
    if show_key_ids:
        return Column("access_key_id", "Key", lambda row: _text(row.key.get("access_key_id")) or row.label, kind="code")
    return Column("key", "Key", lambda row: row.label, kind="code")


def _last_used(row: KeyRow) -> Cell:
    if "last_used_date" not in row.key:
        return ""
    if row.key["last_used_date"] is None:
        return "never used"
    days = row.unused_days
    when = [] if days is None else ["today" if days == 0 else f"{plural(days, 'day')} ago"]
    return ", ".join([*when, *(str(row.key[name]) for name in ("last_used_service",) if row.key.get(name))])


def _remarks(row: KeyRow) -> Cell:
    key = row.key
    # The next step says of a key that was made inactive when that was.
    remarks = ["reactivated"] if key.get("reactivated") and "inactive_days" not in key else []
    remarks += ["root user"] if key.get("root") else []
    if key.get("exempt"):
        until = f" until {key['exempt_until']}" if key.get("exempt_until") else ""
        reason = f": {key['exempt_reason']}" if key.get("exempt_reason") else ""
        remarks.append(f"exempt{until}{reason}")
    remarks += ["exemption is over"] if key.get("exempt_expired") else []
    return ", ".join(remarks)


def _tags(row: KeyRow) -> Cell:
    return ", ".join(f"{name}={value}" for name, value in (row.key.get("tags") or {}).items())


def _text(value: t.Any) -> str:
    return "" if value is None else str(value)


def _number(value: t.Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _milliseconds(value: t.Any) -> float | None:
    return round(value, 1) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _earlier(probe: ProbeRun, step: Result) -> str:
    """A step's times in earlier reports; empty where there are fewer than two, which make no line."""
    values = [entry.values[step["name"]] for entry in probe.earlier if step["name"] in entry.values]
    return " ".join(map(str, values)) if len(values) > 1 else ""
