# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import Settings, write_report
from testbed.drivers.browser import browser, executable
from testbed.scenarios.results import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser


# While it runs, no other event loop can run in this thread: those of other modules' servers would not end.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if executable() is None:
        pytest.skip("there is no chromium: 'apt install chromium' brings it on Debian")
    with browser() as started:
        yield started


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes the page of a report of some results, and returns its path."""

    def write(*results: dict[str, Any], title: str = "AWS access keys", now: datetime = NOW) -> Path:
        path = tmp_path / "report.html"
        settings = Settings([path], title, show_key_ids=False, history=tmp_path)
        write_report([HostResult("localhost", result) for result in results], settings, now, dry_run=False)
        return path

    return write
