# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""When an alert fires, and when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .evaluate import Grid, Labels, Series


def firing(series: Series, grid: Grid, minutes: int, resolve_after_minutes: int) -> dict[Labels, list[tuple[int, int]]]:
    """
    From when to when each series fires; what still fires ends with the grid. It begins when the minutes before hold a
    true value and no false one, and ends when they hold no true value.
    """
    windows = {False: minutes * 60 // grid.step, True: resolve_after_minutes * 60 // grid.step}
    spans: dict[Labels, list[tuple[int, int]]] = {}
    for labels, values in series.items():
        started = None
        for index, moment in enumerate(grid.moments):
            present = [
                value for value in values[max(0, index - windows[started is not None]) : index] if value is not None
            ]
            if started is None and present and all(present):
                started = moment
            elif started is not None and not any(present):
                spans.setdefault(labels, []).append((started, moment))
                started = None
        if started is not None:
            spans.setdefault(labels, []).append((started, grid.end))
    return spans
