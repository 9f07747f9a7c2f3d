# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""One object of AWX kept as code: what is made of it, left, shown and said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from testbed.fakes.awx import Awx
from testbed.fakes.wavefront import PrivateCa

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Keep = Callable[..., dict[str, Any]]

REPOSITORY = "https://git.example.com/iam.git"
PROJECT = {"scm_type": "git", "scm_url": REPOSITORY}


def test_makes_an_object_once_and_not_in_check_mode(awx: Awx, keep: Keep) -> None:
    planned = keep("inventory", "accounts", check=True, variables={"a": 1}, hosts={"one": {"b": [2]}, "two": None})
    assert awx.changes == []
    made = keep("inventory", "accounts", variables={"a": 1}, hosts={"one": {"b": [2]}, "two": None})
    again = keep("inventory", "accounts", variables={"a": 1}, hosts={"one": {"b": [2]}, "two": None})

    assert [result["changed"] for result in (planned, made, again)] == [True, True, False]
    assert made["id"] == again["id"] == awx.named("inventories", "accounts")["id"]
    assert planned["id"] is None
    assert planned["diff"] == made["diff"]
    assert made["diff"]["after"] == {
        "name": "accounts",
        "organization": "Default",
        "variables": {"a": 1},
        "hosts": {"one": {"b": [2]}, "two": {}},
    }
    assert json.loads(awx.named("hosts", "one")["variables"]) == {"b": [2]}


def test_mends_what_a_person_changed_and_leaves_what_is_theirs(awx: Awx, keep: Keep) -> None:
    keep("inventory", "accounts", variables={"a": 1}, hosts={"one": {}, "two": {}})
    inventory = awx.named("inventories", "accounts")
    inventory["description"] = "By hand"
    inventory["variables"] = "---\n# The same, as AWX's editor may save it.\na: 1\n"
    awx.named("hosts", "two")["variables"] = "region: eu-west-1"
    awx.add("hosts", name="three", inventory=inventory["id"])
    awx.calls.clear()

    mended = keep("inventory", "accounts", variables={"a": 1}, hosts={"one": {}, "two": {}})

    assert mended["diff"]["before"]["hosts"] == {"one": {}, "three": {}, "two": {"region": "eu-west-1"}}
    assert mended["diff"]["before"]["variables"] == {"a": 1}
    assert [change.split("/")[0] for change in awx.changes] == ["DELETE hosts", "PATCH hosts"]
    assert awx.named("inventories", "accounts")["description"] == "By hand"
    assert keep("inventory", "accounts", variables={"a": 1})["changed"] is False


def test_finds_all_pages_and_only_what_is_in_its_organization(awx: Awx, keep: Keep, types: dict[str, int]) -> None:
    other = awx.add("organizations", name="Other")
    awx.add("inventories", name="accounts", organization=other, variables='{"theirs": true}')
    keep("inventory", "accounts", hosts={f"host{number}": {} for number in range(5)})
    awx.page_limit = 2

    assert keep("inventory", "accounts", hosts={f"host{number}": {} for number in range(5)})["changed"] is False
    assert keep("inventory", "accounts", options={"state": "absent"})["changed"] is True
    assert keep("inventory", "accounts", options={"state": "absent"})["changed"] is False
    [left] = awx.objects("inventories")
    assert (left["organization"], left["variables"]) == (other, '{"theirs": true}')

    # Two credentials of one name in one organization differ by their types.
    for kind in ("wavefront_token", "wavefront_csp"):
        awx.add("credentials", name="same", organization=1, credential_type=types[kind], inputs={"url": "https://a"})
    result = keep("credential", "same", credential_type="Keyward Wavefront CSP", inputs={"url": "https://b"})
    assert [each["inputs"]["url"] for each in awx.objects("credentials")] == ["https://a", "https://b"]
    assert result["changed"] is True


