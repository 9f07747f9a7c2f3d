# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Dashboards and alerts as the server keeps them: with everything that it adds, and what its search knows of them."""

from __future__ import annotations

import copy
import itertools
import math
import time
from typing import Any

from .models import InvalidError, validate

Object = dict[str, Any]

_CHART = {
    "base": 1,
    "description": None,
    "includeObsoleteMetrics": False,
    "interpolatePoints": True,
    "noDefaultEvents": False,
    "summarization": "MEAN",
    "units": None,
}
_SOURCE = {
    "disabled": False,
    "querybuilderEnabled": False,
    "querybuilderSerialization": None,
    "queryType": "WQL",
    "scatterPlotSource": "Y",
    "secondaryAxis": False,
    "sourceDescription": None,
}
_CHART_SETTINGS = {"autoColumnTags": False, "expectedDataSpacing": 60, "lineType": "linear", "windowing": "full"}


class Shelf:
    """The objects of one kind. What it hands out is a copy."""

    model: str

    def __init__(self) -> None:
        self.kept: dict[str, Object] = {}

    def get(self, object_id: str) -> Object | None:
        return copy.deepcopy(self.kept.get(object_id))

    def add(self, content: Object) -> Object:
        made = self._completed(content)
        if made["id"] in self.kept:
            raise InvalidError(f"there is a {self.model} {made['id']} already")
        made |= {"createdEpochMillis": _now(), "creatorId": "tester@example.com"}
        self.kept[made["id"]] = made
        return copy.deepcopy(made)

    def replace(self, object_id: str, content: Object) -> Object:
        """Nothing of the old object stays but what only the server makes."""
        old = self.kept[object_id]
        made = self._completed({**content, "id": object_id})
        self.kept[object_id] = made | {name: old[name] for name in ("createdEpochMillis", "creatorId")}
        return copy.deepcopy(self.kept[object_id])

    def discard(self, object_id: str, *, skip_trash: bool) -> Object:
        if skip_trash:
            return self.kept.pop(object_id)
        self.kept[object_id]["deleted"] = True
        return copy.deepcopy(self.kept[object_id])

    def undelete(self, object_id: str) -> Object:
        self.kept[object_id]["deleted"] = False
        return copy.deepcopy(self.kept[object_id])

    def _completed(self, content: Object) -> Object:
        validate(self.model, content)
        trimmed: Object = _trimmed(content)
        made = trimmed | {
            "deleted": False,
            "hidden": False,
            "orphan": False,
            "systemOwned": False,
            "updatedEpochMillis": _now(),
            "updaterId": "tester@example.com",
        }
        if "tags" in made:
            made["tags"]["customerTags"].sort(key=str.lower)
        return made


class Dashboards(Shelf):
    model = "Dashboard"

    def _completed(self, content: Object) -> Object:
        made = super()._completed(content)
        charts = [chart for section in made["sections"] for row in section["rows"] for chart in row["charts"]]
        for number, section in enumerate(made["sections"]):
            section["id"] = f"section-{number}"
        for chart in charts:
            _fill(chart, _CHART)
            _fill(chart.setdefault("chartSettings", {}), _CHART_SETTINGS)
            for source in chart["sources"]:
                _fill(source, _SOURCE)
        _fill(made, {"description": None, "eventFilterType": "BYCHART", "parameterDetails": {}, "favorite": False})
        return made | {"customer": "test", "numCharts": len(charts), "numFavorites": 0, "viewsLastDay": 3}


class Alerts(Shelf):
    model = "Alert"

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1_795_327_200_001)

    def add(self, content: Object) -> Object:
        return super().add({**content, "id": str(next(self._numbers))})

    def _completed(self, content: Object) -> Object:
        made = super()._completed(content)
        defaults = {"alertType": "CLASSIC", "processRateMinutes": 1, "resolveAfterMinutes": made["minutes"]}
        _fill(made, defaults | {"target": None, "additionalInformation": None, "conditionQueryType": "WQL"})
        return made | {
            "status": ["CHECKING"],
            "severityList": sorted(made.get("conditions") or [made.get("severity") or "WARN"]),
            "hostsUsed": ["AWS"],
            "metricsUsed": [],
            "notificants": [],
            "inTrash": False,
        }


class Search:
    """Answers from a cache: what it lists is what there was C(lag) seconds ago."""

    def __init__(self, shelf: Shelf) -> None:
        self.lag = 0.0
        self._shelf = shelf
        self._past: list[tuple[float, list[Object]]] = [(-math.inf, [])]

    def note(self) -> None:
        """After every change."""
        there = [copy.deepcopy(item) for item in self._shelf.kept.values() if not item["deleted"]]
        self._past.append((time.monotonic(), there))

    def find(self, criteria: list[dict[str, str]]) -> list[Object]:
        until = time.monotonic() - self.lag
        known = next(there for moment, there in reversed(self._past) if moment <= until)
        return [item for item in known if all(_matches(item, criterion) for criterion in criteria)]


def _matches(item: Object, criterion: dict[str, str]) -> bool:
    if criterion["matchingMethod"] != "EXACT":
        raise NotImplementedError(criterion["matchingMethod"])
    if criterion["key"] == "tags":
        return criterion["value"] in item.get("tags", {}).get("customerTags", [])
    return bool(item[criterion["key"]] == criterion["value"])


def _fill(content: Object, defaults: Object) -> None:
    for name, value in defaults.items():
        content.setdefault(name, value)


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _trimmed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_trimmed(item) for item in value]
    return value.strip() if isinstance(value, str) else value


def _now() -> int:
    return int(time.time() * 1000)
