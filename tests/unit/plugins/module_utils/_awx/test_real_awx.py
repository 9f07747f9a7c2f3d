# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a real AWX does and its documents do not tell: each with what the module makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._awx import lookup
from ansible_collections.keyward.iam.plugins.module_utils._awx.fields import is_set_by_awx, kind_of
from ansible_collections.keyward.iam.plugins.module_utils._awx.kinds import KINDS
from testbed.fakes.awx.models import MODELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.fakes.awx import Awx

    Keep = Callable[..., dict[str, Any]]

REPOSITORY = "https://git.example.com/iam.git"
RULE = "DTSTART:20260101T000000Z RRULE:FREQ=HOURLY;INTERVAL={}"


@pytest.fixture
def template(awx: Awx, project: int) -> dict[str, Any]:
    """The definition of a job template that can be made."""
    awx.add("inventories", name="accounts", organization=1)
    assert project
    return {"project": "Keyward", "inventory": "accounts", "playbook": "collect.yml"}


def test_the_fields_are_those_that_awx_tells_of() -> None:
    kinds = {"integer": "number", "boolean": "boolean", "string": "text", "object": "object", "json": "object"}
    for about in KINDS.values():
        model = MODELS[about.path]
        assert about.references.keys() - set(about.derived) == model.references.keys() - set(about.derived), about.path
        for name, field in model.fields.items():
            if field.type not in {"id", "choice"}:
                assert kind_of(name) == kinds[field.type], (about.path, name)
            assert not is_set_by_awx(name)
        own = {*model.read_only, "id", "type", "url", "created", "modified"} - {"kind", "organization"}
        own -= {"last_job", "last_job_host_summary", "ansible_facts_modified"}
        assert all(is_set_by_awx(name) for name in own), about.path


def test_objects_of_one_name_in_two_organizations_are_told_apart(
    awx: Awx, keep: Keep, template: dict[str, Any], types: dict[str, int]
) -> None:
    other = awx.add("organizations", name="Other")
    credential = {"name": "aws", "credential_type": types["aws_profiles"]}
    ours, theirs = (awx.add("credentials", organization=each, **credential) for each in (1, other))
    their_inventory = awx.add("inventories", name="accounts", organization=other)
    keep("job_template", "collect", **template, credentials=["aws"])
    keep("schedule", "often", unified_job_template="collect", rrule=RULE.format(6), inventory="accounts")
    made = awx.named("job_templates", "collect")
    awx.store.credentials_of[made["id"]] = [theirs]
    made["inventory"] = awx.named("schedules", "often")["inventory"] = their_inventory

    mended = keep("job_template", "collect", **template, credentials=["aws"])

    assert mended["diff"]["before"]["credentials"] == [f"aws (id {theirs})"]
    assert mended["diff"]["before"]["inventory"] == f"accounts (id {their_inventory})"
    assert awx.store.credentials_of[made["id"]] == [ours]
    assert awx.named("job_templates", "collect")["inventory"] != their_inventory
    assert keep("job_template", "collect", **template, credentials=["aws"])["changed"] is False
    schedule = {"unified_job_template": "collect", "rrule": RULE.format(6), "inventory": "accounts"}
    assert keep("schedule", "often", **schedule)["changed"] is True
    assert awx.named("schedules", "often")["inventory"] != their_inventory
    # A schedule without an inventory shows that of its job template.
    awx.named("schedules", "often")["inventory"] = None
    assert keep("schedule", "often", **schedule)["changed"] is True


@pytest.mark.parametrize("interval", [0, -1, "", "many", "1.5", "+2", "00"])
def test_an_interval_that_keeps_the_scheduler_busy_is_not_sent(
    awx: Awx, keep: Keep, template: dict[str, Any], interval: Any
) -> None:
    keep("job_template", "collect", **template)
    awx.calls.clear()
    result = keep("schedule", "often", unified_job_template="collect", rrule=RULE.format(interval))
    assert "INTERVAL of rrule in the definition must be a whole number of at least 1" in result["msg"]
    assert awx.changes == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (RULE.format(5), "use an INTERVAL that divides 24"),
        (RULE.format(36), "use an INTERVAL that divides 24"),
        (RULE.format(7).replace("HOURLY", "MINUTELY"), "use an INTERVAL that divides 60"),
        (RULE.format(90).replace("HOURLY", "MINUTELY"), "use an INTERVAL that divides 60"),
        (RULE.format(6), ""),
        (RULE.format(24), ""),
        (RULE.format(5).replace("HOURLY", "DAILY"), ""),
        (RULE.format(30).replace("HOURLY", "MINUTELY"), ""),
    ],
)
def test_intervals_that_awx_counts_anew_are_said(
    keep: Keep, template: dict[str, Any], rule: str, sentence: str
) -> None:
    keep("job_template", "collect", **template)
    warning = keep("schedule", "often", unified_job_template="collect", rrule=rule)["warning"]
    assert sentence in warning
    assert bool(sentence) == bool(warning)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_slice_count", -1), ("job_slice_count", 2.5), ("job_slice_count", "many"), ("job_slice_count", True),
        ("timeout", -5), ("timeout", 2**31), ("forks", float("inf")), ("verbosity", 9), ("verbosity", [1]),
        ("diff_mode", "perhaps"), ("diff_mode", 2), ("limit", ["a"]), ("limit", {"a": 1}), ("credentials", "text"),
        ("credentials", [["a"]]), ("credentials", {"a": 1}), ("extra_vars", "a: 1"), ("extra_vars", ["a"]),
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_one_sentence(
    awx: Awx, keep: Keep, template: dict[str, Any], field: str, value: Any
) -> None:
    result = keep("job_template", "collect", **{**template, field: value})
    assert result["msg"].startswith(f"{field} in the definition must be ")
    assert awx.objects("job_templates") == []


