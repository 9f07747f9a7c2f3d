# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from testbed.fakes.serving.server import Served, Server

if TYPE_CHECKING:
    from pathlib import Path

    from prometheus_client.samples import Sample


class TextfileExporter(Served):
    """Serves the text files of a directory. A file that does not parse is left out, and counted as an error."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._server = Server([web.get("/metrics", self._metrics)], 0, None)

    @property
    def url(self) -> str:
        return f"{super().url}/metrics"

    async def _metrics(self, _request: web.Request) -> web.Response:
        texts = []
        errors = 0
        for path in sorted(self._directory.glob("*.prom")):
            text = path.read_text(encoding="utf-8")
            try:
                list(text_string_to_metric_families(text))
            except ValueError:
                errors = 1
            else:
                texts.append(text)
        texts.append(f"# TYPE node_textfile_scrape_error gauge\nnode_textfile_scrape_error {errors}\n")
        return web.Response(text="".join(texts), content_type="text/plain")


def scrape(url: str) -> list[Sample]:
    """The series that a scrape finds, read with Prometheus' own parser for Python."""
    session = requests.Session()
    session.trust_env = False
    answer = session.get(url, timeout=10)
    answer.raise_for_status()
    return [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
