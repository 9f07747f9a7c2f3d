# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Each finished result of the modules is taken once, however Ansible hands it over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.task_results import Finished, Hidden, Results

KEYS = "keyward.iam.access_key_info"
STATUS = "ansible.builtin.async_status"


def task_result(result: dict[str, Any], action: str = KEYS, **more: Any) -> Any:
    task = SimpleNamespace(
        action=action,
        resolved_action=action,
        loop=more.get("loop"),
        check_mode=False,
        args=more.get("args", {}),
        _uuid="1",
    )
    return SimpleNamespace(task=task, host=SimpleNamespace(get_name=lambda: "web"), result=result)


def taken(results: Results, result: Any) -> list[Any]:
    return [found.result if isinstance(found, Finished) else found for found in results.of(result)]


@pytest.mark.parametrize("action", ["ansible.builtin.debug", "amazon.aws.access_key_info"])
def test_results_of_other_modules_are_ignored(action: str) -> None:
    assert taken(Results(), task_result({"access_keys": []}, action)) == []


def test_a_loop_gives_its_items_once_and_no_skipped_ones() -> None:
    results = Results()
    items: list[dict[str, Any]] = [{"n": 1}, {"n": 2, "skipped": True}, {"n": 3, "skip_reason": "when"}, {"n": 4}]
    for item in items:
        results.note_item(task_result(item, loop=["x"]))
    assert taken(results, task_result({"results": items}, loop=["x"])) == [{"n": 1}, {"n": 4}]


def test_of_a_hidden_loop_the_items_that_are_not_hidden_are_taken() -> None:
    results = Results()
    items: list[dict[str, Any]] = [{"n": 1}, {"censored": "hidden"}]
    for item in items:
        results.note_item(task_result(item, loop=["x"]))
    assert taken(results, task_result({"censored": "hidden"}, loop=["x"])) == [{"n": 1}, Hidden(KEYS)]
    assert results.missing.hidden == {KEYS: 1}


def test_a_started_job_counts_as_open_until_its_result_is_fetched_and_is_taken_once() -> None:
    results = Results()
    assert taken(results, task_result({"ansible_job_id": "j1", "finished": 0})) == []
    assert results.missing.open_jobs == 1
    assert taken(results, task_result({"ansible_job_id": "j1", "finished": 0}, STATUS)) == []
    done = {"ansible_job_id": "j1", "finished": 1, "n": 1}
    assert taken(results, task_result(done, STATUS)) == [done]
    assert taken(results, task_result(done, STATUS)) == []
    assert results.missing.open_jobs == 0


def test_the_places_are_the_profiles_that_a_task_names_else_its_host() -> None:
    places = [
        next(iter(Results().of(task_result({}, args=args)))).places  # type: ignore[union-attr]
        for args in ({"profiles": ["a", "b", "a"]}, {"profile": "c"}, {"profiles": ["*"]}, {"profiles": "{{ x }}"}, {})
    ]
    host = [{"host": "web"}]
    assert places == [[{"profile": "a"}, {"profile": "b"}], [{"profile": "c"}], host, host, host]
