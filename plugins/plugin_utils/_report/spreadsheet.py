# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A report's access keys as CSV, which no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
import typing as t

from .columns import failure_rows, key_columns

if t.TYPE_CHECKING:
    from .model import Report

_FORMULA = re.compile("(^|[;\t\r])(?=\\s*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""
Where a cell begins that a spreadsheet takes for a formula. In many countries a semicolon begins another cell. The
full-width forms of the signs count as well.
"""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's own encoding."""


def csv_text(report: Report, *, show_key_ids: bool) -> str:
    """One row an access key, after one row for each profile and host that could not be read."""
    columns = key_columns(show_key_ids=show_key_ids)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.name for column in columns])
    for failure in failure_rows(report, columns):
        writer.writerow([_guarded(failure[column.name]) for column in columns])
    for row in report.keys:
        writer.writerow([_guarded(column.value(row)) for column in columns])
    return _BYTE_ORDER_MARK + text.getvalue()


def _guarded(value: t.Any) -> t.Any:
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