def test_secrets_are_given_once_or_again_when_asked_and_never_shown(
    awx: Awx, keep: Keep, types: dict[str, int]
) -> None:
    assert types

    def credential(secret: str, *, again: bool = False, check: bool = False, url: str = "https://a") -> dict[str, Any]:
        result = keep(
            "credential",
            "wavefront",
            options={"secret_inputs": {"api_token": secret}, "update_secrets": again},
            check=check,
            credential_type="Keyward Wavefront token",
            inputs={"url": url},
        )
        assert secret not in json.dumps(result)
        return result

    def kept() -> str:
        return str(awx.named("credentials", "wavefront")["inputs"]["api_token"])

    assert credential("first-secret")["diff"]["after"]["inputs"] == {"url": "https://a", "api_token": "(hidden)"}
    assert credential("second-secret")["changed"] is False
    # The rest of a credential changes without its secret, which AWX goes on keeping.
    assert credential("second-secret", url="https://b")["changed"] is True
    assert kept() == "first-secret"
    assert credential("second-secret", again=True, check=True)["changed"] is True
    assert kept() == "first-secret"
    diff = credential("second-secret", url="https://b", again=True)["diff"]
    assert (diff["before"]["inputs"]["api_token"], diff["after"]["inputs"]["api_token"]) == (
        "(hidden)",
        "(hidden, given again)",
    )
    assert kept() == "second-secret"

    given_openly = {"credential_type": "Keyward Wavefront token", "inputs": {"url": "https://a", "api_token": "x"}}
    for name in ("wavefront", "a-new-one"):
        assert "move it from inputs to secret_inputs" in keep("credential", name, **given_openly)["msg"]


def test_a_project_is_waited_for(awx: Awx, keep: Keep) -> None:
    assert keep("project", "Keyward", **PROJECT)["changed"] is True
    project = awx.named("projects", "Keyward")
    assert project["status"] == "successful"
    assert keep("project", "Keyward", **PROJECT)["changed"] is False

    playbooks = awx.store.repositories.pop(REPOSITORY)
    failed = keep("project", "Keyward", **PROJECT, scm_branch="main")
    assert (
        "could not fetch the project Keyward: its update is failed; its task 'Update project using git' failed: Fai"
        in (failed["msg"])
    )
    assert failed["msg"].endswith("check scm_url, scm_branch and credential")
    # What failed is tried again, also where nothing else is to be changed.
    awx.store.repositories[REPOSITORY] = playbooks
    assert keep("project", "Keyward", **PROJECT, scm_branch="main", check=True)["changed"] is True
    assert keep("project", "Keyward", **PROJECT, scm_branch="main")["changed"] is True
    assert awx.named("projects", "Keyward")["status"] == "successful"

    awx.store.stuck = True
    awx.store.fetch(awx.named("projects", "Keyward"))
    late = keep("project", "Keyward", options={"wait_timeout": 0}, **PROJECT)
    assert "did not fetch the project Keyward in 0 seconds: it is pending" in late["msg"]


