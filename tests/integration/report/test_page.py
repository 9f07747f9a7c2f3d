# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The page of a report as people use it, in a real browser."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from testbed.drivers.browser import opened
from testbed.scenarios.results import NOW, access_key, collected, many, probed

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    Written = Callable[..., Path]

pytestmark = pytest.mark.once

HOSTILE = "<img src=x onerror=alert(1)>"
STATUS = "#keys [role=status]"
SEARCH = "#keys input[type=search]"
COLORS = "getComputedStyle(document.body).backgroundColor"

SMALL = collected(
    access_key("alice", 200, tags={"owner": "payments"}),
    access_key("bob", 160, tags={"owner": "data"}),
    access_key("carol", 10, profile="staging", account_id="444455556666", reactivated=True),
    access_key("dave", 300, status="Inactive"),
    failed={"profile": "audit", "error": "access denied", "error_message": HOSTILE, "request_id": "r-1"},
)


def column(page: Page, number: int) -> list[str]:
    return page.locator(f"#keys tbody td:nth-child({number})").all_inner_texts()


def test_keys_are_sorted_filtered_and_searched(chromium: Browser, written: Written) -> None:
    with opened(chromium, written(SMALL, probed())) as page:
        assert column(page, 2) == ["alice", "bob", "carol", "dave"]
        page.get_by_role("button", name="Age").click()
        assert column(page, 2) == ["dave", "alice", "bob", "carol"]
        page.get_by_role("button", name="Age").click()
        assert column(page, 2) == ["carol", "bob", "alice", "dave"]
        assert page.get_by_role("columnheader", name="Age").get_attribute("aria-sort") == "ascending"
        page.get_by_label("State").select_option("expiring")
        assert column(page, 2) == ["bob"]
        page.get_by_label("State").select_option("all")
        page.locator(SEARCH).fill("444455556666 CAR")
        assert column(page, 2) == ["carol"]
        assert page.locator(STATUS).inner_text() == "Rows 1 to 1 of 1 (4 in all)"
        page.locator(SEARCH).fill("nobody")
        assert page.locator(STATUS).inner_text() == "Rows 0 (4 in all)"


def exported(page: Page, section: str, path: Path) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.locator(f"{section} [data-export]").click()
    download.value.save_as(path)
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8").removeprefix("\ufeff"))))


def test_the_filtered_rows_are_exported(chromium: Browser, written: Written, tmp_path: Path) -> None:
    starts = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "a;="]
    rows = [*(access_key(f"{start}1+1", 200) for start in starts), access_key("bob", 170), access_key("carol", 1)]
    for number, row in enumerate(rows):
        row["access_key_id"] = f"AKIA{number:016}"
    with opened(chromium, written(collected(*rows))) as page:
        page.get_by_label("State").select_option("expired")
        found = exported(page, "#keys", tmp_path / "keys.csv")
    assert {row["user_name"] for row in found} == {*(f"'{start}1+1" for start in starts[:-1]), "a;'=1+1"}
    assert {(row["days_left"], row["next_step"]) for row in found} == {("-20", "rotate")}


def test_steps_of_the_probe_are_a_table_like_the_others(chromium: Browser, written: Written, tmp_path: Path) -> None:
    for day in (2, 1):
        when = NOW - timedelta(days=day)
        written({**probed(duration_ms=100.0 * day), "timestamp": int(when.timestamp())}, now=when)
    failed = {"status": "failed", "error": "CreateUser failed with Throttling"}
    with opened(chromium, written(probed("degraded", duration_ms=900.14, **failed))) as page:
        probe = page.locator("#probe-1")
        assert "IAM probe lab degraded" in probe.locator("h2").inner_text()
        assert probe.get_by_role("img", name="2 times, 100 to 200 ms").count() == 1
        probe.get_by_label("Result").select_option("failed")
        [row] = exported(page, "#probe-1", tmp_path / "steps.csv")
        probe.get_by_label("Result").select_option("all")
        probe.get_by_role("button", name="Milliseconds").click()
        assert probe.locator("tbody tr").first.inner_text().startswith("CreateUser")
    assert (row["step"], row["duration_ms"], row["earlier_ms"]) == ("CreateUser", "900.1", "200 100")
    assert row["error"] == "CreateUser failed with Throttling"


