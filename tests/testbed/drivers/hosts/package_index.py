# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A package index that serves wheels which are given to it as files, to the real ``pip``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .file_server import FileServer

if TYPE_CHECKING:
    from pathlib import Path

_PROJECT = re.compile(r"/simple/([^/]+)/")


class PackageIndex(FileServer):
    """Follows PEP 503, by which an index is pages of links."""

    def __init__(self, wheels: Path, host: str) -> None:
        self._wheels = wheels
        super().__init__(host)

    @property
    def url(self) -> str:
        return f"{self.address}/simple/"

    def content(self, path: str) -> tuple[str, bytes] | None:
        files = {wheel.name: wheel for wheel in self._wheels.glob("*.whl")}
        if project := _PROJECT.fullmatch(path):
            links = [f'<a href="/wheels/{name}">{name}</a>' for name in sorted(files) if _project(name) == project[1]]
            return ("text/html", "\n".join(links).encode()) if links else None
        wheel = files.get(path.removeprefix("/wheels/"))
        return ("application/octet-stream", wheel.read_bytes()) if wheel else None


def _project(wheel: str) -> str:
    return re.sub(r"[-_.]+", "-", wheel.partition("-")[0]).lower()
