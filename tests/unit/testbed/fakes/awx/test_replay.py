# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The stand-in for AWX answers what AWX 24.6.1 answered, request by request and field by field."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import requests

from testbed.fakes.awx import Awx
from testbed.fakes.awx.models import MODELS, RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterator

Exchange = dict[str, Any]

REPOSITORY = "http://awx.example.com/iam-jobs.git"
# Moments, numbers of AWX's own, and what a project's update left behind.
VOLATILE = frozenset({
    "created", "modified", "id", "url", "related", "dtstart", "dtend", "next_run", "timezone", "until", "local_path",
    "last_job_run", "last_job_failed", "last_update_failed", "last_updated", "next_job_run", "scm_revision", "status",
    "total_hosts", "summary_fields",
})  # fmt: skip

MANAGED = ((1, "Machine", "ssh", "username"), (19, "Ansible Galaxy/Automation Hub API Token", "galaxy", "url"))


def _exchanges() -> list[Exchange]:
    text = gzip.decompress((RECORDED / "exchanges.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


class Replay:
    """One recorded session, in which later requests speak of what earlier ones made."""

    def __init__(self, awx: Awx) -> None:
        self._awx = awx
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {awx.token}"
        self._ids: dict[str, int] = {}
        """In the stand-in, by the names that requests have for them."""
        self._recorded_ids: dict[tuple[str, int], int] = {}
        """In the stand-in, by list and id in AWX."""

    def differences(self, exchange: Exchange) -> list[str]:
        if "and pause" in exchange["name"]:
            self._awx.store.let_time_pass()
        for project in self._awx.objects("projects"):
            for _look in range(2):
                self._awx.store.look("projects", project["id"])
        response = self._session.request(
            exchange["method"],
            f"{self._awx.url}/api/v2/{self._filled(exchange['path'])}",
            json=None if exchange["body"] is None else json.loads(self._filled(json.dumps(exchange["body"]))),
            timeout=30,
        )
        if response.status_code != exchange["status"]:
            return [f"status {response.status_code}, not {exchange['status']}: {response.text[:200]}"]
        recorded = exchange["answer"]
        if recorded is None:
            return [] if not response.content else [f"an answer: {response.text[:200]}"]
        if isinstance(recorded, str):
            return [] if "<h1>" in recorded and "<h1>" in response.text else [f"no page: {response.text[:200]}"]
        answer = response.json()
        if recorded.get("type") == "project_update":
            return [] if answer["project_update"] else [f"no update: {answer}"]
        if exchange["method"] == "POST" and "type" in recorded and "url" in recorded and "id" in answer:
            self._recorded_ids[_list_of(recorded), recorded["id"]] = answer["id"]
            self._ids[exchange.get("saved_as", "")] = answer["id"]
        return list(self._compared(recorded, answer))

    def _compared(self, recorded: Any, answer: Any) -> Iterator[str]:
        for name in sorted((recorded.keys() | answer.keys()) - VOLATILE):
            if name == "results":
                for one, other in zip(recorded[name], answer[name], strict=True):
                    yield from self._compared(one, other)
            elif name not in recorded or name not in answer:
                yield f"{name} only in {'AWX' if name in recorded else 'the stand-in'}"
            elif self._own(recorded, name) != answer[name]:
                yield f"{name} {answer[name]!r}, not {self._own(recorded, name)!r}"
        for name in _references(recorded):
            shown = answer["summary_fields"].get(name, {}).get("name")
            if (recorded["summary_fields"].get(name) or {}).get("name") != shown:
                yield f"the summary of {name} is {shown!r}"

    def _own(self, recorded: Any, name: str) -> Any:
        """A field of AWX's answer, with ids of the stand-in."""
        if name in _references(recorded) and recorded[name] is not None:
            target = MODELS[_list_of(recorded)].references[name]
            return self._recorded_ids.get((target, recorded[name]), recorded[name])
        return recorded[name]

    def _filled(self, text: str) -> str:
        in_json = re.sub(r'"\$(?!encrypted)(\w+)"', lambda found: str(self._ids[found[1]]), text)
        return re.sub(r"\$\{(\w+)\}", lambda found: str(self._ids[found[1]]), in_json)


def _list_of(recorded: Any) -> str:
    return str(recorded["url"].split("/")[3])


def _references(recorded: Any) -> list[str]:
    path = _list_of(recorded) if "type" in recorded and "url" in recorded else ""
    return [name for name in MODELS[path].references if name in recorded] if path in MODELS else []


@pytest.mark.once
@pytest.mark.parametrize("scenario", sorted({exchange["scenario"] for exchange in _exchanges()}))
def test_it_answers_as_awx_did(scenario: str) -> None:
    with Awx(repositories={REPOSITORY: ["collect.yml", "probe.yml"]}) as awx:
        _add_what_awx_brings(awx)
        replay = Replay(awx)
        different = {}
        for number, exchange in enumerate(_exchanges()):
            if exchange["scenario"] == scenario and (found := replay.differences(exchange)):
                different[f"{number} {exchange['name']}"] = found
    assert different == {}


def test_its_objects_have_the_fields_that_awx_tells_of() -> None:
    options = json.loads((RECORDED / "options.json").read_text("utf-8"))
    for path, model in MODELS.items():
        about = options[path]
        # What is only sent, and never shown.
        assert model.fields.keys() == about["POST"].keys() - {"user", "team"}
        shown = {
            *model.fields,
            *model.read_only,
            "id",
            "type",
            "url",
            "related",
            "summary_fields",
            "created",
            "modified",
        }
        assert shown - {"status"} == set(about["GET"]) - {"status"}, path


def _add_what_awx_brings(awx: Awx) -> None:
    types, credentials = awx.store.kept["credential_types"], awx.store.kept["credentials"]
    for number, name, kind, field in MANAGED:
        given = {"id": number, "name": name, "kind": kind, "inputs": {"fields": [{"id": field, "label": field}]}}
        types[number] = {**MODELS["credential_types"].read_only, "description": "", **given, "managed": True}
    usual = {**MODELS["credentials"].read_only, **MODELS["credentials"].defaults}
    credentials[1] = {**usual, "id": 1, "name": "Demo Credential", "credential_type": 1}
    credentials[1] |= {"kind": "ssh", "inputs": {"username": "admin"}}
    credentials[2] = {**usual, "id": 2, "name": "Ansible Galaxy", "credential_type": 19, "managed": True}
    credentials[2] |= {"kind": "galaxy_api_token", "inputs": {"url": "https://galaxy.ansible.com/"}}
