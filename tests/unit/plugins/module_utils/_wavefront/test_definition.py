# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How definitions are held against what the server has."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.definition import mirrored, wanted

CHART = {"name": "c", "sources": [{"name": "q", "query": "ts(a)"}], "chartSettings": {"type": "line"}}


def dashboard(*charts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "d", "sections": [{"name": "s", "rows": [{"charts": list(charts or (CHART,))}]}], **fields}


@pytest.mark.parametrize(
    "addition",
    [
        {"description": "by a person"},
        {"createdEpochMillis": 1, "viewsLastDay": 7},
        {"tags": {"customerTags": ["a"]}},
    ],
)
def test_what_the_definition_does_not_speak_of_is_no_difference(addition: dict[str, Any]) -> None:
    asked = wanted(dashboard())
    assert mirrored({**dashboard(), **addition}, asked) == asked


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_null_and_empty_say_nothing(nothing: Any) -> None:
    asked = wanted(dashboard({**CHART, "description": nothing}, parameterDetails=nothing))
    found = dashboard({**CHART, "description": "by a person"}, parameterDetails={"a": {}})
    assert "parameterDetails" not in asked
    assert mirrored(found, asked) == asked
    assert mirrored(dashboard(), asked) == asked


def test_a_dashboard_may_have_no_sections() -> None:
    assert wanted({"name": "d", "sections": []}) == {"name": "d", "sections": []}


def test_what_only_the_server_makes_is_not_asked_for() -> None:
    copied = dashboard(createdEpochMillis=1, numCharts=3, favorite=True, updaterId="me")
    copied["sections"][0]["id"] = "section-1"
    assert wanted(copied) == wanted(dashboard())


@pytest.mark.parametrize(
    ("found", "asked"),
    [("ts(a) ", "ts(a)"), ("ts(a)", " ts(a)\n"), (5, "5"), (150.0, 150), (["b", "a"], ["b", "a"])],
)
def test_what_means_the_same_is_no_difference(found: Any, asked: Any) -> None:
    assert mirrored({"x": found}, {"x": asked}) == {"x": asked}


@pytest.mark.parametrize(
    ("found", "asked"),
    [(6, 5), ("ts(b)", "ts(a)"), (["a", "b"], ["b", "a"]), (["a"], ["a", "b"]), (["a", "b"], ["a"]), (True, False)],
)
def test_differences(found: Any, asked: Any) -> None:
    assert mirrored({"x": found}, {"x": asked}) == {"x": found}


def test_a_field_that_is_missing_is_a_difference() -> None:
    assert mirrored({"x": None}, {"x": 5}) == {}


def test_tags_are_a_set_and_may_be_a_list() -> None:
    asked = wanted({"tags": ["b", "a", "b"]})
    assert asked == {"tags": {"customerTags": ["a", "b"]}}
    assert mirrored({"tags": {"customerTags": ["b", "a"]}}, asked) == asked
    assert mirrored({"tags": {"customerTags": ["a"]}}, asked) != asked


def test_a_difference_shows_nothing_but_what_is_asked_for() -> None:
    """Also of a chart that is too much, which is shown by what its neighbour is asked for."""
    filled = {**CHART, "base": 1, "units": None, "sources": [{"name": "q", "query": "ts(b)", "disabled": False}]}
    found = dashboard(filled, {**filled, "name": "by hand"})
    assert mirrored(found, wanted(dashboard())) == dashboard(
        {**CHART, "sources": [{"name": "q", "query": "ts(b)"}]},
        {**CHART, "name": "by hand", "sources": [{"name": "q", "query": "ts(b)"}]},
    )
