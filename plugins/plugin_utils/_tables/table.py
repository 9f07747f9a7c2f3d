# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Tables of plain text that fit a width."""

from __future__ import annotations

import typing as t

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
    """A column; an elastic one is narrowed, its cells cut, where the table is too wide."""

    title: str
    align_right: bool = False
    elastic: bool = False


def render(columns: t.Sequence[Column], rows: t.Sequence[t.Sequence[str]], width: int = WIDTH) -> list[str]:
    """The lines of a table, its titles first. Columns without any content are left out."""
    shown = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    columns = [columns[index] for index in shown]
    cells = [[printable(row[index]) for index in shown] for row in rows]
    widths = [max(map(len, (column.title, *texts))) for column, *texts in zip(columns, *cells, strict=True)]
    _narrow(columns, widths, width)
    return [_line(columns, widths, row) for row in ([column.title for column in columns], *cells)]


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _narrow(columns: t.Sequence[Column], widths: list[int], width: int) -> None:
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    elastic = [index for index, column in enumerate(columns) if column.elastic]
    while excess > 0 and elastic:
        widest = max(elastic, key=lambda index: widths[index])
        if widths[widest] <= _NARROWEST:
            return
        widths[widest] -= 1
        excess -= 1


def _line(columns: t.Sequence[Column], widths: t.Sequence[int], row: t.Sequence[str]) -> str:
    cells = (
        f"{cut(text, width):>{width}}" if column.align_right else f"{cut(text, width):<{width}}"
        for column, width, text in zip(columns, widths, row, strict=True)
    )
    return _GAP.join(cells).rstrip()
