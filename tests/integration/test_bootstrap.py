# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The playbook keyward.iam.bootstrap: what it makes, what it leaves, and what it tells."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.permissions import attached_policy_arn, document
from testbed.fakes.aws import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from testbed.drivers.runs import Ansible, Run
    from testbed.fakes.aws import Account, AwsEndpoint

    Bootstrap = Callable[..., Run]

COLLECTOR, PROBE = "keyward-collector", "keyward-probe-lab-us-east-1"
CHANGES = re.compile("(Add|Attach|Create|Delete|Detach|Put|Remove|Set|Tag|Untag|Update)[A-Z]")


@pytest.fixture
def bootstrap(aws: AwsEndpoint, account: Account, ansible: Ansible) -> Bootstrap:
    ansible.set(**aws.environment(account.admin_credentials))

    def run(*arguments: str, **variables: Any) -> Run:
        return ansible.playbook("keyward.iam.bootstrap", *arguments, **variables)

    return run


def policies(account: Account) -> dict[str, Any]:
    return {policy.arn: json.loads(policy.document) for policy in account.policies.recorded()}


def attached(account: Account, user: str) -> set[str]:
    return {policy.name for policy in account.user(user).attached.recorded()}


def changed(run: Run) -> int:
    assert run.code == 0, run.output
    return int(re.findall(r"changed=(\d+)", run.output)[-1])


def changes(aws: AwsEndpoint) -> list[str]:
    return [call.action for call in aws.calls() if CHANGES.match(call.action)]


@pytest.mark.once
def test_check_mode_tells_what_is_made_and_then_left(aws: AwsEndpoint, account: Account, bootstrap: Bootstrap) -> None:
    probe_only = {"keyward_probe_namespace": "lab", "keyward_bootstrap_for": ["probe"]}
    checked = bootstrap("--check", keyward_create_access_keys=True, **probe_only)
    assert changed(checked) == 5, "two policies, a user, a directory, an access key"
    assert f"The user {PROBE} would have the rights of the probe" in checked
    assert changes(aws) == []

    made = bootstrap(keyward_probe_namespace="lab")
    assert changed(made) == 5, "three policies, two users"
    arn = f"arn:aws:iam::{account.id}:policy"
    assert policies(account) == {
        f"{arn}/{COLLECTOR}": json.loads(document("collector", account.id)),
        f"{arn}/{PROBE}": json.loads(document("probe", account.id)),
        attached_policy_arn(account.id): json.loads(document("test", account.id)),
    }
    assert account.user_names() == [COLLECTOR, PROBE]
    assert (attached(account, COLLECTOR), attached(account, PROBE)) == ({COLLECTOR}, {PROBE})
    assert account.user(PROBE).keys.recorded() == []
    assert f"by the policy {arn}/{PROBE}." in made
    assert "It has no access key: run this again with -e keyward_create_access_keys=true" in made
    assert "ansible-playbook keyward.iam.probe -e keyward_probe_namespace=lab -e keyward_probe_region=us-east-1" in made

    aws.forget_calls()
    assert changed(bootstrap(**probe_only)) == 0
    assert changes(aws) == []


def test_access_keys_are_for_their_owner_only(
    aws: AwsEndpoint, account: Account, ansible: Ansible, bootstrap: Bootstrap
) -> None:
    account.consistency.delay["CreatePolicy"] = 1
    run = bootstrap("--diff", "-vvv", keyward_bootstrap_for=["collector"], keyward_create_access_keys=True)

    assert changed(run) == 5, "a policy, a user, a directory, an access key, and the file"
    key = account.user(COLLECTOR).key()
    assert key.secret not in run
    path = ansible.home / ".config" / "keyward" / f"{account.id}-{COLLECTOR}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    others = [file for file in ansible.home.rglob("*") if file.is_file() and file != path]
    assert not [file for file in others if key.secret.encode() in file.read_bytes()]

    account.enforce_policies()
    [told] = re.findall(
        r'"AWS_SHARED_CREDENTIALS_FILE=(\S+) AWS_PROFILE=(\S+) ansible-playbook keyward.iam.collect', run.output
    )
    ansible.variables = {"AWS_ENDPOINT_URL": aws.url, "AWS_SHARED_CREDENTIALS_FILE": told[0], "AWS_PROFILE": told[1]}
    assert [key["user_name"] for key in ansible.module("access_key_info")["access_keys"]] == [COLLECTOR]