@pytest.mark.parametrize(
    ("kind", "definition", "sentence"),
    [
        ("inventory", {"hosts": ["h1"]}, "hosts in the definition must be a dictionary, not a list"),
        ("inventory", {"hosts": {"h1": ["a"]}}, "hosts.h1 in the definition must be a dictionary of variables"),
        ("inventory", {"hosts": {"h3:22": {}}}, "AWX takes what follows a colon for a port"),
        ("inventory", {"hosts": {" ": {}}}, "is no name of a host"),
        ("inventory", {"variables": "a: 1"}, "variables in the definition must be a dictionary"),
        ("inventory", {"organization": "Other"}, "organization in the definition differs from the option"),
        ("inventory", {"name": "b"}, "name in the definition differs from the option name"),
        ("inventory", {"total_hosts": 3}, "AWX sets total_hosts itself: remove it from the definition"),
        ("project", {"status": "successful"}, "AWX sets status itself"),
        ("project", {"id": 3}, "AWX sets id itself"),
        ("credential_type", {"kind": "cloud", "inputs": ["a"]}, "inputs in the definition must be a dictionary"),
        ("credential", {"credential_type": "Keyward Wavefront token", "inputs": "a"}, "inputs in the definition must"),
        ("credential", {"credential_type": "Keyward Wavefront token", "inputs": {"url": ["a"]}}, "inputs.url in the d"),
        ("credential", {"credential_type": "Keyward Wavefront token", "user": "me"}, "user in the definition is not"),
        ("execution_environment", {"image": {"a": 1}}, "image in the definition must be text, not a dictionary"),
    ],
)
def test_the_inside_of_a_definition_has_types(
    awx: Awx, keep: Keep, types: dict[str, int], kind: str, definition: dict[str, Any], sentence: str
) -> None:
    assert types
    made = len(awx.objects(KINDS[kind].path))
    assert sentence in keep(kind, "a", **definition)["msg"]
    assert len(awx.objects(KINDS[kind].path)) == made


def test_what_awx_normalises_is_no_change(keep: Keep, template: dict[str, Any], types: dict[str, int]) -> None:
    assert types
    given: list[tuple[str, str, dict[str, Any]]] = [
        ("job_template", " collect ", {
            **template, "description": " d\n", "diff_mode": "yes", "become_enabled": "off", "job_slice_count": "3",
            "timeout": "900", "verbosity": "1", "limit": None, "ask_limit_on_launch": "True", "forks": 5.0,
            "extra_vars": {"a": None, "b": [1]},
        }),
        ("schedule", "often", {
            "unified_job_template": "collect", "rrule": RULE.format(6).replace(" ", "\n") + "\n", "enabled": "1",
        }),
        ("inventory", "more", {"hosts": {" h4 ": None, "h5": {"a": None}}, "variables": {}}),
        ("credential", "token", {
            "credential_type": "Keyward Wavefront token", "inputs": {"url": "https://a", "ca_certificates": None},
        }),
        ("credential_type", "Theirs", {
            "kind": "cloud", "inputs": {"fields": [{"id": "x", "label": "X"}]}, "injectors": {},
        }),
        ("execution_environment", "ee", {"image": " registry.example.com/ee:1 ", "pull": ""}),
    ]  # fmt: skip
    for kind, name, definition in given:
        assert keep(kind, name, **definition)["changed"] is True, kind
        again = keep(kind, name, **definition)
        assert again["changed"] is False, (kind, again["diff"])


