# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The templates of the role in each account give the rights of the collector's policy, and no others."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from testbed.drivers.permissions import document
from tools.checkout import ROOT

ORGANIZATION = ROOT / "examples" / "organization"
STATEMENTS = {
    statement["Sid"]: (statement["Action"], statement["Resource"])
    for statement in json.loads(document("collector", "111122223333"))["Statement"]
}


def test_the_stack_set_gives_the_rights_of_the_collector() -> None:
    template = yaml.safe_load((ORGANIZATION / "collector-role.yml").read_text())
    role = template["Resources"]["CollectorRole"]["Properties"]
    [policy] = role["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    assert {each["Sid"]: (each["Action"], each["Resource"]) for each in statements} == STATEMENTS
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": {"Ref": "TrustedArn"}}
    assert trust["Action"] == "sts:AssumeRole"
    [_condition, with_id, without] = trust["Condition"]["Fn::If"]
    assert with_id == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    assert without == {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize("arn", ["arn:aws:iam::111122223333:user/x", "arn:aws-cn:iam::111122223333:role/a/b"])
def test_only_one_identity_can_be_trusted(arn: str) -> None:
    template = yaml.safe_load((ORGANIZATION / "collector-role.yml").read_text())
    pattern = template["Parameters"]["TrustedArn"]["AllowedPattern"]
    assert re.fullmatch(pattern, arn)
    assert not re.fullmatch(pattern, "*")
    assert not re.fullmatch(pattern, "arn:aws:iam::111122223333:root")


def test_terraform_gives_the_rights_of_the_collector() -> None:
    text = (ORGANIZATION / "collector-role.tf").read_text()
    found = re.findall(r'sid\s+= "(\w+)"\s+actions\s+= (\[[^\]]*\])\s+resources\s+= \["([^"]*)"\]', text)
    assert {sid: (json.loads(actions), resource) for sid, actions, resource in found} == STATEMENTS
    assert text.count("{") == text.count("}")
