# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What AWX answers with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .errors import MissingError, RefusalError
from .models import MODELS
from .store import ENCRYPTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .store import Object, Store

_MADE_BY_AWX = {"created": "2026-11-22T06:00:00.000000Z", "modified": "2026-11-22T06:00:00.000000Z"}


def shown(store: Store, path: str, kept: Object) -> Object:
    """An object with everything that AWX adds."""
    model = MODELS[path]
    url = f"/api/v2/{path}/{kept['id']}/"
    summaries: Object = {}
    for name, target in model.references.items():
        referred = kept.get(name)
        if path == "schedules" and name == "inventory" and referred is None:
            # What the job template brings is shown, without being the schedule's own.
            referred = store.get("job_templates", kept["unified_job_template"])["inventory"]
        if referred is not None:
            other = store.get(target, referred)
            summaries[name] = {key: other[key] for key in ("id", "name", "description")}
    if path == "projects":
        updates = [each for each in store.updates.values() if each["project"] == kept["id"]]
        where = "current_update" if kept["status"] in {"pending", "running"} else "last_update"
        summaries |= {where: updates[-1]} if updates else {}
    answer = {
        **kept,
        **_MADE_BY_AWX,
        "type": model.type,
        "url": url,
        "related": {name: f"/api/v2/{target}/{kept.get(name)}/" for name, target in model.references.items()},
        "summary_fields": {**summaries, "user_capabilities": {"edit": True, "delete": True}},
    }
    if path == "credentials":
        about = store.get("credential_types", kept["credential_type"])
        secret = {field["id"] for field in about["inputs"].get("fields", []) if field.get("secret")}
        answer["cloud"] = about["kind"] == "cloud"
        answer["inputs"] = {name: ENCRYPTED if name in secret else value for name, value in kept["inputs"].items()}
    return answer


def events(store: Store, update: Object) -> list[Object]:
    """The failed tasks of a project's update."""
    if update["status"] != "failed":
        return []
    task, message = store.sync_failure
    about = {"task": task, "res": {"msg": message}}
    return [{"id": 1, "event": "runner_on_failed", "task": task, "event_data": about}]


def listed(path: str, found: Iterable[Object], query: Mapping[str, str], *, most: float, url: str) -> Object:
    """A page of what matches."""
    asked = dict(query)
    number, size = int(asked.pop("page", 1)), min(int(asked.pop("page_size", 25)), 200, most)
    order = asked.pop("order_by", "name")
    model = MODELS[path]
    for name, value in asked.items():
        if name not in {"id", *model.fields, *model.references}:
            raise RefusalError(400, {"detail": f"{model.class_name} has no field named '{name}'"})
        if name in model.references and value != "None" and not value.isdecimal():
            raise RefusalError(400, {"detail": f"Invalid {name} id: {value}"})
    matching = [each for each in found if all(str(each.get(name)) == value for name, value in asked.items())]
    matching.sort(key=lambda each: each[order])
    pages = max(1, math.ceil(len(matching) / size))
    if not 1 <= number <= pages:
        raise MissingError("Invalid page.")

    def link(to: int) -> str | None:
        return f"{url}?{urlencode({**query, 'page': to})}" if 1 <= to <= pages else None

    results: list[Any] = matching[int((number - 1) * size) : int(number * size)]
    return {"count": len(matching), "next": link(number + 1), "previous": link(number - 1), "results": results}
