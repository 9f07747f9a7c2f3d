# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""When AWX accepts a recurrence rule; the rule itself is judged by the library that AWX has for it."""

from __future__ import annotations

import re

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from .errors import InvalidError

_DTSTART = re.compile(r".*?(DTSTART(;[^:]+)?\:[0-9]+T[0-9]+Z?)")
_NAIVE = re.compile(r".*?(DTSTART:[0-9]+T[0-9]+) ")
_RULE = re.compile(r".*?(RULE\:[^\s]*)")
_MOST_RUNS = 999


def validate_rrule(text: str) -> None:
    starts = _DTSTART.findall(text)
    if not starts:
        raise InvalidError(rrule="Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
    if _NAIVE.findall(text):
        raise InvalidError(rrule="DTSTART cannot be a naive datetime.  Specify ;TZINFO= or YYYYMMDDTHHMMSSZZ.")
    if len(starts) > 1:
        raise InvalidError(rrule="Multiple DTSTART is not supported.")
    if "rrule:" not in text.lower():
        raise InvalidError(rrule="One or more rule required in rrule.")
    for rule in _RULE.findall(text):
        _validate_rule(rule)
    try:
        rrulestr(text.replace(" ", "\n"))
    except ValueError as error:
        raise InvalidError(rrule=f"rrule parsing failed validation: {error}") from error


def _validate_rule(rule: str) -> None:
    if "interval" not in rule.lower():
        raise InvalidError(rrule=f"INTERVAL required in rrule: {rule}")
    if "secondly" in rule.lower():
        raise InvalidError(rrule=f"SECONDLY is not supported: {rule}")
    count = re.search(r"COUNT=([0-9]+)", rule)
    if count and "UNTIL" in rule:
        raise InvalidError(rrule=f"RRULE may not contain both COUNT and UNTIL: {rule}")
    if count and int(count[1]) > _MOST_RUNS:
        raise InvalidError(rrule=f"COUNT > 999 is unsupported: {rule}")
