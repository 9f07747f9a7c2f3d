# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The templates of the role in each account give the rights of the collector's policy, and no others."""

from __future__ import annotations

import json
import re
from typing import Any

import hcl2
import pytest
import yaml

from testbed.drivers.permissions import document
from tools.checkout import ROOT

ORGANIZATION = ROOT / "examples" / "organization"
OPTIONAL_RIGHTS = re.findall(
    r"^\| `(iam:\w+)`",
    (ROOT / "docs" / "permissions.md").read_text().split("\n## Rights for some options\n")[1].split("\n## ")[0],
    re.MULTILINE,
)
REQUIRED, OPTIONAL = (
    {
        statement["Sid"]: (statement["Action"], statement["Resource"])
        for statement in json.loads(document("collector", "111122223333", optional_rights=rights))["Statement"]
    }
    for rights in ([], OPTIONAL_RIGHTS)
)
NONE = {"Ref": "AWS::NoValue"}


def test_the_stack_set_gives_the_rights_of_the_collector() -> None:
    template = yaml.safe_load((ORGANIZATION / "collector-role.yml").read_text())
    role = template["Resources"]["CollectorRole"]["Properties"]
    [policy] = role["Policies"]
    *statements, choice = policy["PolicyDocument"]["Statement"]
    [condition, optional, without] = choice["Fn::If"]
    assert (condition, without) == ("HasOptionalRights", NONE)
    assert rights_of(statements) == REQUIRED
    assert rights_of([*statements, optional]) == OPTIONAL
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": {"Ref": "TrustedArn"}}
    assert trust["Action"] == "sts:AssumeRole"
    [_condition, with_id, without] = trust["Condition"]["Fn::If"]
    assert with_id == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    assert without == NONE


def rights_of(statements: list[dict[str, Any]]) -> dict[str, tuple[list[str], str]]:
    return {each["Sid"]: (each["Action"], each["Resource"]) for each in statements}


@pytest.mark.parametrize("arn", ["arn:aws:iam::111122223333:user/x", "arn:aws-cn:iam::111122223333:role/a/b"])
def test_only_one_identity_can_be_trusted(arn: str) -> None:
    template = yaml.safe_load((ORGANIZATION / "collector-role.yml").read_text())
    pattern = template["Parameters"]["TrustedArn"]["AllowedPattern"]
    assert re.fullmatch(pattern, arn)
    assert not re.fullmatch(pattern, "*")
    assert not re.fullmatch(pattern, "arn:aws:iam::111122223333:root")


def test_terraform_gives_the_rights_of_the_collector() -> None:
    with (ORGANIZATION / "collector-role.tf").open() as file:
        documents = json.loads(json.dumps(hcl2.load(file)).replace('\\"', ""))["data"]
    [policy] = [each["aws_iam_policy_document"]["collector"] for each in documents if "collector" in str(each)]
    statements = {each["sid"]: (each["actions"], *each["resources"]) for each in policy["statement"]}
    assert statements == REQUIRED
    [dynamic] = policy["dynamic"]
    assert dynamic["statement"]["for_each"] == "${var.optional_rights ? [ReadWhatOptionsAskFor] : []}"
    [optional] = dynamic["statement"]["content"]
    assert statements | {"ReadWhatOptionsAskFor": (optional["actions"], *optional["resources"])} == OPTIONAL
