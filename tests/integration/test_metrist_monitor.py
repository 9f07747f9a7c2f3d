# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""keyward.iam.metrist_monitor against a back end of Metrist's: what it registers, remembers, removes, and says."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.modules import metrist_monitor
from testbed.fakes.metrist import MetristBackEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible

    Monitor = Callable[..., dict[str, Any]]

TOKEN = "a-metrist-token"
ANSIBLES_OWN = {"changed", "diff", "invocation", "warnings"}
STEPS = [
    "CreateUser",
    "CreateGroup",
    "AddUserToGroup",
    "RemoveUserFromGroup",
    "DeleteGroup",
    "AttachPolicy",
    "DetachPolicy",
    "DeleteUser",
]


@pytest.fixture
def metrist() -> Iterator[MetristBackEnd]:
    with MetristBackEnd(TOKEN) as back_end:
        yield back_end


@pytest.fixture
def monitor(ansible: Ansible, metrist: MetristBackEnd) -> Monitor:
    def run(*, check: bool = False, **options: Any) -> dict[str, Any]:
        given = {"api_url": metrist.url, "api_token": TOKEN, **options}
        result = ansible.module("metrist_monitor", given, check_mode=check, diff=True)
        assert TOKEN not in json.dumps(result)
        return result

    return run


@pytest.fixture
def id_path(ansible: Ansible) -> Path:
    return ansible.home / ".local" / "state" / "keyward" / "metrist.json"


