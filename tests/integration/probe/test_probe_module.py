# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The module as Ansible runs it: options, credentials, check mode, states over time, and its documentation."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.keyward.iam.plugins.module_utils._probe.result import StepResult
from ansible_collections.keyward.iam.plugins.module_utils._probe.settings import ProbeSettings
from ansible_collections.keyward.iam.plugins.modules import probe as module
from testbed.drivers.probes import ACTIONS, USER_PATH, add_policy, remaining
from testbed.drivers.runs import Ansible
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from pathlib import Path

    from testbed.fakes.aws import Account, AwsEndpoint

ANSIBLES_OWN = {"failed", "invocation", "msg", "warnings", "deprecations", "changed"}


def run(ansible: Ansible, check_mode: bool = False, **arguments: Any) -> dict[str, Any]:  # noqa: FBT001, FBT002
    result = ansible.module("probe", {"namespace": "lab", **arguments}, check_mode=check_mode)
    assert "exception" not in result
    return result


def test_a_result(home: Ansible, account: Account) -> None:
    result = run(home)
    assert [step["name"] for step in result["steps"]] == list(ACTIONS)
    assert {(step["status"], step["state"], step["attempts"]) for step in result["steps"]} == {("ok", "up", 1)}
    expected = {
        "state": "up",
        "swept": [],
        "leftovers": [],
        "account_id": account.id,
        "region": "us-east-1",
        "namespace": "lab",
        "profile": "default",
        "changed": False,
    }
    assert {name: result[name] for name in expected} == expected
    assert result["warnings"] == []


def test_a_failed_step_fails_the_task_and_the_result_holds_everything(
    aws: AwsEndpoint, home: Ansible, account: Account
) -> None:
    account.add_user("testuser-lab-0123456789ab", path=USER_PATH, age_days=1)
    aws.faults.error("DetachUserPolicy", "ServiceFailure", times=1)
    account.deny("CreateGroup")
    result = run(home)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["swept"] == ["testuser-lab-0123456789ab"]
    assert len(result["steps"]) == 8
    denied, failed = result["msg"].split("; ")
    assert denied.startswith(
        "CreateGroup cannot work: access denied: allow iam:CreateGroup to this identity, which the playbook "
        "keyward.iam.bootstrap does (AWS: User: "
    )
    assert failed == (
        "DetachPolicy failed: DetachUserPolicy failed with ServiceFailure: "
        "The request processing has failed because of an unknown error, exception or failure."
    )
    assert result["state"] == "misconfigured"


def test_the_second_failure_in_a_row_makes_a_step_down(aws: AwsEndpoint, home: Ansible) -> None:
    aws.faults.error("AddUserToGroup", "ServiceFailure", times=2)
    assert [run(home)["steps"][2]["state"] for _run in range(2)] == ["up", "down"]


def test_without_history_the_states_tell_of_one_run(aws: AwsEndpoint, home: Ansible) -> None:
    aws.faults.error("AddUserToGroup", "ServiceFailure", times=1)
    result = run(home, history_path="")
    assert result["state"] == "down"
    assert [step["state"] for step in result["steps"]][:5] == ["up", "up", "down", None, None]
    assert not (home.home / ".local").exists()


def test_a_history_that_cannot_be_kept_is_a_warning(home: Ansible) -> None:
    (home.home / "file").touch()
    result = run(home, history_path=str(home.home / "file" / "history"))
    assert result["state"] == "up"
    [warning] = result["warnings"]
    assert warning.startswith("the states depend on this run alone, because history_path ")


def test_histories_are_kept_apart_by_namespace_and_are_private(home: Ansible, account: Account) -> None:
    add_policy(account, "other")
    run(home)
    run(home, namespace="other")
    directory = home.home / ".local/state/keyward/probe"
    histories = sorted(directory.glob("*.json"))
    assert [path.name for path in histories] == ["lab@default@us-east-1.json", "other@default@us-east-1.json"]
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o600}


