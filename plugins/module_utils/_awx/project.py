# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A project has its playbooks only once AWX has fetched them, which takes a while and may fail."""

from __future__ import annotations

import time

from .._common.backoff import pauses
from .._common.text import cleaned
from .._http.rest import RestError
from .api import Api, AwxError, Object

_UNDER_WAY = frozenset({"new", "pending", "waiting", "running", "never updated"})
_FETCHED = frozenset({"successful", "ok"})
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0


def is_fetched(project: Object) -> bool:
    """A project without source control has nothing to fetch."""
    return project.get("status") in _FETCHED or not project.get("scm_type")


def fetch(api: Api, path: str) -> None:
    """Asks AWX for an update that it does not begin by itself."""
    if api.get(path)["status"] not in _UNDER_WAY - {"never updated"}:
        api.post(f"{path}/update", {})


def await_fetched(api: Api, path: str, seconds: float) -> None:
    until, waits = time.monotonic() + seconds, pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
    while True:
        late = time.monotonic() >= until
        try:
            project = api.get(path)
        except RestError as error:
            if late or not error.passing:
                raise
        else:
            if is_fetched(project):
                return
            if project["status"] not in _UNDER_WAY:
                raise AwxError(_failure(api, project))
            if late:
                raise AwxError(
                    f"AWX did not fetch the project {project['name']} in {seconds:g} seconds: it is "
                    f"{project['status']}; see its update in AWX, or raise wait_timeout",
                    setting="wait_timeout",
                )
        time.sleep(next(waits))


def _failure(api: Api, project: Object) -> str:
    """With the task of the update that failed: the source may be right, and a collection it requires be missing."""
    sentence = f"AWX could not fetch the project {project['name']}: its update is {project['status']}"
    update = (project.get("summary_fields") or {}).get("last_update") or {}
    if not update.get("id"):
        return f"{sentence}; see the update's output in AWX"
    try:
        events = list(api.listed(f"project_updates/{update['id']}/events", event="runner_on_failed"))
        failed = events[-1]
        message = ((failed.get("event_data") or {}).get("res") or {}).get("msg") or failed.get("stdout") or ""
        task = failed.get("task") or (failed.get("event_data") or {}).get("task") or ""
    except (RestError, IndexError, AttributeError):
        return f"{sentence}; see the output of its update {update['id']} in AWX"
    advice = (
        "give the organization the Galaxy credentials that its requirements need"
        if "collections" in task or "roles" in task
        else "check scm_url, scm_branch and credential"
    )
    return f"{sentence}; its task '{cleaned(task, limit=100)}' failed: {cleaned(str(message), limit=300)}; {advice}"
