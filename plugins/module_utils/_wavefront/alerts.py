# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Finds an alert: the server chooses its id, and names are not unique.

The one of a name that has the management tag is meant. The server answers a search from a cache, so that an alert
that was created a moment ago can be missing, and one that was removed a moment ago can still be listed.
"""

from __future__ import annotations

import time

from .._common.errors import KeywardError
from .api import Api
from .change import path_of
from .definition import Object, tags_of

_PAUSE_SECONDS = 1.0


def find_alert(api: Api, name: str, management_tag: str, alert_id: str | None) -> Object | None:
    """By its id where one is known and still good, else by name and tag. As the server has it now."""
    found = api.find(path_of("alert", alert_id)) if alert_id else None
    if found is not None:
        return found
    matches = [api.find(path_of("alert", match)) for match in _search(api, name, management_tag)]
    present = [match for match in matches if match is not None]
    if len(present) > 1:
        ids = ", ".join(sorted(str(match["id"]) for match in present))
        raise KeywardError(
            f"{len(present)} alerts are named '{name}' and tagged '{management_tag}': remove all but one, or set "
            f"id to the one that is meant ({ids})"
        )
    return present[0] if present else None


def is_searchable(api: Api, name: str, management_tag: str, alert_id: str, seconds: float) -> bool:
    """Whether the search finds a new alert in time: else the next run would create it a second time."""
    until = time.monotonic() + seconds
    while alert_id not in _search(api, name, management_tag):
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _search(api: Api, name: str, management_tag: str) -> list[str]:
    items = api.search("alert", name=name, tags=management_tag)
    return [str(item["id"]) for item in items if item.get("name") == name and management_tag in tags_of(item)]
