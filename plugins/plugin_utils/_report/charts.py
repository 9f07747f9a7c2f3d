# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The charts of a report, as inline SVG that takes its colors from the page's style sheet.

Each has a title and a text that tells a screen reader what it shows; every bar and point has its value as a tooltip.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import typing as t
from html import escape

WIDTH, HEIGHT = 520, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 26, 12, 30
_ROW = 26
_LONGEST_LABEL = 19
_APART = 45
"""Of more days than this, points of the usual size would touch each other."""

Series = tuple[str, t.Sequence[int]]
"""A class of the style sheet that says its color, and the values."""


def bars(identifier: str, text: str, labels: t.Sequence[str], series: t.Sequence[Series], *, every: int = 1) -> str:
    """Stacked columns, one for each label; each C(every)th label is written below its column."""
    highest = max((sum(values) for values in zip(*(values for _name, values in series), strict=True)), default=0)
    scale = _Scale(highest)
    step = (WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    parts = [scale.lines()]
    for index, label in enumerate(labels):
        left = _LEFT + index * step
        bottom = 0
        for name, values in series:
            value = values[index]
            if value:
                top = scale.y(bottom + value)
                parts.append(
                    f'<rect class="{name}" x="{left + step * 0.1:.1f}" y="{top:.1f}" width="{step * 0.8:.1f}" '
                    f'height="{scale.y(bottom) - top:.1f}" rx="2"><title>{escape(label)}: {value} {escape(name)}'
                    "</title></rect>"
                )
            bottom += value
        if index % every == 0:
            parts.append(_label(left + step / 2, label))
    return _svg(identifier, text, parts)


def lines(identifier: str, text: str, days: t.Sequence[dt.date], series: t.Sequence[Series]) -> str:
    """Lines over days, which may be missing in between."""
    scale = _Scale(max((value for _name, values in series for value in values), default=0))
    first, last = days[0], days[-1]
    span = max((last - first).days, 1)

    def x(day: dt.date) -> float:
        return _LEFT + 8 + (day - first).days / span * (WIDTH - _LEFT - _RIGHT - 16)

    radius = 3 if len(days) <= _APART else 2
    parts = [scale.lines()]
    for name, values in series:
        points = [(x(day), scale.y(value), day, value) for day, value in zip(days, values, strict=True)]
        path = " ".join(f"{left:.1f},{top:.1f}" for left, top, _day, _value in points)
        parts.append(f'<polyline class="line {name}" points="{path}"/>')
        parts += [
            f'<circle class="{name}" cx="{left:.1f}" cy="{top:.1f}" r="{radius}">'
            f"<title>{day}: {value} {escape(name)}</title></circle>"
            for left, top, day, value in points
        ]
    shown = dict.fromkeys([first, first + (last - first) / 2, last])
    parts += [_label(x(day), f"{day:%-d %b}") for day in shown]
    return _svg(identifier, text, parts)


def rows(identifier: str, text: str, labels: t.Sequence[str], series: t.Sequence[Series]) -> str:
    """Stacked bars side by side, a row for each label."""
    totals = [sum(values) for values in zip(*(values for _name, values in series), strict=True)]
    longest = max(totals, default=0) or 1
    left = 196
    room = WIDTH - left - 50
    parts = []
    for index, (label, total) in enumerate(zip(labels, totals, strict=True)):
        top = 6 + index * _ROW
        shown = label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"
        parts.append(
            f'<text class="row" x="{left - 8}" y="{top + 13}" text-anchor="end">{escape(shown)}'
            f"<title>{escape(label)}</title></text>"
        )
        start = float(left)
        for name, values in series:
            width = values[index] / longest * room
            if width:
                parts.append(
                    f'<rect class="{name}" x="{start:.1f}" y="{top}" width="{width:.1f}" height="18" rx="2">'
                    f"<title>{escape(label)}: {values[index]} {escape(name)}</title></rect>"
                )
            start += width
        parts.append(f'<text class="row" x="{start + 6:.1f}" y="{top + 13}">{total}</text>')
    return _svg(identifier, text, parts, height=12 + len(labels) * _ROW)


class _Scale:
    """From values to the pixels of a chart, with lines at round numbers."""

    def __init__(self, highest: int) -> None:
        rough = max(highest, 1) / 4
        magnitude = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
        self._step = next(size for factor in (1, 2, 5, 10) if (size := factor * magnitude) >= rough)
        self._top = self._step * math.ceil(max(highest, 1) / self._step)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - value / self._top * (HEIGHT - _TOP - _BOTTOM)

    def lines(self) -> str:
        values = itertools.takewhile(lambda value: value <= self._top, itertools.count(0, self._step))
        return "".join(
            f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{self.y(value) + 4:.1f}" text-anchor="end">{value:,}</text>'
            for value in values
        )


def _label(x: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(text)}</text>'


def _svg(identifier: str, text: str, parts: t.Iterable[str], height: int = HEIGHT) -> str:
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {height}" aria-labelledby="{identifier}-text">'
        f'<title id="{identifier}-text">{escape(text)}</title>{"".join(parts)}</svg>'
    )
