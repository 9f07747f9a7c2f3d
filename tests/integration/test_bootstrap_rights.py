# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What the bootstrap playbook's identities may do: enough, no right too many, and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import moto.settings
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from testbed.drivers.permissions import attached_policy_arn, document
from testbed.fakes.aws import Credentials, Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_iam import IAMClient

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import Account, AwsEndpoint

ROOT = Path(__file__).resolve().parents[2]
USER, GROUP = "testuser-lab-0a1b2c3d4e5f", "testgroup-lab-0a1b2c3d4e5f"
TAGS = {"created-by": "keyward.iam.probe", "namespace": "lab"}
USER_PATH, GROUP_PATH = "/AwsIamMonitorTestUsers/", "/AwsIamMonitorTestGroups/"
ACCOUNT = "111122223333"
POLICY = attached_policy_arn(ACCOUNT)
CONDITION_KEYS = {"iam:PermissionsBoundary", "iam:PolicyARN", "iam:ResourceTag"}


def rights(text: str) -> list[str]:
    return sorted(set(re.findall(r"\biam:[A-Z]\w+", text)) - CONDITION_KEYS)


OPTIONAL_RIGHTS = {
    "iam:GetAccountAuthorizationDetails": {"user_tags": ["owner"]},
    "iam:ListServiceSpecificCredentials": {"credentials": ["service_specific"]},
    "iam:ListSSHPublicKeys": {"credentials": ["ssh_key"]},
}
"""Each with options that need it; iam:ListUserTags is for users that are created during the run."""
COLLECTOR_RIGHTS, PROBE_RIGHTS = (rights(document(purpose, ACCOUNT)) for purpose in ("collector", "probe"))


