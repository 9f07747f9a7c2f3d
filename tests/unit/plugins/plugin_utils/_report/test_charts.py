# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report import charts

HOSTILE = "<script>alert(1)</script>\"'&"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - it is our own


def titles(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter("title")]


def test_columns_stack_and_tell_their_values() -> None:
    svg = charts.bars("a", "text", ["0", "30"], [("ok", [3, 0]), ("expired", [1, 2])])
    assert titles(svg) == ["text", "0: 3 ok", "0: 1 expired", "30: 2 expired"]
    heights = [float(rect.get("height", 0)) for rect in parsed(svg).iter("rect")]
    assert heights[0] == pytest.approx(3 * heights[1], rel=0.01)


@pytest.mark.parametrize("highest", [0, 1, 3, 9, 10, 11, 99, 101, 4321, 1_000_000])
def test_what_is_highest_fits(highest: int) -> None:
    root = parsed(charts.bars("a", "text", ["x"], [("ok", [highest])]))
    assert all(0 <= float(rect.get("y", -1)) <= charts.HEIGHT for rect in root.iter("rect"))
    labels = [text.text or "" for text in root.iter("text")][:-1]
    assert 2 <= len(labels) <= 6
    assert int(labels[-1].replace(",", "")) >= highest


def test_lines_are_placed_by_their_days() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 11)]
    svg = charts.lines("a", "text", days, [("expired", [1, 2, 3])])
    x = [float(circle.get("cx", 0)) for circle in parsed(svg).iter("circle")]
    assert (x[2] - x[0]) == pytest.approx(10 * (x[1] - x[0]), rel=0.01)
    assert titles(svg)[1:] == ["2026-01-01: 1 expired", "2026-01-02: 2 expired", "2026-01-11: 3 expired"]


def test_one_day_twice_is_drawn() -> None:
    assert charts.lines("a", "text", [date(2026, 1, 1)] * 2, [("expired", [0, 0])])


def test_rows_have_a_bar_each() -> None:
    svg = charts.rows("a", "text", ["payments", "x" * 60], [("expired", [2, 0]), ("expiring", [0, 4])])
    assert titles(svg) == ["text", "payments", "payments: 2 expired", "x" * 60, f"{'x' * 60}: 4 expiring"]


def test_names_are_text_only() -> None:
    for svg in (
        charts.rows("a", HOSTILE, [HOSTILE], [("expired", [1])]),
        charts.bars("a", HOSTILE, [HOSTILE], [("expired", [1])]),
    ):
        assert "<script" not in svg
        parsed(svg)