def test_check_mode_makes_nothing(aws: AwsEndpoint, home: Ansible, account: Account) -> None:
    account.add_user("testuser-lab-0123456789ab", path=USER_PATH, age_days=1)
    result = run(home, check_mode=True)
    assert not result.get("failed")
    assert result["msg"].startswith(
        "would remove the leftovers of earlier runs testuser-lab-0123456789ab, make the user "
        "/AwsIamMonitorTestUsers/testuser-lab-"
    )
    assert "/AwsIamMonitorTestPolicies/lab-us-east-1-awsiam-testpolicy, and undo it all" in result["msg"]
    assert {step["status"] for step in result["steps"]} == {"skipped"}
    assert (result["state"], result["swept"], result["account_id"]) == (None, [], account.id)
    assert {call.action for call in aws.calls()} == {
        "GetCallerIdentity",
        "GetPolicy",
        "ListUsers",
        "ListGroups",
        "ListUserTags",
    }
    assert remaining(account) == ["testuser-lab-0123456789ab"]
    assert not (home.home / ".local").exists()


def test_check_mode_misses_the_policy(home: Ansible) -> None:
    result = run(home, check_mode=True, namespace="elsewhere")
    assert result["failed"] is True
    assert "elsewhere-us-east-1-awsiam-testpolicy: make it with the playbook keyward.iam.bootstrap" in result["msg"]


def test_check_mode_without_the_right_to_see_the_policy(home: Ansible, account: Account) -> None:
    account.deny("GetPolicy")
    result = run(home, check_mode=True)
    assert not result.get("failed")
    [warning] = result["warnings"]
    assert "is not known: access denied: allow iam:GetPolicy to this identity" in warning


def test_check_mode_with_credentials_that_aws_does_not_take(aws: AwsEndpoint, home: Ansible) -> None:
    aws.faults.error("GetCallerIdentity", "ExpiredToken")
    result = run(home, check_mode=True)
    assert result["failed"] is True
    assert "renew the temporary credentials" in result["msg"]


