# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
A report as one HTML page that needs nothing but itself.

All that comes from AWS is untrusted: the template escapes it, the tables' data is JSON that the page's script puts into
text nodes only, and the page's policy lets nothing run but that script.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import typing as t
from functools import cache
from pathlib import Path

import jinja2

from .columns import CREDENTIAL_COLUMNS, Column, key_columns, step_columns
from .graphs import graphs

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import ProbeRun, Report

_WITHOUT_SCRIPT = 500
"""How many rows of a table a browser shows that runs no scripts."""

_LEVELS = {
    "failed": "The IAM probe is not up",
    "due": "Keys are due",
    "soon": "Keys are due soon",
    "fine": "All is well",
}
_TILES = {
    "active": "active keys",
    "expired": "expired",
    "expiring": "expiring",
    "exempt": "exempt",
    "reactivated": "reactivated",
    "root_keys": "root user keys",
    "users": "users",
}
_UNKNOWN = "unknown"


class Tile(t.NamedTuple):
    name: str
    title: str
    value: str
    change: str
    remarkable: bool


class TableData(t.NamedTuple):
    """C(json) is for the page's script; C(titles) and C(rows) are for browsers that run none."""

    identifier: str
    title: str
    filters: list[Column[t.Any]]
    json: str
    length: int
    titles: list[str]
    rows: list[list[str]]
    probe: ProbeRun | None


def html(report: Report, *, show_key_ids: bool) -> str:
    """The whole page."""
    style, script = _resource("page.css"), _resource("page.js")
    tables = (
        [_table("keys", "Access keys", key_columns(show_key_ids=show_key_ids), report.keys)] if report.profiles else []
    )
    if report.credentials:
        tables.append(_table("credentials", "Other credentials", CREDENTIAL_COLUMNS, report.credentials))
    tables += [
        _table(f"probe-{number}", f"IAM probe {probe.result.get('namespace')}", step_columns(probe), steps, probe)
        for number, probe in enumerate(report.probes, 1)
        if (steps := probe.result["steps"])
    ]
    return _template().render(
        report=report,
        level="Something could not be read" if report.failures else _LEVELS[report.level],
        tiles=_tiles(report),
        graphs=list(graphs(report)),
        tables=tables,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _tiles(report: Report) -> list[Tile]:
    if not report.profiles:
        return []
    return [_tile(report, name, title) for name, title in _TILES.items()]


def _tile(report: Report, name: str, title: str) -> Tile:
    value = report.summary[name]
    if not value and any(profile.get(name, value) is None for profile in report.profiles):
        return Tile(name, title, _UNKNOWN, "", remarkable=False)
    return Tile(name, title, f"{value:,}", _change(report, name), remarkable=bool(value))


def _change(report: Report, name: str) -> str:
    if report.previous is None or report.previous_date is None:
        return ""
    change = report.summary[name] - report.previous[name]
    return f"{f'{change:+,} since' if change else 'same as'} {report.previous_date:%-d %b}"


def _table(
    identifier: str, title: str, columns: Sequence[Column[t.Any]], rows: Sequence[t.Any], probe: ProbeRun | None = None
) -> TableData:
    described = [_column(column, [column.value(row) for row in rows]) for column in columns]
    # A column of nothing takes room and tells nothing.
    kept = [(column, data) for column, data in zip(columns, described, strict=True) if _has_content(data)]
    plain = [column for column, _data in kept if not column.hidden and column.kind != "spark"]
    return TableData(
        identifier=identifier,
        title=title,
        filters=[column for column, data in kept if column.filtered and len(set(data["values"])) > 1],
        json=_script_json({"name": identifier, "length": len(rows), "columns": [data for _column, data in kept]}),
        length=len(rows),
        titles=[column.title for column in plain],
        rows=[[_shown(column.value(row)) for column in plain] for row in rows[:_WITHOUT_SCRIPT]],
        probe=probe,
    )


def _column(column: Column[t.Any], values: list[t.Any]) -> dict[str, t.Any]:
    described: dict[str, t.Any] = {"name": column.name, "label": column.title}
    described |= {name: True for name in ("badge", "hidden", "number") if getattr(column, name)}
    described |= {name: value for name in ("kind", "ranks", "order", "detail") if (value := getattr(column, name))}
    different = list(dict.fromkeys(values))
    if not column.number and len(different) <= len(values) // 2:
        places = {value: place for place, value in enumerate(different)}
        return described | {"values": different, "index": [places[value] for value in values]}
    return described | {"values": values}


def _has_content(data: dict[str, t.Any]) -> bool:
    return any(value not in {None, ""} for value in data["values"])


def _script_json(data: t.Any) -> str:
    """JSON that cannot end the element it stands in, nor begin another."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _shown(value: t.Any) -> str:
    return "" if value is None else str(value)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _resource(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_resource("page.html.j2"))
