# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""keyward.iam.wavefront_dashboard against a tenant: what it makes, leaves, shows and says."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from testbed.drivers.runs import Ansible

    Dashboard = Callable[..., dict[str, Any]]

TOKEN = "a-tenant-token"
DEFINITION: dict[str, Any] = {
    "name": "IAM users",
    "tags": ["iam", "Access"],
    "sections": [
        {
            "name": "Users",
            "rows": [
                {
                    "charts": [
                        {
                            "name": "Users",
                            "summarization": "LAST",
                            "chartSettings": {"type": "line"},
                            "sources": [{"name": "users", "query": 'last(13h, ts("aws.iam.collector.users"))\n'}],
                        }
                    ]
                }
            ],
        }
    ],
}


@pytest.fixture
def tenant() -> Iterator[WavefrontTenant]:
    with WavefrontTenant(TOKEN) as running:
        yield running


@pytest.fixture
def dashboard(ansible: Ansible, tenant: WavefrontTenant) -> Dashboard:
    def run(*, check: bool = False, **options: Any) -> dict[str, Any]:
        given = {"url": tenant.url, "api_token": TOKEN, "id": "iam-users", "definition": DEFINITION, **options}
        given = {name: value for name, value in given.items() if value is not None}
        result = ansible.module("wavefront_dashboard", given, check_mode=check, diff=True)
        assert TOKEN not in json.dumps(result)
        return result

    return run


def test_makes_it_once_and_not_in_check_mode(tenant: WavefrontTenant, dashboard: Dashboard) -> None:
    planned = dashboard(check=True)
    assert tenant.changes == []
    made = dashboard()
    again = dashboard()

    assert [result["changed"] for result in (planned, made, again)] == [True, True, False]
    assert tenant.changes == ["POST dashboard"]
    assert (made["id"], made["link"]) == ("iam-users", f"{tenant.url}/dashboards/iam-users")
    assert made["diff"]["before"] == planned["diff"]["before"] == {}
    assert made["diff"]["after"]["tags"] == {"customerTags": ["Access", "iam"]}
    assert again["diff"]["before"] == again["diff"]["after"]
    assert tenant.dashboards["iam-users"]["url"] == "iam-users"


def test_shows_and_mends_what_a_person_changed_and_leaves_what_is_theirs(
    tenant: WavefrontTenant, dashboard: Dashboard
) -> None:
    dashboard()
    kept = tenant.dashboards["iam-users"]
    row = kept["sections"][0]["rows"][0]
    row["charts"].append(copy.deepcopy(row["charts"][0]) | {"name": "By hand"})
    row["charts"][0]["sources"][0]["query"] = "ts(b)"
    kept["description"] = "Kept by hand"
    kept["viewsLastDay"] = 100

    mended = dashboard()

    before, after = mended["diff"]["before"], mended["diff"]["after"]
    shown = before["sections"][0]["rows"][0]["charts"]
    assert [chart["name"] for chart in shown] == ["Users", "By hand"]
    assert shown[0] == {
        **DEFINITION["sections"][0]["rows"][0]["charts"][0],
        "sources": [{"name": "users", "query": "ts(b)"}],
    }
    assert "description" not in before
    assert after["sections"] == DEFINITION["sections"]
    assert tenant.changes[-1] == "PUT dashboard/iam-users"
    assert tenant.dashboards["iam-users"]["description"] == "Kept by hand"
    assert len(tenant.dashboards["iam-users"]["sections"][0]["rows"][0]["charts"]) == 1
    assert dashboard()["changed"] is False


def test_takes_it_away_for_good_and_out_of_the_trash(tenant: WavefrontTenant, dashboard: Dashboard) -> None:
    dashboard()
    tenant.throw_away("dashboard", "iam-users")
    assert dashboard(state="absent", definition=None)["changed"] is False
    assert dashboard()["changed"] is True
    assert tenant.dashboards["iam-users"]["deleted"] is False

    removed = dashboard(state="absent", definition=None)

    assert (removed["changed"], removed["id"]) == (True, "iam-users")
    assert removed["diff"] == {"before": {"id": "iam-users", "name": "IAM users"}, "after": {}}
    assert "link" not in removed
    assert tenant.dashboards == {}


def test_a_dashboard_that_was_copied_from_the_server_is_the_same(tenant: WavefrontTenant, dashboard: Dashboard) -> None:
    dashboard()
    assert dashboard(definition=copy.deepcopy(tenant.dashboards["iam-users"]))["changed"] is False


def test_what_is_wrong_is_said(tenant: WavefrontTenant, dashboard: Dashboard) -> None:
    lacking = {"name": "x", "sections": [{"rows": []}]}
    assert "Invalid value for `name`, must not be `None`" in dashboard(definition=lacking)["msg"]
    assert "no field colour" in dashboard(definition={**DEFINITION, "colour": "red"})["msg"]
    assert "state is present but all of the following are missing: definition" in dashboard(definition=None)["msg"]
    assert (
        "and api_token_file (WAVEFRONT_API_TOKEN_FILE) are mutually exclusive"
        in dashboard(api_token_file="/nowhere")["msg"]
    )
    assert "one of api_token (WAVEFRONT_API_TOKEN), " in dashboard(api_token=None)["msg"]
    assert tenant.dashboards == {}
