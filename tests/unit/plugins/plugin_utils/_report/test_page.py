# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What can be seen without a browser; tests/integration/report looks at the page in one."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import build
from ansible_collections.keyward.iam.plugins.plugin_utils._report.page import html
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from ansible_collections.keyward.iam.plugins.plugin_utils._report.spreadsheet import csv_text
from testbed.scenarios.results import NOW, access_key, collected, many, probed

HOSTILE = "</script><img src=x onerror=alert(1)>&\"'\u2028"


def page(*results: dict[str, Any]) -> str:
    return html(build([HostResult("h", result) for result in results], HOSTILE, History(), NOW), show_key_ids=False)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action", "style"}]


def test_no_name_becomes_an_element() -> None:
    key = access_key(HOSTILE, 200, profile=HOSTILE, tags={"owner": HOSTILE}, exempt_reason=HOSTILE, exempt=True)
    failed = {"profile": HOSTILE, "error": HOSTILE, "error_message": HOSTILE, "request_id": HOSTILE}
    probe = {**probed("down", error=HOSTILE, name=HOSTILE), "namespace": HOSTILE, "leftovers": [HOSTILE]}
    shown = Tags(page(collected(key, failed=failed), probe))
    assert "img" not in shown.tags
    assert shown.addresses == ["#main"]


def test_the_tables_data_is_json_that_holds_every_row() -> None:
    text = page(many(300))
    [data] = re.findall(r'<script type="application/json" data-section="keys">(.*?)</script>', text, re.DOTALL)
    table = json.loads(data)
    assert table["length"] == 300
    assert all(len(column.get("index", column["values"])) == 300 for column in table["columns"])
    assert "<" not in data


def test_a_page_of_10_000_keys_is_small() -> None:
    assert len(page(many(10_000)).encode()) < 3_000_000


def test_ids_of_keys_are_whole_only_where_they_are_asked_for() -> None:
    key = access_key("alice", 200)
    found = build([HostResult("h", collected(key))], "Keys", History(), NOW)
    for written in (html, csv_text):
        assert key["access_key_id"] not in written(found, show_key_ids=False)
        assert key["access_key_id"] in written(found, show_key_ids=True)


def test_what_was_not_read_is_unknown_and_not_0() -> None:
    result = collected(access_key("alice", 1))
    result["profiles"][0] |= {"root_keys": None, "reactivated": None, "credential_report_error": "access denied"}
    shown = page(result)
    assert shown.count(">unknown</b>") == 2
    assert "<strong>Something could not be read</strong>" in shown
    assert "credential report of production (account 111122223333)" in shown
    result["access_keys"] += [access_key("bob", 1, profile="staging", reactivated=True)]
    assert page(result).count(">unknown</b>") == 1, "one is known to be"


def test_a_probe_that_is_not_up_is_the_heading() -> None:
    assert "<strong>The IAM probe is not up</strong>" in page(probed("misconfigured"))


def test_a_page_without_keys_says_what_there_is() -> None:
    assert "There are no active access keys." in page(collected())
    only_probe = page(probed())
    assert "The IAM probe lab is up." in only_probe
    assert 'data-section="keys"' not in only_probe
