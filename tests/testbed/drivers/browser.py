# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The page of a report in a real Chromium, Debian's."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page


def executable() -> str | None:
    """The machine's Chromium, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    # A sandbox of its own cannot be made by root.
    sandbox = os.geteuid() != 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), chromium_sandbox=sandbox)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def opened(chromium: Browser, path: Path, **options: Any) -> Iterator[Page]:
    """A page in a context of its own, without a network. Fails where the page complained of anything."""
    with chromium.new_context(offline=True, **options) as context:
        page = context.new_page()
        complaints: list[str] = []

        def dismiss(dialog: Dialog) -> None:
            complaints.append(f"dialog {dialog.message}")
            dialog.dismiss()

        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", dismiss)
        page.goto(path.as_uri())
        yield page
        assert complaints == []
