# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""When AWX accepts a recurrence rule; the rule itself is judged by the library that AWX has for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from dateutil.tz import gettz  # type: ignore[import-untyped]

from .errors import CrashError, RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DTSTART = re.compile(r".*?(DTSTART(;[^:]+)?\:[0-9]+T[0-9]+Z?)")
_NAIVE = re.compile(r".*?(DTSTART:[0-9]+T[0-9]+) ")
_TIME_ZONE = re.compile(r"DTSTART;TZID=([^:;]+):[0-9]+T[0-9]+(?= |$)")
_RULE = re.compile(r".*?(RULE\:[^\s]*)")
_MOST_RUNS = 999
_NO_TIME_ZONE = "rrule parsing failed validation: A valid TZID must be provided (e.g., America/New_York)"


def checked_rrule(text: str) -> str:
    """A rule as AWX keeps it."""
    rule = re.sub(r"\s+", " ", text.strip())
    problems = list(_problems(rule))
    if problems:
        raise RefusalError(400, {"rrule": problems})
    if "INTERVAL=-" in rule:
        raise CrashError
    return rule


def _problems(text: str) -> list[str]:
    starts = _DTSTART.findall(text)
    if not starts:
        needed = "Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"
        return [needed, _NO_TIME_ZONE] if "RRULE" in text else [needed]
    if _NAIVE.findall(text):
        return ["DTSTART cannot be a naive datetime.  Specify ;TZINFO= or YYYYMMDDTHHMMSSZZ.", _NO_TIME_ZONE]
    found = filter(None, map(_problem_of_rule, _RULE.findall(text)))
    return list(_problems_of_whole(text, starts)) or list(found)[:1] or _problems_of_parser(text)


def _problems_of_whole(text: str, starts: list[Any]) -> Iterator[str]:
    if len(starts) > 1:
        yield "Multiple DTSTART is not supported."
    elif "rrule:" not in text.lower():
        yield "One or more rule required in rrule."


def _problems_of_parser(text: str) -> list[str]:
    zone = _TIME_ZONE.search(text)
    if zone and gettz(zone[1]) is None:
        return [_NO_TIME_ZONE]
    try:
        rrulestr(text.replace(" ", "\n"))
    except ValueError as error:
        return [f"rrule parsing failed validation: {error}"]
    return []


def _problem_of_rule(rule: str) -> str:
    if "interval" not in rule.lower():
        return f"INTERVAL required in rrule: {rule}"
    if "secondly" in rule.lower():
        return f"SECONDLY is not supported: {rule}"
    if re.search(r"BYDAY=[0-9]", rule):
        return f"BYDAY with numeric prefix not supported: {rule}"
    count = re.search(r"COUNT=([0-9]+)", rule)
    if count and "UNTIL" in rule:
        return f"RRULE may not contain both COUNT and UNTIL: {rule}"
    if count and int(count[1]) > _MOST_RUNS:
        return f"COUNT > 999 is unsupported: {rule}"
    return ""
