# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A response of AWS's form that lacks what AWS's has is what another server gave, and no fault of this collection."""

from __future__ import annotations

import re
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import explain
from ansible_collections.keyward.iam.plugins.module_utils._aws.responses import refuse_unreadable

USER = {"Arn": "a", "CreateDate": 1, "Path": "/", "UserId": "AIDA", "UserName": "alice"}
DETAIL = {"Arn": "a", "Tags": [{"Key": "k"}]}


@pytest.mark.parametrize(
    ("operation", "response", "missing"),
    [
        *(
            (
                "ListUsers",
                {"Users": [USER, {key: value for key, value in USER.items() if key != name}]},
                f"Users .* {name}",
            )
            for name in USER
        ),
        ("ListAccessKeys", {"AccessKeyMetadata": [{}]}, "AccessKeyMetadata without AccessKeyId"),
        ("GetCallerIdentity", {}, "GetCallerIdentity without Arn"),
        ("GetPolicy", {"Policy": {}}, "Policy without IsAttachable"),
        ("GetAccountAuthorizationDetails", {"UserDetailList": [DETAIL]}, "Tags without Value"),
    ],
)
def test_what_lacks_something_is_not_aws_s(operation: str, response: dict[str, Any], missing: str) -> None:
    model = mock.Mock()
    model.name = operation
    with pytest.raises(ClientError) as raised:
        refuse_unreadable({**response, "ResponseMetadata": {"HTTPStatusCode": 200}}, model)
    details = explain(raised.value)
    assert details.traceback is None
    assert "what answered is not AWS: HTTP 200, it says " in details.sentence
    assert re.search(missing, details.sentence)


@pytest.mark.parametrize(
    ("operation", "response"),
    [
        ("ListUsers", {"Users": [USER]}),
        ("ListUsers", {"Users": []}),
        ("ListUsers", {"Error": {"Code": "AccessDenied"}}),
        ("GetCallerIdentity", {"Error": {"Code": "AccessDenied"}}),
        ("CreateUser", {}),
    ],
)
def test_what_is_whole_passes(operation: str, response: dict[str, Any]) -> None:
    model = mock.Mock()
    model.name = operation
    refuse_unreadable(response, model)
