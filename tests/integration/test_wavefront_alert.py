# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""keyward.iam.wavefront_alert against a tenant: which alert it means, what it makes of it, and what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from testbed.fakes.wavefront import Csp
from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from testbed.drivers.runs import Ansible

    Alert = Callable[..., dict[str, Any]]

TOKEN = "a-tenant-token"
NAME = "AWS IAM is down"
DEFINITION: dict[str, Any] = {
    "severity": "SEVERE",
    "condition": 'last(10m, ts("aws.iam.probe.state", step="all")) = 2\n',
    "minutes": 2,
}


@pytest.fixture
def tenant() -> Iterator[WavefrontTenant]:
    with WavefrontTenant(TOKEN, csp=Csp(api_token="a-csp-token")) as running:
        yield running


@pytest.fixture
def alert(ansible: Ansible, tenant: WavefrontTenant) -> Alert:
    def run(*, check: bool = False, **options: Any) -> dict[str, Any]:
        given = {"url": tenant.url, "api_token": TOKEN, "name": NAME, "definition": DEFINITION, **options}
        given = {name: value for name, value in given.items() if value is not None}
        result = ansible.module("wavefront_alert", given, check_mode=check, diff=True)
        assert TOKEN not in json.dumps(result)
        return result

    return run


@pytest.mark.once
def test_makes_it_once_although_the_search_lags_behind(tenant: WavefrontTenant, alert: Alert) -> None:
    """One of the same name that somebody else made is none of ours."""
    theirs = tenant.add_alert(name=NAME)
    tenant.lag(1.5)
    planned = alert(check=True)
    assert "id" not in planned
    assert tenant.changes == []
    made = alert()
    again = alert()

    assert [result["changed"] for result in (planned, made, again)] == [True, True, False]
    assert tenant.changes == ["POST alert"]
    assert made["id"] == again["id"] != theirs
    assert made["link"] == f"{tenant.url}/alerts/{made['id']}"
    assert made["warnings"] == []
    assert tenant.alerts[made["id"]]["tags"] == {"customerTags": ["keyward.iam"]}
    assert again["diff"]["before"] == again["diff"]["after"]


def test_a_search_that_does_not_catch_up_is_said(tenant: WavefrontTenant, alert: Alert) -> None:
    tenant.lag(3600)
    made = alert(search_timeout=0)
    [warning] = made["warnings"]
    assert f"created the alert {made['id']}, but its search does not find it yet" in warning


@pytest.mark.once
def test_mends_what_a_person_changed_renames_and_leaves_what_is_theirs(tenant: WavefrontTenant, alert: Alert) -> None:
    made = alert()
    kept = tenant.alerts[made["id"]]
    kept |= {"minutes": 60, "target": "team@example.com", "snoozed": 1_795_327_200_000}
    kept["tags"]["customerTags"].append("by-hand")

    mended = alert(id=made["id"], name="IAM is down", definition={**DEFINITION, "tags": ["iam"]})

    assert mended["diff"]["before"]["minutes"] == 60
    assert mended["diff"]["before"]["name"] == NAME
    assert "target" not in mended["diff"]["before"]
    now = tenant.alerts[made["id"]]
    assert (now["name"], now["minutes"], now["target"]) == ("IAM is down", 2, "team@example.com")
    assert now["snoozed"] == 1_795_327_200_000
    assert now["tags"] == {"customerTags": ["iam", "keyward.iam"]}
    assert tenant.changes[-1] == f"PUT alert/{made['id']}"


def test_a_threshold_alerts_condition_is_what_it_displays(tenant: WavefrontTenant, alert: Alert) -> None:
    definition = {
        "alertType": "THRESHOLD",
        "displayExpression": "ts(a)",
        "conditions": {"warn": "ts(a) > 1", "severe": "ts(a) > 2"},
        "minutes": 5,
    }
    made = alert(definition=definition)
    assert tenant.alerts[made["id"]]["condition"] == "ts(a)"
    assert alert(definition=definition)["changed"] is False


@pytest.mark.once
def test_takes_away_ours_and_no_other(tenant: WavefrontTenant, alert: Alert) -> None:
    theirs = tenant.add_alert(name=NAME)
    alert()
    removed = alert(state="absent", definition=None)
    again = alert(state="absent", definition=None)

    assert (removed["changed"], again["changed"]) == (True, False)
    assert "id" not in removed
    assert tenant.alerts.keys() == {theirs}


def test_two_of_them_are_an_error(tenant: WavefrontTenant, alert: Alert) -> None:
    for _number in range(2):
        tenant.add_alert(name=NAME, tags={"customerTags": ["keyward.iam"]})
    assert f"2 alerts are named '{NAME}' and tagged 'keyward.iam'" in alert()["msg"]
    assert len(tenant.alerts) == 2


def test_a_playbook_sets_the_access_for_the_group_and_shows_no_token(tenant: WavefrontTenant, ansible: Ansible) -> None:
    ansible.set(TEST_CSP_TOKEN="a-csp-token")
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {
            "group/keyward.iam.wavefront": {
                "url": tenant.url,
                "csp_url": tenant.url,
                "csp_api_token": "{{ lookup('ansible.builtin.env', 'TEST_CSP_TOKEN') }}",
            }
        },
        "tasks": [
            {"keyward.iam.wavefront_alert": {"name": NAME, "definition": DEFINITION}},
            {"keyward.iam.wavefront_dashboard": {"id": "gone", "state": "absent"}},
        ],
    }
    run = ansible.playbook([play], "--diff", "-vvv")

    assert run.code == 0, run.output
    assert "changed=1" in run
    assert '+    "severity": "SEVERE"' in run
    assert "a-csp-token" not in run
    assert [alert["name"] for alert in tenant.alerts.values()] == [NAME]
