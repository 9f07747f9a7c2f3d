# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the charts of a report show, each with a sentence for those who do not see it."""

from __future__ import annotations

import datetime as dt
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from . import charts
from .advice import Standing

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import KeyRow, Report

_OWNERS = 12
_WEEKS = 26
_BIN_DAYS = 30
_BINS = 13
_STANDINGS: tuple[Standing, ...] = ("ok", "expiring", "expired", "exempt", "inactive")


class Graph(t.NamedTuple):
    """A chart with its title, and the classes and names of its colors; or a note where there is nothing to draw."""

    identifier: str
    title: str
    svg: str = ""
    legend: t.Mapping[str, str] = {}
    note: str = ""


def graphs(report: Report) -> Iterator[Graph]:
    if not report.keys:
        return
    yield _trend(report)
    yield _upcoming(report)
    yield _ages(report)
    yield _owners(report)


def _trend(report: Report) -> Graph:
    title = "Trend of 90 days"
    if len(report.trend) < 2:  # noqa: PLR2004 - a line has two ends
        return Graph("trend", title, note="The trend begins with the second day that a report is written.")
    days = [day for day, _counts in report.trend]
    series = [(name, [counts.get(name, 0) for _day, counts in report.trend]) for name in ("expired", "expiring")]
    first, last = report.trend[0][1], report.trend[-1][1]
    text = (
        f"From {days[0]} to {days[-1]}: expired keys from {first.get('expired', 0)} to {last.get('expired', 0)}, "
        f"expiring keys from {first.get('expiring', 0)} to {last.get('expiring', 0)}."
    )
    return Graph(
        "trend", title, charts.lines("trend", text, days, series), {"expired": "expired", "expiring": "expiring"}
    )


def _upcoming(report: Report) -> Graph:
    title = "What reaches its limit when"
    coming = [row.key for row in report.keys if row.standing in {"ok", "expiring"}]
    left = [key["days_left"] for key in coming if _is_number(key, "days_left")]
    weeks = Counter(days // 7 for days in left if days // 7 < _WEEKS)
    if not weeks:
        return Graph("upcoming", title, note=f"No active key reaches its limit in the next {_WEEKS} weeks.")
    start = report.collected.date()
    labels = [f"{start + dt.timedelta(weeks=week):%-d %b}" for week in range(_WEEKS)]
    text = f"{plural(sum(weeks.values()), 'key')} of the next {_WEEKS} weeks, by the week: " + ", ".join(
        f"{weeks[week]} in the week from {labels[week]}" for week in sorted(weeks)
    )
    svg = charts.bars("upcoming", text, labels, [("keys", [weeks[week] for week in range(_WEEKS)])], every=5)
    return Graph("upcoming", title, svg, {"keys": "active keys, by the week"})


def _ages(report: Report) -> Graph:
    bins: dict[Standing, Counter[int]] = {name: Counter() for name in _STANDINGS}
    for row in report.keys:
        if row.standing in bins and _is_number(row.key, "age_days"):
            bins[row.standing][min(row.key["age_days"] // _BIN_DAYS, _BINS - 1)] += 1
    labels = [f"{number * _BIN_DAYS}" for number in range(_BINS - 1)] + [f"{(_BINS - 1) * _BIN_DAYS}+"]
    shown = {name: counts for name, counts in bins.items() if counts}
    text = "Ages in days, by 30 days: " + "; ".join(
        f"{name}: " + ", ".join(f"{counts[number]} from {labels[number]}" for number in sorted(counts))
        for name, counts in shown.items()
    )
    series = [(name, [counts[number] for number in range(_BINS)]) for name, counts in shown.items()]
    svg = charts.bars("ages", text, labels, series, every=2)
    return Graph("ages", "Ages in days", svg, {name: name for name in shown})


def _owners(report: Report) -> Graph:
    due = [row for row in report.keys if row.standing in {"expired", "expiring"}]
    by_owner = any(row.owner for row in report.keys)
    title = "What is due, by owner" if by_owner else "What is due, by account"
    if not due:
        return Graph("owners", title, note="Nothing is due.")
    counts: dict[str, Counter[str]] = {}
    for row in due:
        counts.setdefault(_group(row, by_owner=by_owner), Counter())[row.standing] += 1
    first = sorted(counts, key=lambda name: (-counts[name].total(), name))
    shown, others = first[:_OWNERS], first[_OWNERS:]
    if others:
        label = f"{len(others)} others"
        shown.append(label)
        counts[label] = sum((counts[name] for name in others), Counter())
    text = "; ".join(
        f"{name}: {counts[name]['expired']} expired, {counts[name]['expiring']} expiring" for name in shown
    )
    series = [(name, [counts[owner][name] for owner in shown]) for name in ("expired", "expiring")]
    return Graph(
        "owners", title, charts.rows("owners", text, shown, series), {"expired": "expired", "expiring": "expiring"}
    )


def _group(row: KeyRow, *, by_owner: bool) -> str:
    return _owner(row) if by_owner else str(row.key.get("account_id") or "(unknown account)")


def _owner(row: KeyRow) -> str:
    return "(root user)" if row.key.get("root") else row.owner or "(no owner tag)"


def _is_number(key: t.Mapping[str, t.Any], name: str) -> bool:
    return isinstance(key.get(name), int)
