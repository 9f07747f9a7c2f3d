# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The recurrence rule of a schedule."""

from __future__ import annotations

import re

from .api import AwxError

_INTERVAL = re.compile(r"INTERVAL=([^;\s]*)")
_COUNTED_ANEW = {"MINUTELY": (60, "hour"), "HOURLY": (24, "day")}
_RULE = re.compile(r"RRULE:(\S*)")


def normalised_rule(text: str) -> str:
    """A rule as AWX keeps it, on one line. Raises AwxError for one that would keep AWX's scheduler busy for ever."""
    rule = " ".join(text.split())
    for interval in _INTERVAL.findall(rule):
        if not interval.isdecimal() or int(interval) < 1:
            raise AwxError(
                f"INTERVAL of rrule in the definition must be a whole number of at least 1, not {interval[:50]!r}",
                setting="definition.rrule",
            )
    return rule


def warning_of(rule: str) -> str:
    """AWX counts intervals anew each hour or day, so that others than their divisors give unequal pauses."""
    for part in _RULE.findall(rule):
        values = dict(pair.partition("=")[::2] for pair in part.split(";"))
        whole, name = _COUNTED_ANEW.get(values.get("FREQ", ""), (0, ""))
        interval = values.get("INTERVAL", "")
        if whole and interval.isdecimal() and (int(interval) > whole or whole % int(interval)):
            return (
                f"AWX starts counting INTERVAL={interval} of {values['FREQ']} again each {name}, so the pauses between "
                f"runs differ: use an INTERVAL that divides {whole}, or a FREQ of longer steps"
            )
    return ""
