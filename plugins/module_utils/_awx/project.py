# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A project has its playbooks only once AWX has fetched them, which takes a while and may fail."""

from __future__ import annotations

import time

from .api import Api, AwxError, Object

_UNDER_WAY = frozenset({"new", "pending", "waiting", "running", "never updated"})
_FETCHED = frozenset({"successful", "ok"})
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0


def is_fetched(project: Object) -> bool:
    return project.get("status") in _FETCHED


def fetch(api: Api, path: str) -> None:
    """Asks AWX for an update that it does not begin by itself."""
    if api.get(path)["status"] not in _UNDER_WAY - {"never updated"}:
        api.order(f"{path}/update", {})


def await_fetched(api: Api, path: str, seconds: float) -> None:
    until, pause = time.monotonic() + seconds, _FIRST_PAUSE
    project = api.get(path)
    while project["status"] in _UNDER_WAY and time.monotonic() < until:
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
        project = api.get(path)
    if project["status"] in _UNDER_WAY:
        raise AwxError(
            f"AWX did not fetch the project {project['name']} in {seconds:g} seconds: it is {project['status']}; "
            "see its update in AWX, or give it a longer wait"
        )
    if not is_fetched(project):
        raise AwxError(
            f"AWX could not fetch the project {project['name']}: its update is {project['status']}; check scm_url, "
            "scm_branch and credential, and see the update's output in AWX"
        )
