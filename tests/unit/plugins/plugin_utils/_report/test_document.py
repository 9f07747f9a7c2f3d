# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.document import SCHEMA, json_text
from ansible_collections.keyward.iam.plugins.plugin_utils._report.history import History
from ansible_collections.keyward.iam.plugins.plugin_utils._report.model import build
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import HostResult
from testbed.scenarios.results import NOW, access_key, collected, many, probed
from tools.checkout import ROOT

KEY = access_key("alice", 200, tags={"owner": "payments"})
WITHOUT_REPORT = collected(KEY)
WITHOUT_REPORT["profiles"][0]["credential_report_error"] = "access denied"


def document(*results: dict[str, Any], show_key_ids: bool = False) -> Any:
    sources = [HostResult("h", result) for result in results]
    return json.loads(json_text(build(sources, "Keys", History(), NOW), show_key_ids=show_key_ids))


@pytest.mark.parametrize(
    "results",
    [
        (collected(),),
        (many(40), probed()),
        (WITHOUT_REPORT,),
        (collected(KEY, failed={"profile": "audit", "error": "denied"}), {"msg": "boto3 is missing"}),
        (probed("down", status="failed", error="throttled"),),
    ],
)
def test_the_schema_in_the_docs_holds(results: tuple[dict[str, Any], ...]) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    assert schema["properties"]["schema"]["const"] == SCHEMA
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document(*results))


def test_a_key_has_what_the_module_returned_and_what_it_means() -> None:
    [key] = document(collected(KEY))["access_keys"]
    shown = {name: key[name] for name in ("standing", "owner", "next_step", "profiles", "age_days", "key")}
    assert shown == {
        "standing": "expired",
        "owner": "payments",
        "next_step": "rotate",
        "profiles": ["production"],
        "age_days": 200,
        "key": KEY["access_key_id"][-5:],
    }
    assert "access_key_id" not in key


def test_ids_are_whole_only_where_they_are_asked_for() -> None:
    result = {**collected(KEY), "credentials": [{"type": "ssh_key", "id": "APKAEXAMPLE12345"}]}
    assert KEY["access_key_id"] not in json.dumps(document(result))
    assert document(result)["credentials"][0]["id"] == "12345"
    whole = document(result, show_key_ids=True)
    assert whole["access_keys"][0]["access_key_id"] == KEY["access_key_id"]
    assert whole["credentials"][0]["id"] == "APKAEXAMPLE12345"
