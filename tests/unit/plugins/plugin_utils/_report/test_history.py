# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import Entry, History

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400
START = 20_000 * DAY


def entry(day: float, subject: str, expired: int) -> Entry:
    return Entry(START + int(day * DAY), "account", subject, {"expired": expired})


def test_the_last_entry_of_a_day_is_kept() -> None:
    history = History([entry(0.5, "a", 2), entry(0.2, "a", 1), entry(0.1, "b", 5)])
    assert [(each.subject, each.values["expired"]) for each in history.entries] == [("b", 5), ("a", 2)]


def test_what_is_older_than_90_days_goes_and_the_future_is_not_believed() -> None:
    history = History().with_entries([entry(0, "a", 1), entry(9, "a", 2), entry(120, "a", 3)], START + 100 * DAY)
    assert [each.values["expired"] for each in history.entries] == [2]


def test_an_account_that_is_missing_on_a_day_counts_as_before() -> None:
    history = History([entry(0, "a", 1), entry(0, "b", 10), entry(1, "a", 2), entry(1, "other", 9)])
    trend = history.trend({"a", "b"})
    assert [counts for _day, counts in trend] == [{"expired": 11}, {"expired": 12}]
    assert [day for day, _counts in trend] == [date(2024, 10, 4), date(2024, 10, 5)]


def test_the_previous_entry_is_one_before_the_moment() -> None:
    history = History([entry(0, "a", 1), entry(1, "a", 2), entry(2, "b", 3)])
    previous = history.previous("account", "a", START + DAY)
    assert previous is not None
    assert previous.values == {"expired": 1}
    assert history.previous("account", "a", START) is None
    assert history.previous("probe", "a", START + 9 * DAY) is None


def test_entries_survive_the_file(tmp_path: Path) -> None:
    entries = [entry(0, "a", 1), Entry(START + 7, "probe", "lab us-east-1 é", {"CreateUser": 104})]
    History.path(tmp_path).write_text(History(entries).text(), encoding="utf-8")
    assert History.read(tmp_path).entries == entries


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "[" * 100_000,
        '{"time":1,"account":"a"}',
        '{"time":"1","account":"a","values":{}}',
        '{"time":1,"account":"a","values":{"expired":true}}',
        '{"time":1e999,"account":"a","values":{}}',
        '{"time":NaN,"account":"a","values":{}}',
        '{"time":1,"account":"a","values":[]}',
        "\x00\ufffd",
    ],
)
def test_a_line_that_is_not_ours_is_passed_over(tmp_path: Path, line: str) -> None:
    good = entry(0, "a", 1)
    History.path(tmp_path).write_text(f"{line}\n{good.line()}\n", encoding="utf-8")
    assert History.read(tmp_path).entries == [good]


def test_no_file_is_no_history(tmp_path: Path) -> None:
    assert History.read(tmp_path).entries == []