@dataclass
class Identities:
    """The users ``collector`` and ``probe``, each with its policy, in an account that enforces policies."""

    aws: AwsEndpoint
    account: Account
    ansible: Ansible

    def __post_init__(self) -> None:
        namespace_and_region = POLICY.rpartition("/")[2]
        self.account.add_policy(namespace_and_region, path="/AwsIamMonitorTestPolicies/")
        for purpose in ("collector", "probe"):
            policy = self.account.add_policy(purpose, document=document(purpose, ACCOUNT))
            self.account.add_user(purpose, keys=[Key()]).attached.add(policy.arn, policy)
        self.account.enforce_policies()

    def take(self, purpose: str, right: str) -> None:
        """One right less."""
        policy = json.loads(document(purpose, ACCOUNT))
        for statement in policy["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            statement["Action"] = [action for action in actions if action != right]
        self._replace(purpose, policy)

    def loosen(self, purpose: str, sid: str, operator: str, key: str) -> None:
        """One condition less."""
        policy = json.loads(document(purpose, ACCOUNT))
        [statement] = [statement for statement in policy["Statement"] if statement["Sid"] == sid]
        del statement["Condition"][operator][key]
        self._replace(purpose, policy)

    def grant(self, optional_rights: list[str]) -> None:
        """To the collector, what some options need."""
        self._replace("collector", json.loads(document("collector", ACCOUNT, optional_rights=optional_rights)))

    def _replace(self, purpose: str, policy: dict[str, Any]) -> None:
        [attached] = self.account.user(purpose).attached.recorded()
        attached.versions[attached.default_version].document = json.dumps(policy)

    def collect(self, **options: Any) -> dict[str, Any]:
        return self._run("collector", "access_key_info", options)

    def probe(self, **internal: Any) -> dict[str, Any]:
        return self._run("probe", "probe", {"namespace": "lab", "history_path": ""}, **internal)

    def _run(self, purpose: str, module: str, arguments: dict[str, Any], **internal: Any) -> dict[str, Any]:
        self.ansible.set(**self.aws.environment(self.account.user(purpose).key().credentials))
        return self.ansible.module(module, arguments, **internal)

    def client(self, purpose: str) -> IAMClient:
        return connect(self.aws.url, self.account.user(purpose).key().credentials)

    def used(self) -> set[str]:
        return {f"iam:{call.action}" for call in self.aws.calls() if call.service == "iam"}


def connect(url: str, credentials: Credentials) -> IAMClient:
    return boto3.client("iam", endpoint_url=url, region_name="us-east-1", **credentials.client_options())


@pytest.fixture
def made(aws: AwsEndpoint, account: Account, ansible: Ansible) -> Identities:
    """With what a run that was killed yesterday left, and what others did to it since."""
    account.add_group(GROUP, path=GROUP_PATH, age_days=1)
    foreign = account.add_policy("attached-by-somebody")
    account.add_user(USER, path=USER_PATH, age_days=1, groups=[GROUP], tags=TAGS).attached.add(foreign.arn, foreign)
    return Identities(aws, account, ansible)


def test_the_documents_name_the_rights_that_the_policies_give() -> None:
    documentation = (ROOT / "docs" / "permissions.md").read_text()
    collector, probe = documentation.split("\n## The collector\n")[1].split("\n## The probe\n")

    explained = r"^\| `(iam:\w+)`"
    assert sorted(re.findall(explained, collector, re.MULTILINE)) == COLLECTOR_RIGHTS
    assert sorted(re.findall(explained, probe, re.MULTILINE)) == PROBE_RIGHTS
    assert rights((ROOT / "plugins" / "modules" / "probe.py").read_text()) == PROBE_RIGHTS


def test_the_collector_gets_by_with_its_rights_and_uses_them_all(made: Identities) -> None:
    made.account.add_user("alice", keys=[Key(age_days=200)])

    result = made.collect()

    assert result["warnings"] == []
    assert {key["user_name"] for key in result["access_keys"]} == {"alice", "collector", "probe"}
    assert made.used() == set(COLLECTOR_RIGHTS)


@pytest.mark.once
@pytest.mark.parametrize("right", COLLECTOR_RIGHTS)
def test_the_collector_misses_each_right(made: Identities, right: str) -> None:
    made.account.report.generate(age_hours=5)
    made.take("collector", right)

    result = made.collect()

    needed = right in ("iam:ListUsers", "iam:ListAccessKeys")
    assert result.get("failed", False) is needed
    assert f"allow {right} to this identity" in (result["msg"] if needed else " ".join(result["warnings"]))


@pytest.mark.once
@pytest.mark.parametrize(("right", "options"), OPTIONAL_RIGHTS.items(), ids=list(OPTIONAL_RIGHTS))
def test_an_option_needs_its_optional_right(made: Identities, right: str, options: dict[str, Any]) -> None:
    refused = made.collect(**options)
    assert f"allow {right} to this identity" in refused["msg"]

    made.grant([right])
    allowed = made.collect(**options)
    assert "failed" not in allowed
    assert allowed["warnings"] == []


def test_the_probe_gets_by_with_its_rights_and_uses_them_all(made: Identities) -> None:
    dry = made.probe(check_mode=True)
    result = made.probe()

    assert (dry["warnings"], result["warnings"], result["leftovers"]) == ([], [], [])
    assert "msg" not in result
    assert result["state"] == "up"
    assert sorted(result["swept"]) == [GROUP, USER]
    assert made.used() | {"iam:TagUser"} == set(PROBE_RIGHTS)


@pytest.mark.once
@pytest.mark.parametrize("right", PROBE_RIGHTS)
def test_the_probe_misses_each_right(made: Identities, right: str) -> None:
    made.take("probe", right)

    result = made.probe(check_mode=right == "iam:GetPolicy")

    said = " ".join([result.get("msg", ""), *result["warnings"]])
    assert f"access denied: allow {right} to this identity, which the playbook keyward.iam.bootstrap does" in said


def test_the_probe_waits_for_consistency_without_being_denied(made: Identities) -> None:
    consistency = made.account.consistency
    consistency.delay.default = consistency.removal_delay.default = 0.3

    result = made.probe()

    assert [step["status"] for step in result["steps"]] == ["ok"] * 8
    assert max(step["attempts"] for step in result["steps"]) > 1
    assert {call.error_code for call in made.aws.calls()} <= {None, "NoSuchEntity", "DeleteConflict"}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("attach_user_policy", {"UserName": USER, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        ("attach_user_policy", {"UserName": "probe", "PolicyArn": POLICY}),
        ("attach_group_policy", {"GroupName": GROUP, "PolicyArn": POLICY}),
        ("put_user_policy", {"UserName": USER, "PolicyName": "own", "PolicyDocument": "{}"}),
        ("create_access_key", {"UserName": USER}),
        ("create_access_key", {}),
        ("create_user", {"UserName": USER}),
        ("create_user", {"UserName": "testuser-lab2-0a1b2c", "Path": USER_PATH}),
        ("create_user", {"UserName": "somebody", "Path": USER_PATH}),
        ("create_group", {"GroupName": GROUP}),
        ("delete_user", {"UserName": "collector"}),
        ("add_user_to_group", {"UserName": USER, "GroupName": "administrators"}),
        ("create_policy_version", {"PolicyArn": POLICY, "PolicyDocument": "{}"}),
        ("list_users", {}),
        ("list_groups", {}),
    ],
)
def test_the_probe_may_do_nothing_else(made: Identities, call: str, arguments: dict[str, str]) -> None:
    made.account.add_group("administrators")

    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(made.client("probe"), call)(**arguments)


OTHERS, PEOPLE = "testuser-lab-2-0a1b2c3d4e5f", "testuser-lab-alice"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NEW = {"UserName": "testuser-lab-5e4d3c2b1a09", "Path": USER_PATH}


def tags(**more: str) -> dict[str, list[dict[str, str]]]:
    own = {**TAGS, "created-at": "2026-01-01T00:00:00Z"} | {
        name.replace("_", "-"): value for name, value in more.items()
    }
    return {"Tags": [{"Key": key, "Value": value} for key, value in own.items()]}


CONDITIONS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    (
        "MakeTestUsers",
        "Null",
        "iam:PermissionsBoundary",
        "create_user",
        {**NEW, **tags(), "PermissionsBoundary": ADMINISTRATOR},
    ),
    ("MakeTestUsers", "StringEquals", "aws:RequestTag/created-by", "create_user", {**NEW, **tags(created_by="me")}),
    ("MakeTestUsers", "StringEquals", "aws:RequestTag/namespace", "create_user", {**NEW, **tags(namespace="lab-2")}),
    ("MakeTestUsers", "ForAllValues:StringEquals", "aws:TagKeys", "create_user", {**NEW, **tags(team="blue")}),
    (
        "MakeTestUsers",
        "StringEqualsIfExists",
        "iam:ResourceTag/created-by",
        "tag_user",
        {"UserName": PEOPLE, **tags()},
    ),
    ("MakeTestUsers", "StringEqualsIfExists", "iam:ResourceTag/namespace", "tag_user", {"UserName": OTHERS, **tags()}),
    ("RemoveTestUsers", "StringEqualsIfExists", "iam:ResourceTag/created-by", "delete_user", {"UserName": PEOPLE}),
    ("RemoveTestUsers", "StringEqualsIfExists", "iam:ResourceTag/namespace", "delete_user", {"UserName": OTHERS}),
    (
        "AttachTestPolicyOnly",
        "StringEqualsIfExists",
        "iam:ResourceTag/created-by",
        "attach_user_policy",
        {"UserName": PEOPLE, "PolicyArn": POLICY},
    ),
    (
        "AttachTestPolicyOnly",
        "StringEqualsIfExists",
        "iam:ResourceTag/namespace",
        "attach_user_policy",
        {"UserName": OTHERS, "PolicyArn": POLICY},
    ),
    (
        "AttachTestPolicyOnly",
        "ArnEquals",
        "iam:PolicyARN",
        "attach_user_policy",
        {"UserName": USER, "PolicyArn": ADMINISTRATOR},
    ),
]


