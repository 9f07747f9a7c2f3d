# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The queries of the dashboards and alerts: the documented language, and what the collection really reports."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._metrics import names as _metrics
from testbed.fakes.wql import Call, LeftJoin, Name, Operation, Ts, parse, walk

from .points import every_point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.fakes.wql import Node

    from .conftest import Content

METRICS = set(_metrics.DESCRIPTIONS)


def charts_of(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in dashboard["sections"]:
        for row in section["rows"]:
            yield from row["charts"]


def queries_of(content: Content) -> Iterator[tuple[str, Node]]:
    """Where each one stands, and what it means with the dashboard's variables as they are at first."""
    for dashboard in content.dashboards.values():
        details = dashboard["parameterDetails"]
        variables = {name: entry["valuesToReadableStrings"][entry["defaultValue"]] for name, entry in details.items()}
        for chart in charts_of(dashboard):
            for source in chart["sources"]:
                yield f"{dashboard['name']}: {chart['name']}", parse(source["query"], variables)
        for entry in details.values():
            if entry["parameterType"] == "DYNAMIC":
                yield f"{dashboard['name']}: {entry['label']}", parse(entry["queryValue"])
    for name, alert in content.alerts.items():
        for query in (alert.get("condition"), alert["displayExpression"], *alert.get("conditions", {}).values()):
            if query is not None:
                yield name, parse(query)


@pytest.fixture(scope="module")
def queries(content: Content) -> list[tuple[str, Node]]:
    return list(queries_of(content))


@pytest.fixture(scope="module")
def reported() -> dict[str, set[str]]:
    """The tags of each metric that the collection reports."""
    tags: dict[str, set[str]] = defaultdict(set)
    for point in every_point():
        tags[point.metric] |= point.tags.keys()
    return tags


def test_the_sample_results_report_every_metric(reported: dict[str, set[str]]) -> None:
    assert reported.keys() == METRICS


def test_every_metric_is_shown_or_watched(queries: list[tuple[str, Node]]) -> None:
    used = {node.metric for _where, query in queries for node in walk(query) if isinstance(node, Ts)}
    assert used == METRICS


def test_filters_groups_and_matches_are_by_tags_that_the_metrics_have(
    queries: list[tuple[str, Node]], reported: dict[str, set[str]]
) -> None:
    for where, query in queries:
        try:
            tags_of(query, reported)
        except KeyError as error:
            pytest.fail(f"{where}: {error}")


def tags_of(node: Node, reported: dict[str, set[str]]) -> set[str]:
    """The tags of a query's series; none where it is a single one. Raises KeyError for a tag that is not there."""

    def below(*nodes: Node) -> set[str]:
        several = [tags for tags in (tags_of(one, reported) for one in nodes) if tags]
        demand(all(tags == several[0] for tags in several), f"{several} do not match")
        return several[0] if several else set()

    tags: set[str] = set()
    match node:
        case Ts(metric, condition):
            tags = reported[metric]
            wanted = {match.tag for match in condition.matches}
            demand(wanted <= tags, f"{metric} has no {wanted - tags}")
        case Call(name, (argument, *groups)) if name.startswith("raw"):
            tags = {group.name for group in groups if isinstance(group, Name)}
            demand(tags <= below(argument), f"{name} has no {tags - below(argument)}")
        case Call("collect", arguments):
            tags = set.union(*map(below, arguments))
        case Call(_, arguments):
            tags = below(*arguments)
        case Operation(_, left, right, by) if by:
            tags = below(left)
            demand(set(by) <= tags & below(right), f"not both have {by}")
        case Operation(_, left, right):
            tags = below(left, right)
        case LeftJoin(left, right, using):
            tags = {name for name, _alias, _tag in node.tags}
            demand(set(using) <= below(left) & below(right), f"not both have {using}")
    return tags


def demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001
    if not holds:
        raise KeyError(otherwise)


def test_every_value_of_the_collector_is_held_until_the_run_after_next_is_overdue(
    queries: list[tuple[str, Node]],
) -> None:
    """Two days and an hour for a daily run; what moves over a window of its own does without."""
    for where, query in queries:
        collected = [node for node in walk(query) if isinstance(node, Ts) and ".iam.probe." not in node.metric]
        windows = [window for node in walk(query) for window in _windows(node)]
        if (
            collected
            and "Delivered" not in where
            and where.rpartition(": ")[2] not in {"Requests", "Profile", "Account"}
        ):
            assert windows, where
            assert min(windows) >= 49 * 3600, where


def _windows(node: Node) -> Iterator[int]:
    match node:
        case Call("last" | "msum" | "mcount" | "missing", (window, _argument)):
            yield window.seconds  # type: ignore[attr-defined]


def test_exempt_users_are_in_no_query_of_keys(content: Content) -> None:
    for alert in ("AWS IAM: access key too old", "AWS IAM: access key unused"):
        assert 'not name="break-glass-*" and not name="ops"' in content.alerts[alert]["displayExpression"]
    charts = charts_of(content.dashboards["keyward-iam-access-keys"])
    of_keys = [source["query"] for chart in charts for source in chart["sources"] if "iam.accessKey" in source["query"]]
    assert len(of_keys) > 10
    assert all('not name="break-glass-*"' in query for query in of_keys)


def test_charts_say_what_they_show(content: Content) -> None:
    for dashboard in content.dashboards.values():
        names = [chart["name"] for chart in charts_of(dashboard)]
        assert sorted(set(names)) == sorted(names)
        for chart in charts_of(dashboard):
            settings = chart["chartSettings"]
            assert chart["description"], chart["name"]
            assert chart["units"], chart["name"]
            if settings["type"] in {"table", "sparkline"}:
                assert chart["summarization"] == "LAST", chart["name"]
            if settings["type"] in {"line", "stacked-area", "stacked-column"}:
                assert settings["expectedDataSpacing"] in {86400, 120}, chart["name"]
            limits = settings.get("sparklineValueColorMapValuesV2")
            if limits is not None:
                assert limits == sorted(limits), chart["name"]
                assert len(settings["sparklineValueColorMapColors"]) == len(limits) + 1, chart["name"]
                assert settings["sparklineValueColorMapApplyTo"]


def test_the_variables_are_those_of_the_queries(content: Content) -> None:
    keys = content.dashboards["keyward-iam-access-keys"]["parameterDetails"]
    assert {name: entry["valuesToReadableStrings"] for name, entry in keys.items()} == {
        "profile": {"All": "*"},
        "account": {"All": "*"},
        "warn": {"Days": "150"},
        "severe": {"Days": "180"},
        "unused": {"Days": "90"},
    }


def test_alerts_say_what_to_do_and_lead_to_a_dashboard(content: Content) -> None:
    for name, alert in content.alerts.items():
        assert len(alert["additionalInformation"]) > 80, name
        [triage] = alert["alertTriageDashboards"]
        assert triage["dashboardId"] in content.dashboards


def test_the_guide_explains_every_chart_and_alert(content: Content) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "dashboards.md").read_text()
    for dashboard in content.dashboards.values():
        for name in (dashboard["name"], *(chart["name"] for chart in charts_of(dashboard))):
            assert f"**{name}**" in guide or f"## {name}" in guide, name
    assert all(f"**{name}**" in guide for name in content.alerts)
