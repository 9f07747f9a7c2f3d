# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""How large a report's page is, and how long a person waits for it in a real browser."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import Settings, write_report
from bench.measure import Benchmark, Measured
from testbed.drivers.browser import browser, executable, opened
from testbed.scenarios.results import NOW, many

_FILTER = """() => {
    const search = document.querySelector("#keys input[type=search]");
    const started = performance.now();
    search.value = "rotate team-03";
    search.dispatchEvent(new Event("input"));
    return performance.now() - started;
}"""


def report() -> Iterator[Measured]:
    for keys, megabytes, opening, filtering in ((10_000, 3.0, 3.0, 100.0), (100_000, None, 15.0, None)):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "report.html")
            started = time.monotonic()
            write_report(
                [HostResult("", many(keys))], Settings([path], "", show_key_ids=False, history=None), NOW, dry_run=False
            )
            yield Measured(f"report of {keys:,} keys: written in", time.monotonic() - started, "s")
            yield Measured(f"report of {keys:,} keys: size", path.stat().st_size / 1e6, "MB", most=megabytes)
            if executable():
                yield from _in_browser(path, keys, opening, filtering)


def _in_browser(path: Path, keys: int, opening: float, filtering: float | None) -> list[Measured]:
    with browser() as chromium:
        started = time.monotonic()
        with opened(chromium, path) as page:
            page.locator("#keys tbody tr").first.wait_for()
            return [
                Measured(f"report of {keys:,} keys: open in a browser", time.monotonic() - started, "s", most=opening),
                # The first search also makes the texts that are searched.
                Measured(f"report of {keys:,} keys: first search", page.evaluate(_FILTER), "ms", most=filtering),
                Measured(f"report of {keys:,} keys: search", page.evaluate(_FILTER), "ms", most=filtering),
            ]


BENCHMARKS: dict[str, Benchmark] = {"report": report}