def test_a_second_account_has_a_file_of_its_own_and_nothing_is_overwritten(
    aws: AwsEndpoint, account: Account, ansible: Ansible, bootstrap: Bootstrap
) -> None:
    wanted = {"keyward_bootstrap_for": ["collector"], "keyward_create_access_keys": True}
    directory = ansible.home / ".config" / "keyward"
    assert bootstrap(**wanted).code == 0
    first = account.user(COLLECTOR).key()

    other = aws.account("444455556666")
    ansible.set(**aws.environment(other.admin_credentials))
    assert bootstrap(**wanted).code == 0
    second = other.user(COLLECTOR).key()
    for one, key in ((account, first), (other, second)):
        assert key.secret in (directory / f"{one.id}-{COLLECTOR}").read_text()

    # A key that is kept elsewhere is said as such, one that IAM no longer knows is not overwritten.
    (directory / f"{other.id}-{COLLECTOR}").rename(directory / "elsewhere")
    told = bootstrap(**wanted)
    assert f"{second.id} is not in {directory}/{other.id}-{COLLECTOR}" in told
    (directory / "elsewhere").rename(directory / f"{other.id}-{COLLECTOR}")
    other.user(COLLECTOR).keys.remove(second.id, datetime.now(UTC))
    refused = bootstrap(**wanted)
    assert refused.code == 2
    assert f"{COLLECTOR} has no access key: what the file holds is no key of this user any more" in refused
    assert second.secret in (directory / f"{other.id}-{COLLECTOR}").read_text()
    assert other.user(COLLECTOR).keys.recorded() == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("mode", "owner", "fault"),
    [(0o777, 0, "can be written to by other users"), (0o770, 0, "can be written to by"), (0o700, 12345, "belongs to")],
)
def test_a_directory_that_others_can_reach_is_refused(
    account: Account, bootstrap: Bootstrap, tmp_path: Path, mode: int, owner: int, fault: str
) -> None:
    directory = tmp_path / "shared"
    directory.mkdir()
    directory.chmod(mode)
    if owner and os.geteuid() != 0:
        pytest.skip("only root can make a directory of another user")
    if owner:
        os.chown(directory, owner, owner)
    run = bootstrap(
        keyward_bootstrap_for=["collector"], keyward_create_access_keys=True, keyward_access_keys_dir=str(directory)
    )
    assert run.code == 2
    assert f"{directory} {fault}" in run
    assert account.user(COLLECTOR).keys.recorded() == []


@pytest.mark.once
def test_what_there_is_is_used_and_what_is_wrong_put_right(account: Account, bootstrap: Bootstrap) -> None:
    own, mine = account.add_policy("of-alice"), account.add_policy("mine", path="/monitoring/")
    account.add_user("alice", path="/people/", tags={"team": "blue"}, keys=[Key()]).attached.add(own.arn, own)
    account.add_role("watcher", path="/hosts/")
    account.add_policy(COLLECTOR)
    probe = {
        "keyward_probe_namespace": "lab",
        "keyward_probe_role": "watcher",
        "keyward_probe_policy_arn": mine.arn,
    }

    run = bootstrap(keyward_collector_user="alice", keyward_create_access_keys=True, **probe)

    assert changed(run) == 3
    assert policies(account) == {
        f"arn:aws:iam::{account.id}:policy/{COLLECTOR}": json.loads(document("collector", account.id)),
        own.arn: json.loads(own.document),
        mine.arn: json.loads(mine.document),
    }
    alice, [watcher] = account.user("alice"), account.roles.recorded()
    assert (alice.path, alice.tags) == ("/people/", {"team": "blue"})
    assert attached(account, "alice") == {"of-alice", COLLECTOR}
    assert len(alice.keys.recorded()) == 1
    assert "It has 1 access key already." in run
    assert account.user_names() == ["alice"]
    [(name, rights)] = watcher.inline.recorded()
    assert name == PROBE
    assert mine.arn in rights
    assert "The role watcher has the rights of the probe" in run
    assert changed(bootstrap(keyward_bootstrap_for=["probe"], **probe)) == 0


def test_what_is_missing_is_said(aws: AwsEndpoint, bootstrap: Bootstrap) -> None:
    run = bootstrap()
    assert run.code != 0
    assert "set keyward_probe_namespace to 1 to 42 letters" in run
    assert aws.calls() == []

    run = bootstrap(keyward_bootstrap_for=["collector"], keyward_collector_role="nobody")
    assert run.code != 0
    assert "The role with name nobody cannot be found." in run
    assert changes(aws) == []


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in which a file can be made, and nothing be written into it."""
    small = tmp_path / "full"
    small.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4k,mode=700", "tmpfs", str(small)]
    if os.geteuid() != 0 or subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets us mount no tmpfs")
    (small / "filler").write_bytes(b"x" * 4096)
    yield small
    subprocess.run(["umount", str(small)], check=True)


@pytest.mark.once
def test_a_key_that_cannot_be_written_is_taken_back(account: Account, bootstrap: Bootstrap, full_disk: Path) -> None:
    run = bootstrap(
        keyward_bootstrap_for=["collector"], keyward_create_access_keys=True, keyward_access_keys_dir=str(full_disk)
    )

    assert run.code != 0
    assert f"Write it to {full_disk}/{account.id}-{COLLECTOR} failed" in run
    assert account.user(COLLECTOR).keys.recorded() == []
    [taken_back] = [key_id for key_id, owner in account.key_owners.items() if owner is not None]
    assert account.new_secret(taken_back) not in run


@pytest.mark.once
def test_the_collectors_policy_allows_what_its_options_need(account: Account, bootstrap: Bootstrap) -> None:
    collector = {"keyward_bootstrap_for": ["collector"]}
    assert changed(bootstrap(keyward_exempt_tag="key-exempt", **collector)) == 2, "a policy, a user"
    rights = ["iam:GetAccountAuthorizationDetails", "iam:ListUserTags"]
    [document_made] = policies(account).values()
    assert document_made == json.loads(document("collector", account.id, optional_rights=rights))

    rules = [{"users": ["*"], "tags": {"kind": "machine"}, "max_age_days": 365}]
    credentials = ["ssh_key", "service_specific"]
    more = {"keyward_age_rules": rules, "keyward_credentials": credentials, **collector}
    assert changed(bootstrap(**more)) == 1, "the policy"
    [document_made] = policies(account).values()
    assert document_made["Statement"][-1]["Action"] == [
        *rights,
        "iam:ListServiceSpecificCredentials",
        "iam:ListSSHPublicKeys",
    ]
    assert changed(bootstrap(**more)) == 0