def go_to(page: Page, text: str) -> None:
    """By the keyboard only."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if (
            page.evaluate("document.activeElement.labels?.[0]?.firstChild.data || document.activeElement.textContent")
            == text
        ):
            return
    raise AssertionError(text)


def test_a_keyboard_is_enough(chromium: Browser, written: Written) -> None:
    with opened(chromium, written(many(300))) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
        page.keyboard.press("Enter")
        go_to(page, "Search")
        page.keyboard.type("team-03")
        found = int(page.locator(STATUS).inner_text().split()[5])
        assert 0 < found < 50
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")
        go_to(page, "State")
        page.keyboard.type("expiring")
        assert set(column(page, 1)) == {"expiring"}
        page.keyboard.press("Home")
        go_to(page, "Export these rows as CSV")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename == "keys.csv"
        go_to(page, "User")
        page.keyboard.press("Enter")
        assert page.get_by_role("columnheader", name="User").get_attribute("aria-sort") == "ascending"
        go_to(page, "Next")
        page.keyboard.press("Enter")
        assert page.locator(STATUS).inner_text() == "Rows 51 to 100 of 300"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out(chromium: Browser, written: Written, theme: Any, width: int) -> None:
    credential = {
        "type": "password",
        "user_name": "alice",
        "status": "Active",
        "age_days": 200,
        "profile": "production",
    }
    exempt = access_key("erin", 500, exempt=True, exempt_until="2027-03-31", exempt_reason="break glass")
    everything = {**SMALL, "access_keys": [*SMALL["access_keys"], exempt], "credentials": [credential]}
    path = written(everything, probed("down", status="failed", error="throttled"))
    size = {"width": width, "height": 900}
    with opened(chromium, path, color_scheme=theme, viewport=size, bypass_csp=True) as page:
        violations = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []


def test_both_themes_can_be_had_on_any_machine(chromium: Browser, written: Written) -> None:
    with opened(chromium, written(SMALL), color_scheme="dark") as page:
        dark = page.evaluate(COLORS)
        pictures = {page.screenshot()}
        page.get_by_role("button", name="Light theme").click()
        light = page.evaluate(COLORS)
        pictures.add(page.screenshot())
        assert light != dark
        page.get_by_role("button", name="Dark theme").click()
        assert page.evaluate(COLORS) == dark
        # Paper is white.
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate(COLORS) == "rgb(255, 255, 255)"
        assert not page.locator(".controls").first.is_visible()
        assert len(pictures | {page.screenshot()}) == 3


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="'apt install poppler-utils' brings pdftotext on Debian")
def test_each_printed_sheet_of_the_table_has_its_head(chromium: Browser, written: Written, tmp_path: Path) -> None:
    with opened(chromium, written(many(1000)), color_scheme="dark") as page:
        page.locator(SEARCH).fill("user-1")
        page.pdf(path=tmp_path / "page.pdf", format="A4")
        # What was printed is no longer on the screen.
        assert page.locator("#keys tbody tr").count() == 50
    command = ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"]
    *sheets, _end = subprocess.check_output(command, text=True).split("\f")
    assert "222 of 1000 rows: the table was filtered." in sheets[0]
    with_keys = [sheet for sheet in sheets if "user-1" in sheet]
    assert len(with_keys) > 3
    assert all("Days left" in sheet for sheet in with_keys)
    assert sum(sheet.count("user-1") for sheet in with_keys) == 222
    assert not any("Export these rows" in sheet or "Rows per page" in sheet for sheet in sheets)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_never_wider_than_its_window(chromium: Browser, written: Written, width: int) -> None:
    long = access_key("x" * 64, 200, profile="y" * 64, tags={"owner": "z" * 200})
    with opened(chromium, written(collected(long, *SMALL["access_keys"]), title="w" * 200)) as page:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_names_are_only_text(chromium: Browser, written: Written) -> None:
    key = access_key(HOSTILE, 200, profile=HOSTILE, tags={"owner": HOSTILE}, exempt=True, exempt_reason=HOSTILE)
    failed = {"profile": HOSTILE, "error": HOSTILE}
    with opened(chromium, written(collected(key, failed=failed), probed("down", error=HOSTILE), title=HOSTILE)) as page:
        assert HOSTILE in page.locator("#keys tbody").inner_text()
        assert page.locator("img").count() == 0


def test_without_scripts_the_keys_are_there(chromium: Browser, written: Written) -> None:
    with opened(chromium, written(SMALL), java_script_enabled=False) as page:
        assert "alice" in page.locator("noscript table").inner_text()


def test_what_was_not_read_is_above_what_was(chromium: Browser, written: Written) -> None:
    with opened(chromium, written(SMALL)) as page:
        text = page.locator("main").inner_text()
        assert text.index("1 profile could not be read") < text.index("AWS says: <img") < text.index("alice")


def test_of_many_keys_a_page_is_shown_and_all_are_searched(chromium: Browser, written: Written) -> None:
    with opened(chromium, written(many(1000))) as page:
        assert page.locator("#keys tbody tr").count() == 50
        assert page.locator(STATUS).inner_text() == "Rows 1 to 50 of 1000"
        page.locator("#keys [data-next]").click()
        assert page.locator(STATUS).inner_text() == "Rows 51 to 100 of 1000"
        page.locator(SEARCH).fill("user-499")
        assert set(column(page, 2)) == {"user-499"}


def test_ten_thousand_keys_are_searched_without_a_wait(chromium: Browser, written: Written) -> None:
    search = """(words) => {
        const search = document.querySelector("#keys input[type=search]");
        const started = performance.now();
        search.value = words;
        search.dispatchEvent(new Event("input"));
        return performance.now() - started;
    }"""
    with opened(chromium, written(many(10_000))) as page:
        took = [page.evaluate(search, words) for words in ("rotate team-03", "", "user-4999", "deactivate")]
        assert page.locator("#keys tbody tr").count() == 50
    # The quickest, since others use this machine too; `make bench` measures the rest.
    assert min(took) < 100