def test_each_condition_of_the_probes_policy_is_in_the_table() -> None:
    conditions = [
        (statement["Sid"], operator, key)
        for statement in json.loads(document("probe", ACCOUNT))["Statement"]
        for operator, keys in statement.get("Condition", {}).items()
        for key in keys
    ]
    assert sorted(conditions) == sorted((sid, operator, key) for sid, operator, key, _call, _arguments in CONDITIONS)


@pytest.mark.parametrize(("sid", "operator", "key", "call", "arguments"), CONDITIONS)
def test_each_condition_is_needed(
    made: Identities, sid: str, operator: str, key: str, call: str, arguments: dict[str, Any]
) -> None:
    made.account.add_user(OTHERS, path=USER_PATH, tags={**TAGS, "namespace": "lab-2"})
    made.account.add_user(PEOPLE, path=USER_PATH, tags={**TAGS, "created-by": "the team"})
    request = getattr(made.client("probe"), call)

    with pytest.raises(ClientError, match="AccessDenied"):
        request(**arguments)

    made.loosen("probe", sid, operator, key)
    request(**arguments)


def test_the_collector_changes_nothing(made: Identities) -> None:
    client = made.client("collector")
    for call in ("create_user", "delete_user", "create_access_key"):
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(client, call)(UserName=USER)


@pytest.fixture
def moto_url(capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    capsys.readouterr()


@pytest.mark.once
def test_moto_allows_the_same_actions(moto_url: str, ansible: Ansible, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto's enforcement matches actions, so that resources and conditions are left out."""
    keys = {}
    administrator = connect(moto_url, Credentials("AKIAADMINISTRATOR", "secret"))
    for purpose in ("collector", "probe"):
        actions = json.loads(document(purpose, ACCOUNT))
        for statement in actions["Statement"]:
            statement["Resource"] = "*"
            statement.pop("Condition", None)
        administrator.create_user(UserName=purpose)
        administrator.put_user_policy(UserName=purpose, PolicyName="rights", PolicyDocument=json.dumps(actions))
        key = administrator.create_access_key(UserName=purpose)["AccessKey"]
        keys[purpose] = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    policy = administrator.create_policy(PolicyName="innocent", PolicyDocument=document("test", ACCOUNT))
    monkeypatch.setattr(moto.settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
    options = {"namespace": "lab", "history_path": "", "policy_arn": policy["Policy"]["Arn"]}

    ansible.set(AWS_ENDPOINT_URL=moto_url, **keys["probe"].environment())
    assert ansible.module("probe", options)["state"] == "up"
    [warning] = ansible.module("access_key_info")["warnings"]
    assert "allow iam:GetCredentialReport" in warning
    ansible.set(**keys["collector"].environment())
    assert "failed" not in ansible.module("access_key_info")
    assert "allow iam:CreateUser" in ansible.module("probe", options)["msg"]
