# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A report as JSON, by the schema in docs/report.schema.json."""

from __future__ import annotations

import dataclasses
import json
import typing as t

if t.TYPE_CHECKING:
    from .model import KeyRow, Report

SCHEMA = "keyward.iam.report/1"


def json_text(report: Report, *, show_key_ids: bool) -> str:
    """The whole report, with all fields that the modules returned."""
    document = {
        "schema": SCHEMA,
        "title": report.title,
        "created_at": report.created.isoformat(timespec="seconds"),
        "collected_at": report.collected.isoformat(timespec="seconds"),
        "verdict": {"level": report.level, "sentence": report.verdict},
        "summary": report.summary,
        "previous": report.previous,
        "previous_date": report.previous_date and report.previous_date.isoformat(),
        "trend": [{"date": day.isoformat(), **counts} for day, counts in report.trend],
        "access_keys": [_key(row, show_key_ids=show_key_ids) for row in report.keys],
        "credentials": [_credential(each, show_key_ids=show_key_ids) for each in report.credentials],
        "profiles": report.profiles,
        "probes": [{**probe.result, "host": probe.host} for probe in report.probes],
        "failures": [dataclasses.asdict(failure) for failure in report.failures],
    }
    return f"{json.dumps(document, indent=1, ensure_ascii=False)}\n"


def _key(row: KeyRow, *, show_key_ids: bool) -> dict[str, t.Any]:
    fields = {name: value for name, value in row.key.items() if name not in {"access_key_id", "profile"}}
    fields |= {"access_key_id": row.key["access_key_id"]} if show_key_ids and "access_key_id" in row.key else {}
    return fields | {
        "key": row.label,
        "profiles": list(row.profiles),
        "standing": row.standing,
        "owner": row.owner,
        "next_step": row.advice.step,
        "reason": row.advice.reason,
    }


def _credential(credential: t.Mapping[str, t.Any], *, show_key_ids: bool) -> dict[str, t.Any]:
    shortened = {} if show_key_ids or not credential.get("id") else {"id": str(credential["id"])[-5:]}
    return {**credential, **shortened}
