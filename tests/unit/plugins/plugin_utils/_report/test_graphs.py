# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.plugin_utils._report.graphs import Graph, graphs
from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import Report, build
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from testbed.scenarios.results import NOW, access_key, collected

if TYPE_CHECKING:
    from typing import Any


def report(*keys: dict[str, Any], history: History | None = None) -> Report:
    return build([HostResult("h", collected(*keys))], "Keys", history or History(), NOW)


def by_name(found: Report) -> dict[str, Graph]:
    return {graph.identifier: graph for graph in graphs(found)}


def test_what_is_due_is_told_by_owner_and_the_many_in_one_row() -> None:
    keys = [access_key(f"u{number}", 200, tags={"owner": f"team-{number:02}"}) for number in range(14)]
    keys += [access_key("v", 170, tags={"owner": "team-00"}), access_key("w", 200)]
    graph = by_name(report(*keys))["owners"]
    assert graph.title == "What is due, by owner"
    assert "team-00: 1 expired, 1 expiring" in graph.svg
    assert "3 others: 3 expired, 0 expiring" in graph.svg


def test_without_owners_it_is_by_account() -> None:
    graph = by_name(report(access_key("a", 200)))["owners"]
    assert graph.title == "What is due, by account"
    assert "111122223333: 1 expired" in graph.svg


def test_where_nothing_is_due_a_note_says_so() -> None:
    found = by_name(report(access_key("a", 5, status="Inactive")))
    assert found["owners"].note == "Nothing is due."
    assert found["upcoming"].note == "No active key reaches its limit in the next 26 weeks."
    assert "second day" in found["trend"].note


def test_weeks_begin_with_the_collection() -> None:
    graph = by_name(report(access_key("a", 174), access_key("b", 173), access_key("c", 180)))["upcoming"]
    assert "1 in the week from 26 Nov, 1 in the week from 3 Dec" in graph.svg


def test_the_oldest_are_in_the_last_column() -> None:
    graph = by_name(report(access_key("a", 29), access_key("b", 30), access_key("c", 4000)))["ages"]
    assert "ok: 1 from 0, 1 from 30; expired: 1 from 360+" in graph.svg


def test_no_keys_no_graphs() -> None:
    assert list(graphs(report())) == []
