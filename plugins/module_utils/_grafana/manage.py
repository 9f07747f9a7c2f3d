# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A dashboard of Grafana as code: what a definition asks for, and how far the server's is from it."""

from __future__ import annotations

import re
import typing as t

from .._common.errors import KeywardError
from .api import Api, Object

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SERVERS = frozenset({"id", "version"})
"""Fields that the server sets."""


class Outcome(t.NamedTuple):
    changed: bool
    uid: str
    link: str | None
    before: Object
    after: Object

    @property
    def result(self) -> dict[str, t.Any]:
        """What the module returns."""
        link = {"link": self.link} if self.link else {}
        return {"changed": self.changed, "uid": self.uid, **link, "diff": {"before": self.before, "after": self.after}}


def keep(options: t.Mapping[str, t.Any], api: Api, *, planning: bool) -> Outcome:
    """Raises KeywardError. A plan changes nothing."""
    uid = options["uid"]
    if not _UID.fullmatch(uid):
        raise KeywardError(f"uid must be 1 to 40 letters, digits and characters of _-, not {uid!r:.80}", setting="uid")
    found = api.dashboard(uid)
    if options["state"] == "absent":
        if found and not planning:
            api.delete(uid)
        return Outcome(found is not None, uid, None, _shown(found), {})
    asked = _asked(options, uid)
    folder = options["folder"]
    after: Object = {"dashboard": asked, **({"folder": folder} if folder else {})}
    before = {name: mirrored(value, after[name]) for name, value in _placed(found).items() if name in after}
    link = f"{api.url}{_path(found, uid)}"
    changed = before != after
    if changed and not planning:
        saved = api.save(asked, _folder_uid(api, folder, found))
        link = f"{api.url}{saved.get('url') or _path(None, uid)}"
    return Outcome(changed, uid, link, before, after)


def mirrored(found: t.Any, asked: t.Any) -> t.Any:
    """What C(found) is where C(asked) says something: the server may add fields of its own."""
    if isinstance(found, dict) and isinstance(asked, dict):
        return {name: mirrored(found[name], value) for name, value in asked.items() if name in found}
    if isinstance(found, list) and isinstance(asked, list) and len(found) == len(asked):
        return [mirrored(*pair) for pair in zip(found, asked)]
    return found


def _asked(options: t.Mapping[str, t.Any], uid: str) -> Object:
    definition = {name: value for name, value in options["definition"].items() if name not in _SERVERS}
    if not definition.get("title"):
        raise KeywardError("definition needs a title", setting="definition")
    boxes = {name: str(value) for name, value in options["text_boxes"].items()}
    variables = (definition.get("templating") or {}).get("list") or []
    unknown = sorted(boxes.keys() - {each.get("name") for each in variables if each.get("type") == "textbox"})
    if unknown:
        raise KeywardError(f"text_boxes names {', '.join(unknown)}, which the dashboard has not", setting="text_boxes")
    if boxes:
        chosen = [_with_value(each, boxes[each["name"]]) if each.get("name") in boxes else each for each in variables]
        definition["templating"] = {**definition["templating"], "list": chosen}
    return {**definition, "uid": uid}


def _with_value(variable: Object, value: str) -> Object:
    chosen = {"text": value, "value": value}
    return {**variable, "query": value, "current": chosen, "options": [{**chosen, "selected": True}]}


def _placed(found: Object | None) -> Object:
    if not found:
        return {}
    return {"dashboard": found.get("dashboard") or {}, "folder": (found.get("meta") or {}).get("folderTitle")}


def _shown(found: Object | None) -> Object:
    content = (found or {}).get("dashboard") or {}
    return {"dashboard": {name: value for name, value in content.items() if name not in _SERVERS}} if found else {}


def _path(found: Object | None, uid: str) -> str:
    return str(((found or {}).get("meta") or {}).get("url") or f"/d/{uid}")


def _folder_uid(api: Api, title: str | None, found: Object | None) -> str:
    """Where the dashboard goes: the folder of that title, else where it is."""
    if not title:
        return str(((found or {}).get("meta") or {}).get("folderUid") or "")
    return api.folder(title) or api.add_folder(title)
