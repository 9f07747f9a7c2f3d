# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a person wants to see of a probe: each step with a bar for its time, the states, and why they are not up."""

from __future__ import annotations

import textwrap
import typing as t

from .table import WIDTH, Column, render

_BAR_WIDTH, _SHORT_BAR_WIDTH = 22, 8
_EIGHTHS = " ▏▎▍▌▋▊▉"

_COLUMNS = (
    Column("STEP"),
    Column("RESULT"),
    Column("STATE"),
    Column("CALLS", align_right=True),
    Column("WAITED MS", align_right=True),
    Column("MS", align_right=True),
    Column("TIME", dispensable=1),
)

Result = t.Mapping[str, t.Any]


def probe_lines(result: Result, limit: int, width: int = WIDTH, _report: str | None = None) -> list[str]:
    """The lines to print for a result of keyward.iam.probe, which names at most C(limit) leftovers of each kind."""
    steps = result["steps"]
    bar_width = _BAR_WIDTH if width >= WIDTH else _SHORT_BAR_WIDTH
    longest = max((step["duration_ms"] or 0 for step in steps), default=0)
    return [
        *textwrap.wrap(_headline(result), width),
        "",
        *render(_COLUMNS, [_row(step, longest, bar_width) for step in steps], width).lines,
        *_reasons(steps, width),
        *_leftovers("removed what earlier runs left", result["swept"], limit, width),
        *_leftovers("LEFT BEHIND", result["leftovers"], limit, width),
    ]


def _headline(result: Result) -> str:
    place = [f"profile {result['profile']}", result["region"]]
    place += [f"account {result['account_id']}"] if result["account_id"] else []
    return f"IAM probe {result['namespace']} ({', '.join(place)}): {result['state'] or 'state unknown'}"


def _row(step: Result, longest: float, bar_width: int) -> list[str]:
    duration = step["duration_ms"]
    return [
        step["name"],
        step["status"],
        step["state"] or "",
        str(step["attempts"]) if step["attempts"] > 1 else "",
        f"{step['propagation_ms']:.1f}" if step["propagation_ms"] else "",
        "" if duration is None else f"{duration:.1f}",
        _bar(duration / longest, bar_width) if duration and longest else "",
    ]


def _bar(part: float, width: int) -> str:
    whole, eighths = divmod(round(part * width * 8), 8)
    return "█" * whole + _EIGHTHS[eighths].strip()


def _reasons(steps: t.Iterable[Result], width: int) -> t.Iterator[str]:
    names: dict[str, list[str]] = {}
    for step in steps:
        if step["error"]:
            names.setdefault(step["error"], []).append(step["name"])
    for error, failed in names.items():
        yield from textwrap.wrap(f"{', '.join(failed)}: {error}", width, subsequent_indent="  ")


def _leftovers(title: str, names: t.Sequence[str], limit: int, width: int) -> list[str]:
    if not names:
        return []
    hidden = f" and {len(names) - limit} more" if limit and len(names) > limit else ""
    return textwrap.wrap(f"{title}: {', '.join(names[: limit or None])}{hidden}", width, subsequent_indent="  ")