def test_registers_the_eight_steps_in_metrists_order_and_only_once(
    metrist: MetristBackEnd, monitor: Monitor, id_path: Path
) -> None:
    first = monitor(interval_secs=300, run_groups=["aws-us-west-2"])
    metrist.states["awsiam"] = "up"
    second = monitor(interval_secs=300, run_groups=["aws-us-west-2"])

    [(registration_id, config)] = metrist.registrations.items()
    assert [step["check_logical_name"] for step in config["steps"]] == STEPS
    assert {step["timeout_secs"] for step in config["steps"]} == {900}
    assert all(step["description"] for step in config["steps"])
    del config["steps"]
    assert config == {
        "monitor_logical_name": "awsiam",
        "interval_secs": 300,
        "run_groups": ["aws-us-west-2"],
        "run_spec": {"name": "awsiam", "run_type": "exe"},
    }
    assert (first["changed"], first["id"], first["warnings"]) == (True, registration_id, [])
    assert (second["changed"], second["id"], second["warnings"]) == (False, registration_id, [])
    assert (second["monitor_state"], second["last_checked"]) == ("up", "2026-11-22T06:00:00Z")
    assert "monitor_state" not in first
    assert second.keys() - ANSIBLES_OWN == yaml.safe_load(metrist_monitor.RETURN).keys()
    assert stat.S_IMODE(id_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(id_path.parent.stat().st_mode) == 0o700
    assert TOKEN not in id_path.read_text()


@pytest.mark.once
def test_a_changed_registration_replaces_the_old_one(metrist: MetristBackEnd, monitor: Monitor) -> None:
    old = monitor()
    new = monitor(interval_secs=600, run_type="other")

    assert new["changed"] is True
    assert list(metrist.registrations) == [new["id"]] != [old["id"]]
    assert metrist.registrations[new["id"]]["interval_secs"] == 600
    assert metrist.registrations[new["id"]]["run_spec"]["run_type"] == "other"
    assert (new["diff"]["before"]["interval_secs"], new["diff"]["after"]["interval_secs"]) == (120, 600)


def test_absent_removes_what_it_registered(metrist: MetristBackEnd, monitor: Monitor) -> None:
    registered = monitor()
    removed = monitor(state="absent")
    again = monitor(state="absent")

    assert metrist.registrations == {}
    assert removed["changed"] is True
    assert "id" not in removed
    assert removed["diff"]["after"] == {}
    assert registered["diff"]["before"] == {}
    assert (again["changed"], again["warnings"]) == (False, [])


def test_a_registration_that_somebody_else_removed_is_as_good_as_removed(
    metrist: MetristBackEnd, monitor: Monitor
) -> None:
    monitor()
    metrist.registrations.clear()

    assert monitor(state="absent")["changed"] is True
    assert monitor(state="absent")["changed"] is False


def test_check_mode_tells_and_leaves(metrist: MetristBackEnd, monitor: Monitor, id_path: Path) -> None:
    registering = monitor(check=True)
    assert registering["changed"] is True
    assert "id" not in registering
    assert not id_path.exists()

    registered = monitor()
    metrist.calls.clear()
    for options in ({"interval_secs": 5}, {"state": "absent"}):
        result = monitor(check=True, **options)
        assert (result["changed"], result["id"]) == (True, registered["id"])
    assert monitor(check=True)["changed"] is False
    assert metrist.changes == []


def test_a_back_end_that_lists_needs_no_memory(
    metrist: MetristBackEnd, monitor: Monitor, id_path: Path, ansible: Ansible
) -> None:
    """Everything in one go: each run of the module takes its time."""
    metrist.lists = True
    ansible.set(METRIST_API_URL=metrist.url, METRIST_API_TOKEN=TOKEN)
    first = ansible.module("metrist_monitor", {"run_groups": ["a", "b"]})
    id_path.unlink()
    again = monitor(run_groups=["b", "a"])
    assert (again["changed"], again["id"], again["warnings"]) == (False, first["id"], [])
    changed = monitor(run_groups=["a", "b"], interval_secs=60)
    assert (changed["changed"], list(metrist.registrations)) == (True, [changed["id"]])
    metrist.registrations.clear()
    healed = monitor(run_groups=["a", "b"], interval_secs=60)
    assert (healed["changed"], list(metrist.registrations)) == (True, [healed["id"]])
    other = monitor(run_groups=["c"], id_path=str(id_path.with_name("other.json")))
    assert f"left as they are: {healed['id']};" in other["warnings"][0]
    id_path.unlink()
    assert monitor(state="absent", run_groups=["a", "b"])["changed"] is True
    assert list(metrist.registrations) == [other["id"]]
    assert monitor(state="absent")["changed"] is True
    assert metrist.registrations == {}


@pytest.mark.parametrize(("state", "outcome"), [("present", "exists a second time"), ("absent", "left as it is")])
def test_a_registration_made_elsewhere_is_said(
    metrist: MetristBackEnd, monitor: Monitor, state: str, outcome: str
) -> None:
    metrist.states["awsiam"] = "down"

    [warning] = monitor(state=state)["warnings"]

    assert outcome in warning
    assert "id_path" in warning


def test_a_registration_perhaps_removed_elsewhere_is_said(metrist: MetristBackEnd, monitor: Monitor) -> None:
    registered = monitor()
    metrist.registrations.clear()

    result = monitor()

    assert result["changed"] is False
    [warning] = result["warnings"]
    assert registered["id"] in warning
    assert "removed elsewhere" in warning


def test_each_back_end_has_its_own_registration(metrist: MetristBackEnd, monitor: Monitor) -> None:
    with MetristBackEnd(TOKEN) as other:
        monitor()
        assert monitor(api_url=other.url + "/")["changed"] is True
        assert monitor(state="absent")["changed"] is True
        assert monitor(api_url=other.url)["changed"] is False
        assert (len(metrist.registrations), len(other.registrations)) == (0, 1)


@pytest.mark.once
def test_what_fails_half_way_is_done_by_the_next_run(metrist: MetristBackEnd, monitor: Monitor) -> None:
    monitor()
    metrist.answer("DELETE", 500, "busy")
    assert "HTTP 500" in monitor(state="absent")["msg"]
    metrist.answer("DELETE", 200, "later")
    assert "is not OK" in monitor(state="absent")["msg"]
    metrist.behave()
    metrist.answer("POST", 500, "busy")
    assert "HTTP 500" in monitor(interval_secs=60)["msg"]
    assert metrist.registrations == {}
    metrist.behave()

    result = monitor(interval_secs=60)

    assert result["changed"] is True
    assert list(metrist.registrations) == [result["id"]]


def test_an_answer_that_repeats_the_token_does_not_reach_the_output(metrist: MetristBackEnd, monitor: Monitor) -> None:
    metrist.answer("GET", 500, f"no such token: {TOKEN}")

    result = monitor()

    assert result["failed"] is True
    assert "no such token" in result["msg"]
    assert "exception" not in result


def test_wrong_options_are_said(metrist: MetristBackEnd, monitor: Monitor) -> None:
    assert "interval_secs (0) must be between 1 and 2592000" in monitor(interval_secs=0)["msg"]
    assert "api_url must look like https://metrist.example.com" in monitor(api_url="metrist.example.com")["msg"]
    assert metrist.calls == []


def test_a_playbook_shows_the_diff_and_never_the_token(metrist: MetristBackEnd, ansible: Ansible) -> None:
    ansible.set(METRIST_TEST_TOKEN=TOKEN)
    task = {
        "keyward.iam.metrist_monitor": {
            "api_url": metrist.url,
            "api_token": "{{ lookup('ansible.builtin.env', 'METRIST_TEST_TOKEN') }}",
        }
    }
    run = ansible.playbook([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}], "--diff", "-vvv")

    assert run.code == 0, run.output
    assert "changed=1" in run
    assert "monitor_logical_name" in run
    assert TOKEN not in run
    assert len(metrist.registrations) == 1
