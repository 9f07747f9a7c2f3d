# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One dashboard or alert as its module manages it."""

from __future__ import annotations

import typing as t

from .._common.errors import KeywardError
from .alerts import find_alert, is_searchable
from .api import Api
from .change import Change, path_of
from .definition import Object, tags_of, wanted

Options = t.Mapping[str, t.Any]

LONGEST_SEARCH_SECONDS = 3600


class Outcome(t.NamedTuple):
    change: Change
    id: str | None
    """Of the object that there is then, or, where nothing was changed, that there would be."""
    link: str | None
    warning: str = ""

    @property
    def result(self) -> dict[str, t.Any]:
        named = {name: value for name, value in (("id", self.id), ("link", self.link)) if value}
        diff = {"before": self.change.before, "after": self.change.after}
        return {"changed": self.change.needed, "diff": diff, **named}


def keep_dashboard(options: Options, api: Api, planning: bool) -> Outcome:  # noqa: FBT001 - called by position
    """Raises KeywardError. A plan changes nothing."""
    present, dashboard_id = options["state"] == "present", options["id"]
    asked = wanted(options["definition"] or {}, id=dashboard_id, url=dashboard_id) if present else None
    change = Change("dashboard", api.find(path_of("dashboard", dashboard_id)), asked)
    _apply(change, api, planning=planning)
    return Outcome(change, dashboard_id, f"{api.url}/dashboards/{dashboard_id}" if present else None)


def keep_alert(options: Options, api: Api, planning: bool) -> Outcome:  # noqa: FBT001 - called by position
    """Raises KeywardError. A plan changes nothing."""
    name, tag, seconds = options["name"], options["management_tag"], options["search_timeout"]
    if not 0 <= seconds <= LONGEST_SEARCH_SECONDS:
        raise KeywardError(f"search_timeout must be 0 to {LONGEST_SEARCH_SECONDS} seconds, not {seconds:g}")
    asked = _asked_alert(options) if options["state"] == "present" else None
    change = Change("alert", find_alert(api, name, tag, options["id"]), asked)
    alert_id = _apply(change, api, planning=planning)
    link = f"{api.url}/alerts/{alert_id}" if alert_id else None
    if alert_id is None or change.id is not None or is_searchable(api, name, tag, alert_id, seconds):
        return Outcome(change, alert_id, link)
    warning = (
        f"Wavefront created the alert {alert_id}, but its search does not find it yet: run this again only once it "
        "does, or with this id; otherwise the alert is created a second time"
    )
    return Outcome(change, alert_id, link, warning)


def _asked_alert(options: Options) -> Object:
    definition = options["definition"] or {}
    threshold = str(definition.get("alertType")).upper() == "THRESHOLD"
    return wanted(
        definition,
        # One that was copied from the server names the alert that it was copied from.
        id=None,
        name=options["name"],
        tags=[*tags_of(definition), options["management_tag"]],
        **({"condition": definition.get("displayExpression")} if threshold else {}),
    )


def _apply(change: Change, api: Api, *, planning: bool) -> str | None:
    return change.apply(api) if change.needed and not planning else change.id
