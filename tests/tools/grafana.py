# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Writes the dashboards for Grafana from those for Wavefront, with the same charts, texts and limits, and the queries in
PromQL.
"""

from __future__ import annotations

import json
import typing as t

import jinja2
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from tools.checkout import ROOT

_ROLE = ROOT / "roles" / "observe"
FILES = _ROLE / "files" / "grafana"
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH = 24
_HEIGHTS = {"stat": 4, "table": 9, "timeseries": 9}
_UNITS = {"days": "d", "h": "h", "min": "m", "ms": "ms", "s": "s", "%": "percent"}
"""Grafana's names of units; whatever is counted has none."""

_KINDS = {
    "sparkline": "stat",
    "table": "table",
    "line": "timeseries",
    "stacked-area": "timeseries",
    "stacked-column": "timeseries",
}
_STATES = ("up", "degraded", "down", "misconfigured")
_EXEMPT = ("Exempt users", "Regular expression of users with keys that are not shown", "")
_PROBE_LIMITS = {
    "degraded": ("Degraded", "Percentage of the average of 7 days from which a step is slow", "500"),
    "consistency": ("Consistency timeout", "Seconds that a step waits for consistency", "30"),
}

Json = dict[str, t.Any]


def dashboards() -> dict[str, Json]:
    """Each by the name of its file."""
    queries = yaml.safe_load((_ROLE / "files" / "promql.yml").read_text(encoding="utf-8"))
    return {f"{made['uid']}.json": made for made in (_dashboard(name, asked) for name, asked in queries.items())}


def expressions(queries: Json, chart: str) -> dict[str, str]:
    """The queries of a chart by source, with the parts and the scope put in."""
    found = {}
    for source, expression in queries["charts"][chart].items():
        if source == "unit":
            continue
        for part, of_part in queries["parts"].items():
            expression = expression.replace(f"{{{part}}}", of_part)  # noqa: PLW2901
        found[source] = expression.replace("{scope}", queries["scope"])
    return found


def wavefront(name: str) -> Json:
    """The definition for Wavefront with the role's defaults."""
    defaults = yaml.safe_load((_ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_ROLE / "templates"),
        autoescape=False,  # noqa: S701 - no HTML
        undefined=jinja2.StrictUndefined,
    )
    templates.filters.update(to_json=json.dumps, combine=_combine)
    rendered = templates.get_template(f"{name}.yml.j2").render(__keyward_checked={"options": defaults})
    return t.cast("Json", yaml.safe_load(rendered)["dashboard"])


def _combine(first: Json, *others: Json) -> Json:
    combined = dict(first)
    for other in others:
        combined |= other
    return combined


def _dashboard(name: str, queries: Json) -> Json:
    definition = wavefront(name)
    panels: list[Json] = []
    top = 0
    for section in definition["sections"]:
        panels.append(_row(len(panels) + 1, section["name"], top))
        top += 1
        for row in section["rows"]:
            width = _WIDTH // len(row["charts"])
            made = [
                _panel(len(panels) + number + 1, chart, queries, {"x": number * width, "y": top, "w": width})
                for number, chart in enumerate(row["charts"])
            ]
            panels += made
            top += max(panel["gridPos"]["h"] for panel in made)
    return {
        "uid": definition["id"],
        "title": definition["name"],
        "description": definition["description"],
        "tags": definition["tags"],
        "timezone": "utc",
        "editable": True,
        "graphTooltip": 1,
        "schemaVersion": 39,
        "time": {"from": f"now-{definition['defaultTimeWindow']}", "to": "now"},
        "refresh": "5m",
        "templating": {"list": list(_variables(definition["parameterDetails"]))},
        "panels": panels,
    }


def _variables(parameters: Json) -> t.Iterator[Json]:
    yield {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": "default", "value": "default"},
        "options": [],
    }
    for name, about in parameters.items():
        if about["parameterType"] == "SIMPLE":
            yield _text_box(name, about["label"], about["description"], about["valuesToReadableStrings"]["Days"])
        else:
            metric = "aws_iam_collector_success" if name in {"profile", "account"} else "aws_iam_probe_state"
            query = f"label_values({metric}, {about['tagKey']})"
            # Grafana puts values that are chosen into a regular expression, and escapes them for it.
            yield {
                "name": name,
                "label": about["label"],
                "description": about["description"],
                "type": "query",
                "datasource": _SOURCE,
                "query": {"query": query, "refId": name},
                "refresh": 2,
                "sort": 1,
                "multi": True,
                "includeAll": True,
                "allValue": ".*",
                "current": {"text": "All", "value": "$__all"},
                "options": [],
            }
    others = _PROBE_LIMITS if "namespace" in parameters else {"exempt": _EXEMPT}
    yield from (_text_box(name, *about) for name, about in others.items())