def test_a_job_template_has_the_credentials_that_it_names(
    awx: Awx, keep: Keep, project: int, types: dict[str, int]
) -> None:
    inventory = awx.add("inventories", name="Keyward", organization=1)
    for name in ("one", "two"):
        awx.add("credentials", name=name, organization=1, credential_type=types["aws_profiles"])
    definition = {"project": "Keyward", "inventory": "Keyward", "playbook": "collect.yml", "extra_vars": {"a": [1]}}

    made = keep("job_template", "collect", **definition, credentials=["one"], job_slice_count="2")
    changed = keep("job_template", "collect", **definition, credentials=["two"], job_slice_count="2")

    assert made["diff"]["after"]["project"] == "Keyward"
    template = awx.named("job_templates", "collect")
    assert (template["project"], template["inventory"], template["job_slice_count"]) == (project, inventory, 2)
    # AWX refuses a second credential of the same type, so that the first has to go before.
    assert changed["diff"]["before"] == {**made["diff"]["after"], "credentials": ["one"]}
    assert awx.credentials_of("collect") == {"two"}
    assert keep("job_template", "collect", **definition)["changed"] is False

    schedule = {"unified_job_template": "collect", "rrule": "DTSTART:20260101T000000Z RRULE:FREQ=HOURLY;INTERVAL=6"}
    assert keep("schedule", "collect", **schedule)["changed"] is True
    assert keep("schedule", "collect", **schedule, enabled="True")["changed"] is False
    secondly = {**schedule, "rrule": "DTSTART:20260101T000000Z RRULE:FREQ=SECONDLY;INTERVAL=6"}
    assert "rrule: SECONDLY is not supported" in keep("schedule", "collect", **secondly)["msg"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"token": "a-wrong-token"}, "AWX rejected the credentials (HTTP 401 to GET "),
        ({"user": ("admin", "wrong")}, "/organizations/): check username and password"),
        ({"token": "two\nlines"}, "token holds no token"),
        (
            {"token": "a-token-with-the-scope-read"},
            "You do not have permission to perform this action.: check the rights of token",
        ),
        ({"organization": "Nowhere"}, "there is no organization Nowhere: create it first, or use another name"),
        ({"organization": None}, "an object of the kind inventory needs organization"),
        ({"url": "awx.example.com"}, "url must look like https://awx.example.com"),
        ({"url": "https://me:secret@awx"}, "url must not hold a user or a password"),
        ({"url": "http://127.0.0.1:1"}, "cannot be reached: check the address and the network"),
    ],
)
def test_what_keeps_it_out_is_said_in_one_sentence(
    awx: Awx, keep: Keep, options: dict[str, Any], sentence: str
) -> None:
    message = keep("inventory", "accounts", options=options)["msg"]
    assert sentence in message
    assert not any(secret in message for secret in ("wrong", "lines", "secret"))
    assert awx.objects("inventories") == []


def test_what_awx_does_not_take_is_said(awx: Awx, keep: Keep, project: int, types: dict[str, int]) -> None:
    assert project
    assert "AWX does not know colour" in keep("organization", "Other", colour="red")["msg"]
    unknown = keep("job_template", "a", project="Keyward", playbook="nowhere.yml", inventory="accounts")
    assert unknown["msg"].startswith("there is no inventory accounts in the organization Default")
    awx.add("inventories", name="accounts", organization=1)
    unknown = keep("job_template", "a", project="Keyward", playbook="nowhere.yml", inventory="accounts")
    assert "the request failed: playbook: Playbook not found for project. (HTTP 400 to POST" in unknown["msg"]
    lacking = keep("credential", "a", credential_type="Keyward Wavefront token", inputs={})
    assert "the credential type Keyward Wavefront token requires url" in lacking["msg"]
    awx.add("credentials", name="a", organization=1, credential_type=types["aws_profiles"])
    in_use = keep("credential_type", "Keyward AWS profiles", kind="cloud", inputs={"fields": []}, injectors={})
    assert (
        "does not change the inputs of the credential type Keyward AWS profiles while credentials use it: delete the cr"
        in in_use["msg"]
    )
    awx.add("credential_types", name="Keyward AWS profiles", kind="net")
    assert "there are 2 objects" in keep("credential_type", "Keyward AWS profiles", kind="cloud")["msg"]
    elsewhere = keep("inventory", "accounts", options={"url": f"{awx.url}/somewhere"})
    assert "there is no API of AWX here: check url" in elsewhere["msg"]
    awx.moved_to = "https://awx.example.com"
    moved = keep("inventory", "accounts")
    assert (
        "AWX redirected the request to https://awx.example.com/api/v2/organizations/: set url to https://awx.exa"
        in (moved["msg"])
    )


def test_a_user_and_a_private_ca(keep: Keep, tmp_path: Path) -> None:
    ca = PrivateCa(tmp_path)
    with Awx(tls=ca) as awx:
        options = {"url": f"{awx.url}/api/", "user": awx.user}
        assert "TLS verification failed: check ca_path" in keep("inventory", "a", options=options)["msg"]
        trusting = {**options, "connection": HttpOptions(ca_path=str(ca.ca_path))}
        assert keep("inventory", "a", options=trusting)["changed"] is True
        assert len(awx.objects("inventories")) == 1