def test_an_inventory_that_awx_is_deleting_is_waited_for(awx: Awx, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_PAUSE_SECONDS", 0.01)
    keep("inventory", "accounts")
    first = awx.named("inventories", "accounts")["id"]
    awx.store.looks_until_deleted = 3
    keep("inventory", "accounts", options={"state": "absent"})
    assert awx.named("inventories", "accounts")["pending_deletion"] is True

    made = keep("inventory", "accounts")

    assert made["changed"] is True
    assert [each["id"] for each in awx.objects("inventories")] == [made["id"]] != [first]
    awx.store.looks_until_deleted = 1000
    keep("inventory", "accounts", options={"state": "absent"})
    late = keep("inventory", "accounts", options={"wait_timeout": 0})
    assert "AWX is still deleting the inventory accounts after 0 seconds" in late["msg"]


@pytest.mark.parametrize(
    ("task", "advice"),
    [
        ("Fetch galaxy collections from collections/requirements.(yml/yaml)", "the Galaxy credentials that its requir"),
        ("Update project using git", "check scm_url, scm_branch and credential"),
    ],
)
def test_a_failed_update_names_its_task(awx: Awx, keep: Keep, task: str, advice: str) -> None:
    awx.store.unfetchable.add(REPOSITORY)
    awx.store.sync_failure = (task, "ERROR! \x1b[31mfailed")
    message = keep("project", "Keyward", scm_type="git", scm_url=REPOSITORY)["msg"]
    assert f"its task '{task}' failed: ERROR! \\x1b[31mfailed" in message
    assert advice in message


def test_in_check_mode_only_what_is_planned_may_be_missing(awx: Awx, keep: Keep, template: dict[str, Any]) -> None:
    planned = {"planned_objects": ["Planned", "collect"]}
    for field, name in (("execution_environment", "ee"), ("project", "theirs"), ("inventory", "none")):
        missing = keep("job_template", "collect", check=True, options=planned, **{**template, field: name})
        assert f"there is no {field.replace('_', ' ')} {name}" in missing["msg"]
    nowhere = keep("inventory", "a", check=True, options={**planned, "organization": "Nowhere"})
    assert "there is no organization Nowhere" in nowhere["msg"]
    nothing = keep("job_template", "collect", check=True, options=planned, **template, credentials=["x"])
    assert "there is no credential x in the organization Default" in nothing["msg"]
    assert keep("job_template", "collect", check=True, options=planned, **{**template, "project": "Planned"})["changed"]
    assert keep("job_template", "collect", check=True, **{**template, "project": "any"})["changed"]
    assert awx.changes == []


def test_an_execution_environment_of_another_organization_is_named(awx: Awx, keep: Keep) -> None:
    other = awx.add("organizations", name="Other")
    awx.add("execution_environments", name="Keyward", organization=other, image="a/b:1")
    message = keep("execution_environment", "Keyward", organization="Default", image="a/b:1")["msg"]
    assert "the execution environment Keyward belongs to the organization Other" in message
    assert "use another name" in message
    assert keep("execution_environment", "Keyward", image="a/b:2")["changed"] is True


def test_a_credential_type_in_use_that_changes_is_refused_with_the_steps(
    awx: Awx, keep: Keep, types: dict[str, int]
) -> None:
    awx.add("credentials", name="ours", organization=1, credential_type=types["aws_profiles"])
    definition = {"kind": "cloud", "inputs": {"fields": [{"id": "x", "label": "X"}]}, "injectors": {}}
    for check in (True, False):
        message = keep("credential_type", "Keyward AWS profiles", check=check, **definition)["msg"]
        assert "delete the credentials ours in AWX, then run this again with their secrets" in message
    awx.store.remove("credentials", awx.named("credentials", "ours")["id"])
    assert keep("credential_type", "Keyward AWS profiles", **definition)["changed"] is True


@pytest.mark.parametrize("path", ["", "/", "/api", "/api/", "/api/v2", "/api/v2/"])
def test_an_address_as_it_is_pasted(awx: Awx, keep: Keep, path: str) -> None:
    assert keep("organization", "Default", check=True, options={"url": f" {awx.url}{path}"})["changed"] is False


def test_pages_that_do_not_end_are_left(awx: Awx, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("inventory", "accounts", hosts={"a": {}})

    def endless(path: str, found: Any, _request: Any) -> dict[str, Any]:
        return {"count": 1, "next": "/more", "previous": None, "results": [{"id": 1, "name": path}, *list(found)[:0]]}

    monkeypatch.setattr(awx, "_page", endless)
    assert "do not end: the same objects come again" in keep("inventory", "accounts")["msg"]


def test_a_secret_of_a_request_is_not_shown_by_its_refusal(
    awx: Awx, keep: Keep, types: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert types
    secret = 'a-"secret" with\nodd <characters>'
    quoting = type(awx)._do

    def do(self: Awx, method: str, steps: list[str], content: Any, request: Any) -> tuple[int, Any]:
        if method == "POST":
            return 400, {"inputs": [f"{json.dumps(content)} is wrong"]}
        return quoting(self, method, steps, content, request)

    monkeypatch.setattr(type(awx), "_do", do)
    result = keep(
        "credential",
        "token",
        options={"secret_inputs": {"api_token": secret}},
        credential_type="Keyward Wavefront token",
        inputs={"url": "https://a"},
    )
    assert "the request failed: inputs: " in result["msg"]
    assert "secret" not in result["msg"]
