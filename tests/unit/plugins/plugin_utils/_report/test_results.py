# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import (
    REGISTERED,
    printable_result,
    registered,
)
from testbed.scenarios.results import access_key, collected, probed


def test_the_results_of_all_hosts_are_found_and_a_host_without_one_is_a_failure() -> None:
    result = collected(access_key("alice", 1))
    hostvars: dict[str, dict[str, Any]] = {
        "a": {"__keyward_collected": result, "__keyward_probed": probed()},
        "b": {"__keyward_collected": {"skipped": True, "changed": False}},
        "c": {},
    }
    sources = registered(hostvars, ["a", "b", "c", "gone"])
    assert [source.host for source in sources] == ["a", "a", "b", "c", "gone"]
    assert sources[0].result is result
    assert all("gave no result" in source.result["msg"] for source in sources[2:])


def test_where_no_host_has_a_result_there_is_nothing() -> None:
    assert registered({"a": {}, "b": {}}, ["a", "b"]) == []


def test_text_from_outside_is_escaped_wherever_it_is() -> None:
    hostile = {"name\x1b": ["\u202ealice", {"tag": "a\nb"}, 7, None, True, "plain é"]}
    assert printable_result(hostile) == {"name\\x1b": ["\\u202ealice", {"tag": "a\\nb"}, 7, None, True, "plain é"]}


def test_the_playbooks_register_what_the_report_looks_for() -> None:
    playbooks = Path(__file__).parents[5] / "playbooks"
    for name, variable in zip(("collect", "probe"), REGISTERED, strict=True):
        assert f"register: {variable}\n" in (playbooks / f"{name}.yml").read_text()
