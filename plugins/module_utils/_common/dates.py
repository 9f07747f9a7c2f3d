# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Dates as the collection reads and writes them: ISO 8601, in UTC, with whole seconds."""

from __future__ import annotations

import datetime as dt


def iso(moment: dt.datetime) -> str:
    """ISO 8601 in UTC with whole seconds, as AWS writes dates."""
    return moment.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_of_epoch(seconds: float) -> str:
    return iso(dt.datetime.fromtimestamp(seconds, dt.timezone.utc))


def parse_iso(text: str) -> dt.datetime:
    """Return an aware datetime in UTC; a date without a zone is in UTC. Raises ValueError."""
    # fromisoformat takes a Z from Python 3.11 on only
    moment = dt.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in ("Z", "z") else text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)).astimezone(dt.timezone.utc)


def whole_days(since: dt.datetime, now: dt.datetime) -> int:
    """Whole days between two aware datetimes; a clock that is behind AWS's gives 0, never -1."""
    return max(0, (now - since).days)