class TestMetristVariables:
    """They rank below the options of a task, and above what AWS's tools would find."""

    @pytest.fixture
    def metrist(self, aws: AwsEndpoint, ansible: Ansible) -> Account:
        account = aws.account("999988887777")
        add_policy(account, "from-metrist", "eu-west-1")
        account.add_user("monitor", keys=[Key()])
        credentials = account.user("monitor").key().credentials
        ansible.set(
            METRIST_AWS_ACCESS_KEY_ID=credentials.access_key_id,
            METRIST_AWS_SECRET_ACCESS_KEY=credentials.secret_access_key,
            METRIST_AWS_REGION="eu-west-1",
            METRIST_NAMESPACE="from-metrist",
        )
        return account

    def test_they_win_over_the_environment(self, home: Ansible, metrist: Account) -> None:
        home.set(AWS_REGION="us-west-2")
        result = home.module("probe")
        assert "failed" not in result, result
        assert (result["account_id"], result["region"]) == (metrist.id, "eu-west-1")
        assert (result["namespace"], result["profile"]) == ("from-metrist", "default")

    @pytest.mark.usefixtures("metrist")
    def test_options_win_over_them(self, home: Ansible, account: Account, aws: AwsEndpoint) -> None:
        add_policy(account, "lab", "us-west-2")
        aws.write_profiles(home.home, {"production": account.admin_credentials})
        home.set(**aws.write_profiles(home.home, {"production": account.admin_credentials}))
        result = run(home, profile="production", region="us-west-2")
        assert (result["account_id"], result["region"]) == (account.id, "us-west-2")
        assert (result["namespace"], result["profile"]) == ("lab", "production")

    @pytest.mark.usefixtures("metrist")
    def test_keys_win_over_them(self, home: Ansible, account: Account) -> None:
        account.add_user("explicit", keys=[Key()])
        credentials = account.user("explicit").key().credentials
        result = run(
            home,
            access_key=credentials.access_key_id,
            secret_key=credentials.secret_access_key,
            region="us-east-1",
        )
        assert result["account_id"] == account.id

    @pytest.mark.usefixtures("metrist")
    def test_half_of_them_is_none(self, home: Ansible) -> None:
        home.set(METRIST_AWS_SECRET_ACCESS_KEY="")
        assert home.module("probe")["msg"] == (
            "METRIST_AWS_ACCESS_KEY_ID and METRIST_AWS_SECRET_ACCESS_KEY go together: set both or neither"
        )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"namespace": "a b"}, "namespace 'a b' must be 1 to 42 letters, digits and characters of _+=.@-"),
        ({"down_after": 0}, "down_after (0) must be between 1 and 1000000"),
        ({"step_timeout": "inf"}, "step_timeout (inf) must be between 0.001 and 3600"),
        (
            {"profile": "a", "access_key": "an-id", "secret_key": "a-secret"},
            "profile and access_key are mutually exclusive",
        ),
    ],
)
def test_options_that_do_not_fit(home: Ansible, arguments: dict[str, Any], sentence: str) -> None:
    result = run(home, **arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(sentence)


def test_an_unknown_profile(aws: AwsEndpoint, home: Ansible, account: Account) -> None:
    home.set(**aws.write_profiles(home.home, {"production": account.admin_credentials}))
    result = run(home, profile="prodution")
    assert result["msg"].startswith("the probe cannot run: there is no profile 'prodution' in ")
    assert {step["status"] for step in result["steps"]} == {"skipped"}
    assert result["state"] == "misconfigured"


def test_without_a_namespace(home: Ansible) -> None:
    assert "namespace" in home.module("probe")["msg"]


class TestDocumentation:
    def test_what_is_returned_is_documented_and_what_is_documented_is_returned(self, home: Ansible) -> None:
        documented = yaml.safe_load(module.RETURN)
        result = run(home)
        assert result.keys() - ANSIBLES_OWN == set(documented)
        for step in result["steps"]:
            assert set(step) == set(documented["steps"]["contains"])

    def test_documented_types_are_those_returned(self, home: Ansible) -> None:
        kinds = {"str": str, "int": int, "float": float, "list": list}
        documented = yaml.safe_load(module.RETURN)
        result = run(home)
        for name, entry in documented.items():
            assert isinstance(result[name], kinds[entry["type"]]), name
        for name, entry in documented["steps"]["contains"].items():
            values = [step[name] for step in result["steps"] if step[name] is not None]
            assert all(isinstance(value, kinds[entry["type"]]) for value in values), name
        assert {field.name for field in fields(StepResult)} == set(documented["steps"]["contains"])

    def test_options_have_the_documented_defaults(self) -> None:
        options = yaml.safe_load(module.DOCUMENTATION)["options"]
        assert {name: option.get("default") for name, option in options.items()} == {
            name: option.get("default") for name, option in module.ARGUMENT_SPEC.items()
        }

    def test_defaults_are_those_of_the_probes_own_code(self) -> None:
        defaults = {field.name: field.default for field in fields(ProbeSettings) if field.name != "namespace"}
        assert defaults == {name: module.ARGUMENT_SPEC[name].get("default") for name in defaults}


def test_the_action_group_reaches_the_module(home: Ansible, tmp_path: Path) -> None:
    """And with it the profile that a play sets for all modules of AWS."""
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "module_defaults": {"group/keyward.iam.aws": {"region": "eu-north-1"}},
        "tasks": [
            {
                "keyward.iam.probe": {"namespace": "lab", "history_path": str(tmp_path)},
                "check_mode": True,
                "ignore_errors": True,
            },
        ],
    }
    assert "lab-eu-north-1-awsiam-testpolicy" in home.playbook([play])
