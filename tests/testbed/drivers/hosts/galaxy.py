# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A Galaxy that serves collections which are given to it as files, to the real ``ansible-galaxy``."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from typing import TYPE_CHECKING, Any

from .file_server import FileServer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_COLLECTION = re.compile(r"/api/v3/collections/([^/]+)/([^/]+)/(?:versions/(?:([^/]+)/)?)?")


class Galaxy(FileServer):
    """Speaks as much of Galaxy's API v3 as installing takes. Each collection is there in one version."""

    def __init__(self, archives: Iterable[Path], host: str) -> None:
        self._archives = {archive.name: archive for archive in archives}
        self._collections = {_key(about): (about, name) for name, about in self._described()}
        super().__init__(host)

    @property
    def url(self) -> str:
        return f"{self.address}/api/"

    def _described(self) -> Iterable[tuple[str, dict[str, Any]]]:
        for name, archive in self._archives.items():
            with tarfile.open(archive) as tar:
                manifest = tar.extractfile("MANIFEST.json")
                assert manifest is not None
                yield name, json.load(manifest)["collection_info"]

    def content(self, path: str) -> tuple[str, bytes] | None:
        if path == "/api/":
            return _json({"available_versions": {"v3": "v3/"}})
        if archive := self._archives.get(path.removeprefix("/archives/")):
            return "application/octet-stream", archive.read_bytes()
        asked = _COLLECTION.fullmatch(path)
        if asked is None or (asked[1], asked[2]) not in self._collections:
            return None
        about, name = self._collections[asked[1], asked[2]]
        if path.endswith("/versions/"):
            return _json({"meta": {"count": 1}, "links": {"next": None}, "data": [{"version": about["version"]}]})
        if asked[3]:
            return _json(self._version(about, name)) if asked[3] == about["version"] else None
        return _json({"namespace": about["namespace"], "name": about["name"], "deprecated": False})

    def _version(self, about: dict[str, Any], name: str) -> dict[str, Any]:
        return {
            "href": f"/api/v3/collections/{about['namespace']}/{about['name']}/versions/{about['version']}/",
            "namespace": {"name": about["namespace"]},
            "collection": {"name": about["name"]},
            "version": about["version"],
            "metadata": {"dependencies": about["dependencies"]},
            "artifact": {"sha256": hashlib.sha256(self._archives[name].read_bytes()).hexdigest()},
            "download_url": f"{self.address}/archives/{name}",
            "signatures": [],
        }


def _key(about: dict[str, Any]) -> tuple[str, str]:
    return about["namespace"], about["name"]


def _json(value: object) -> tuple[str, bytes]:
    return "application/json", json.dumps(value).encode()
