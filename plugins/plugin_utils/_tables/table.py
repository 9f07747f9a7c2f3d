# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Tables of plain text that fit a width."""

from __future__ import annotations

import typing as t
import unicodedata

from ansible_collections.keyward.iam.plugins.module_utils._common.text import printable

WIDTH = 100
_GAP = "  "
_NARROWEST = 8


class Line(str):
    """A line that is printed in a color, where there are any."""

    __slots__ = ("color",)

    color: str | None

    @classmethod
    def of(cls, text: str, color: str | None) -> Line:
        line = cls(text)
        line.color = color
        return line


class Column(t.NamedTuple):
    """
    A column; an elastic one is narrowed, its cells cut, where the table is too wide. Where that is not enough, columns
    are left out, the one with the highest C(dispensable) first.
    """

    title: str
    align_right: bool = False
    elastic: bool = False
    dispensable: int = 0


class Table(t.NamedTuple):
    """The lines of a table, its titles first, and the titles of the columns for which there was no room."""

    lines: list[str]
    left_out: list[str]


def render(columns: t.Sequence[Column], rows: t.Sequence[t.Sequence[str]], width: int = WIDTH) -> Table:
    """Columns without any content are left out as well, and not named."""
    shown = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    cells = [[printable(text) for text in row] for row in rows]
    widths = {index: max(map(_width, (columns[index].title, *(row[index] for row in cells)))) for index in shown}
    left_out = []
    while _narrow(columns, widths, width) > 0:
        index = max(widths, key=lambda index: columns[index].dispensable)
        if not columns[index].dispensable:
            break
        del widths[index]
        left_out.append(columns[index].title)
    titles = [column.title for column in columns]
    return Table([_line(columns, widths, row) for row in (titles, *cells)], left_out)


def cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while _width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _narrow(columns: t.Sequence[Column], widths: dict[int, int], width: int) -> int:
    """How much the table is too wide even after that; 0 where it fits."""
    excess = sum(widths.values()) + len(_GAP) * (len(widths) - 1) - width
    elastic = [index for index in widths if columns[index].elastic]
    slack = sum(max(widths[index] - _NARROWEST, 0) for index in elastic)
    if excess > slack:
        return excess - slack
    for _column in range(excess):
        widths[max(elastic, key=lambda index: widths[index])] -= 1
    return 0


def _line(columns: t.Sequence[Column], widths: t.Mapping[int, int], row: t.Sequence[str]) -> str:
    cells = (_cell(cut(row[index], width), width, columns[index]) for index, width in widths.items())
    return _GAP.join(cells).rstrip()


def _cell(text: str, width: int, column: Column) -> str:
    room = " " * (width - _width(text))
    return room + text if column.align_right else text + room
