# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Dashboards and alerts as code: what a definition asks for, and how far an object of the server is from it.

Only fields that a definition gives are compared with the object. What it leaves out is the server's or a person's:
the server fills in dozens of fields, and the list of these changes with its releases.
"""

from __future__ import annotations

import typing as t

Object = dict[str, t.Any]

# fmt: off
_SERVER_MADE = frozenset({
    "activeMaintenanceWindows", "alertsLastDay", "alertsLastMonth", "alertsLastWeek", "createUserId", "created",
    "createdEpochMillis", "creatorId", "customer", "deleted", "event", "failingHostLabelPairLinks",
    "failingHostLabelPairs", "favorite", "hidden", "hostsUsed", "inMaintenanceHostLabelPairs", "inTrash",
    "lastErrorMessage", "lastEventTime", "lastFailedTime", "lastNotificationMillis", "lastProcessedMillis",
    "lastQueryTime", "metricsUsed", "modifyAclAccess", "noDataEvent", "notificants", "numCharts", "numFavorites",
    "numPointsInFailureFrame", "orphan", "pointsScannedAtLastQuery", "prefiringHostLabelPairs", "queryFailing",
    "querySyntaxError", "severityList", "sortAttr", "status", "systemAlertVersion", "systemOwned",
    "tagpaths", "targetEndpoints", "targetInfo", "updateUserId", "updated", "updatedEpochMillis", "updaterId",
    "viewsLastDay", "viewsLastMonth", "viewsLastWeek",
})
# fmt: on
"""Of dashboards and alerts. A definition that was copied from the server has them, and does not mean them."""

_EMPTY: tuple[t.Any, ...] = (None, "", [], {})
"""By these, a definition says nothing."""


def wanted(definition: Object, **own: t.Any) -> Object:
    """What a definition asks for, together with the fields that are the module's own."""
    asked = _with_sorted_tags({**without_server_made(definition), **own})
    if asked.get("sections"):
        asked["sections"] = [_without(section, "id") for section in asked["sections"]]
    # The API demands sections, be there none.
    return {name: value for name, value in asked.items() if value not in _EMPTY or name == "sections"}


def without_server_made(found: Object) -> Object:
    return {name: value for name, value in found.items() if name not in _SERVER_MADE}


def mirrored(found: Object, asked: Object) -> Object:
    """What C(found) is where C(asked) says something. It is equal to it when nothing has to be changed."""
    return t.cast("Object", _mirror(_with_sorted_tags(found), asked))


def tags_of(content: Object) -> list[str]:
    """They come and go as a list within an object."""
    tags = content.get("tags") or []
    return sorted(set(tags.get("customerTags") or [] if isinstance(tags, dict) else tags))


def _with_sorted_tags(content: Object) -> Object:
    tags = tags_of(content)
    return {**content, "tags": {"customerTags": tags}} if tags else _without(content, "tags")


def _without(content: Object, name: str) -> Object:
    return {key: value for key, value in content.items() if key != name}


def _mirror(found: t.Any, asked: t.Any) -> t.Any:
    if asked in _EMPTY or _same(found, asked):
        return asked
    if isinstance(found, dict) and isinstance(asked, dict):
        both = {name: (found.get(name), item) for name, item in asked.items()}
        return {name: _mirror(*pair) for name, pair in both.items() if pair[0] not in _EMPTY or pair[1] in _EMPTY}
    if isinstance(found, list) and isinstance(asked, list):
        # What there is too much of is shown by what its neighbour is asked for.
        return [_mirror(item, asked[min(index, len(asked) - 1)]) for index, item in enumerate(found)]
    return found


def _same(found: t.Any, asked: t.Any) -> bool:
    """The server trims texts, and the controller may hand over a number as text."""
    return bool(found == asked) or str(found).strip() == str(asked).strip()
