# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._aws.errors import UserError
from ansible_collections.keyward.iam.plugins.module_utils._metrist import configuration
from ansible_collections.keyward.iam.plugins.module_utils._metrist.protocol import ProtocolError

WHOLE = {"AWSAccessKeyId": "AKIA0", "AWSSecretAccessKey": "a-secret", "AWSRegion": "eu-west-1", "Namespace": "lab"}


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION"):
        monkeypatch.delenv(f"METRIST_AWS_{name}", raising=False)
        monkeypatch.delenv(f"METRIST_AWSIAM_A_W_S_{name}", raising=False)
    monkeypatch.delenv("METRIST_NAMESPACE", raising=False)
    monkeypatch.delenv("METRIST_AWSIAM_NAMESPACE", raising=False)


def test_a_whole_configuration() -> None:
    connection, namespace = configuration.resolve({**WHOLE, "Namespace": " lab\n"})
    assert (connection.access_key_id, connection.secret_access_key) == ("AKIA0", "a-secret")
    assert (connection.region, namespace) == ("eu-west-1", "lab")


def test_without_keys_those_of_aws_count() -> None:
    connection, _namespace = configuration.resolve({"Namespace": "lab"})
    assert (connection.access_key_id, connection.secret_access_key, connection.region) == (None, None, None)


def test_the_variable_for_this_monitor_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRIST_NAMESPACE", "all")
    monkeypatch.setenv("METRIST_AWSIAM_NAMESPACE", "ours")
    assert configuration.resolve(WHOLE).namespace == "ours"


@pytest.mark.parametrize("name", ["Namespace", "AWSAccessKeyId", "AWSSecretAccessKey"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_setting_that_is_missing_is_named(name: str, value: str | None) -> None:
    with pytest.raises(UserError, match=f"^{name} is not set: .*set {name} in the orchestrator's .* or METRIST_AWS"):
        configuration.resolve({**WHOLE, name: value})


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize(
    "value", ["<<ERROR: no such secret>>", " <<ERROR>>", "<<unset>>", "@secret:aws:/awsiam#key@", "@env:AWS_KEY@"]
)
def test_a_placeholder_is_told_by_the_name_of_its_setting(name: str, value: str) -> None:
    with pytest.raises(UserError, match=f"^{name} holds a placeholder that was not replaced: set {name} in ") as caught:
        configuration.resolve({**WHOLE, name: value})
    assert value not in str(caught.value)


def test_a_placeholder_in_a_variable_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRIST_AWS_REGION", "<<ERROR>>")
    with pytest.raises(UserError, match=r"^METRIST_AWS_REGION holds a placeholder"):
        configuration.resolve(WHOLE)


@pytest.mark.parametrize("value", [42, ["lab"], {"a": 1}, True])
def test_what_is_no_string_is_refused(value: Any) -> None:
    with pytest.raises(UserError, match=r"^Namespace is not a string"):
        configuration.resolve({**WHOLE, "Namespace": value})


@pytest.mark.parametrize("text", ["", "42", "null", "{'AWSSecretAccessKey': 'topsecret'", "[1]", 100_000 * "["])
def test_what_is_no_configuration_is_not_quoted(text: str) -> None:
    with pytest.raises(ProtocolError, match=r"^the configuration is no JSON object$"):
        configuration.parse(text)