def _text_box(name: str, label: str, description: str, value: str) -> Json:
    chosen = {"text": value, "value": value}
    return {
        "name": name,
        "label": label,
        "description": description,
        "type": "textbox",
        "query": value,
        "current": chosen,
        "options": [{**chosen, "selected": True}],
    }


def _row(number: int, title: str, top: int) -> Json:
    return {
        "id": number,
        "type": "row",
        "title": title,
        "collapsed": False,
        "gridPos": {"x": 0, "y": top, "w": _WIDTH, "h": 1},
        "panels": [],
    }


def _panel(number: int, chart: Json, queries: Json, place: Json) -> Json:
    look = chart["chartSettings"]
    kind = _KINDS[look["type"]]
    found = expressions(queries, chart["name"])
    unit = queries["charts"][chart["name"]].get("unit", chart["units"])
    panel = {
        "id": number,
        "type": kind,
        "title": chart["name"],
        "description": chart["description"],
        "datasource": _SOURCE,
        "gridPos": {**place, "h": _HEIGHTS[kind]},
        "targets": [
            _target(reference, source, found[source], kind, several=len(found) > 1)
            for reference, source in zip("ABCDE", (each["name"] for each in chart["sources"]), strict=False)
        ],
        "fieldConfig": {"defaults": _field(chart, kind, unit), "overrides": _colours(chart, several=len(found) > 1)},
        "options": _options(kind, look),
    }
    if kind == "table":
        names = [*look.get("customTags", []), "Value"]
        panel["transformations"] = [{"id": "filterFieldsByName", "options": {"include": {"names": names}}}]
    return panel


def _target(reference: str, source: str, expression: str, kind: str, *, several: bool) -> Json:
    at_once = kind != "timeseries"
    return {
        "refId": reference,
        "datasource": _SOURCE,
        "expr": expression,
        "instant": at_once,
        "range": not at_once,
        "format": "table" if kind == "table" else "time_series",
        # Grafana makes a name of all labels where there is none.
        "legendFormat": _legend(source, expression) if several else "__auto",
    }


def _legend(source: str, expression: str) -> str:
    if expression.startswith("max by (profile, account"):
        return f"{source} {{{{profile}}}} {{{{account}}}}"
    return "__auto" if expression.startswith(("topk", "max by")) else source


def _field(chart: Json, kind: str, unit: str) -> Json:
    look = chart["chartSettings"]
    field: Json = {"unit": _UNITS.get(unit, "none"), "decimals": look.get("sparklineDecimalPrecision", 0)}
    if unit in {"ms", "s"}:
        field["decimals"] = 3
    colours, limits = look.get("sparklineValueColorMapColors"), look.get("sparklineValueColorMapValuesV2")
    if colours and len(set(colours)) > 1:
        steps = [{"color": color, "value": limit} for color, limit in zip(colours, [None, *limits], strict=True)]
        field |= {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}
        if kind == "table":
            field["custom"] = {"cellOptions": {"type": "color-text"}}
    if unit == "state":
        options = {str(value): {"text": name, "index": value} for value, name in enumerate(_STATES)}
        field["mappings"] = [{"type": "value", "options": options}]
    if kind == "timeseries":
        stacked = look["type"].startswith("stacked")
        field["min"] = look["min"]
        field["custom"] = {
            "drawStyle": "bars" if look["type"] == "stacked-column" else "line",
            "lineInterpolation": "stepAfter",
            "fillOpacity": 60 if stacked else 0,
            "showPoints": "never",
            "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        }
        field |= {"max": look["max"]} if "max" in look else {}
    return field


def _colours(chart: Json, *, several: bool) -> list[Json]:
    """Those of sources that have one of their own."""
    if not several:
        return []
    return [
        {
            "matcher": {"id": "byFrameRefID", "options": reference},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": source["sourceColor"]}}],
        }
        for reference, source in zip("ABCDE", chart["sources"], strict=False)
        if "sourceColor" in source
    ]


def _options(kind: str, look: Json) -> Json:
    if kind == "stat":
        return {
            "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""},
            "colorMode": "background",
            "graphMode": "none",
            "textMode": "value",
        }
    if kind == "table":
        return {"sortBy": [{"displayName": "Value", "desc": look["sortValuesDescending"]}], "showHeader": True}
    legend = {"displayMode": "table", "placement": "right", "calcs": ["lastNotNull", "max"], "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def checked(dashboard: Json) -> Json:
    """As Grafana's own types have it."""
    return t.cast("Json", json.loads(json.dumps(Dashboard.from_json(dashboard), cls=JSONEncoder)))


def main() -> None:
    for name, dashboard in dashboards().items():
        (FILES / name).write_text(json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
