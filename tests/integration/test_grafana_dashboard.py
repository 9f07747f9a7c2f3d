# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The module grafana_dashboard, as a process, against Grafana's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.grafana import Grafana

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible

TOKEN = "glsa-a-token"
DEFINITION: dict[str, Any] = {
    "id": 7,
    "version": 3,
    "uid": "of-another",
    "title": "IAM keys",
    "panels": [{"id": 1, "type": "stat", "title": "Keys"}],
    "templating": {
        "list": [{"name": "severe", "type": "textbox", "query": "180"}, {"name": "account", "type": "query"}]
    },
}


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with Grafana(TOKEN) as grafana:
        yield grafana


def keep(ansible: Ansible, grafana: Grafana, *, check: bool = False, **options: Any) -> dict[str, Any]:
    given = {"url": f"{grafana.url}/", "api_token": TOKEN, "uid": "iam", "definition": DEFINITION, **options}
    return ansible.module("grafana_dashboard", given, check_mode=check)


def test_a_dashboard_is_created_left_changed_and_deleted(ansible: Ansible, grafana: Grafana) -> None:
    planned = keep(ansible, grafana, check=True)
    assert (planned["changed"], grafana.changes) == (True, [])
    made = keep(ansible, grafana)
    assert made["changed"] is True
    assert made["link"] == f"{grafana.url}/d/iam/iam-keys"
    assert (grafana.dashboards["iam"]["title"], grafana.dashboards["iam"]["id"]) == ("IAM keys", 1)
    assert keep(ansible, grafana)["changed"] is False

    # A field that the server adds is no difference; one that a person changed is.
    panel = grafana.dashboards["iam"]["panels"][0]
    panel["pluginVersion"] = "11.6.0"
    assert keep(ansible, grafana)["changed"] is False
    panel["title"] = "By hand"
    mended = keep(ansible, grafana)
    assert mended["changed"] is True
    assert mended["diff"]["before"]["dashboard"]["panels"][0]["title"] == "By hand"
    assert grafana.dashboards["iam"]["panels"][0]["title"] == "Keys"

    assert keep(ansible, grafana, state="absent", check=True)["changed"] is True
    assert "iam" in grafana.dashboards
    assert keep(ansible, grafana, state="absent")["changed"] is True
    assert keep(ansible, grafana, state="absent")["changed"] is False
    assert grafana.dashboards == {}


def test_text_boxes_get_their_values_and_a_folder_is_made(ansible: Ansible, grafana: Grafana) -> None:
    options: dict[str, Any] = {"text_boxes": {"severe": 365}, "folder": "Security"}
    assert keep(ansible, grafana, **options)["changed"] is True
    severe = grafana.dashboards["iam"]["templating"]["list"][0]
    assert (severe["query"], severe["current"]) == ("365", {"text": "365", "value": "365"})
    assert grafana.folders == {"folder0": "Security"}
    assert grafana.folder_of["iam"] == "folder0"
    assert keep(ansible, grafana, **options)["changed"] is False
    assert keep(ansible, grafana, text_boxes={"severe": 365})["changed"] is False, "it stays where it is"
    moved = keep(ansible, grafana, **{**options, "folder": "Platform"})
    assert (moved["changed"], moved["diff"]["before"]["folder"]) == (True, "Security")
    unknown = keep(ansible, grafana, text_boxes={"sever": 1})
    assert "text_boxes names sever, which the dashboard has not" in unknown["msg"]


def test_a_token_may_come_from_a_file_and_is_never_shown(ansible: Ansible, grafana: Grafana, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert keep(ansible, grafana, api_token=None, api_token_file=str(file))["changed"] is True
    file.write_text("another\n")
    refused = keep(ansible, grafana, api_token=None, api_token_file=str(file))
    assert "Grafana rejected the credentials" in refused["msg"]
    assert "api_token_file (GRAFANA_API_TOKEN_FILE)" in refused["msg"]
    assert "another" not in str(refused["msg"])
    both = keep(ansible, grafana, api_token_file=str(file))
    assert "are mutually exclusive" in both["msg"]
    neither = keep(ansible, grafana, api_token=None)
    assert "one of api_token (GRAFANA_API_TOKEN) and api_token_file" in neither["msg"]


@pytest.mark.parametrize(
    ("prepare", "options", "sentence"),
    [
        ({"role": "Viewer"}, {}, "give the service account of api_token (GRAFANA_API_TOKEN) the role Editor"),
        ({"provisioned": {"iam"}}, {}, "Cannot save provisioned dashboard"),
        ({}, {"url": "ftp://grafana"}, "url (GRAFANA_URL) must look like https://grafana.example.com"),
        ({}, {"uid": "a b"}, "uid must be 1 to 40 letters"),
        ({}, {"definition": {}}, "definition needs a title"),
        ({}, {"timeout": 0}, "timeout must be more than 0"),
    ],
)
def test_what_is_refused_is_one_sentence(
    ansible: Ansible, grafana: Grafana, prepare: dict[str, Any], options: dict[str, Any], sentence: str
) -> None:
    for name, value in prepare.items():
        setattr(grafana, name, value)
    assert sentence in keep(ansible, grafana, **options)["msg"]


def test_another_server_is_none_of_grafana(ansible: Ansible, grafana: Grafana) -> None:
    told = keep(ansible, grafana, url=f"{grafana.url}/elsewhere")
    assert "there is no HTTP API of Grafana here: check url (GRAFANA_URL)" in told["msg"]
