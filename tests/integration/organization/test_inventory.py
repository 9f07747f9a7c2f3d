# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The inventory plugin in real runs, against the test AWS, and against moto as a second opinion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from testbed.fakes.aws import Key
from testbed.fakes.aws.organizations import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.drivers.runs import Ansible
    from testbed.fakes.aws import AwsEndpoint
    from testbed.fakes.aws.organizations import Organization


@pytest.fixture
def organization(aws: AwsEndpoint, ansible: Ansible) -> Organization:
    organization = aws.organization
    workloads = organization.add_unit("Workloads")
    production = organization.add_unit("Production 1", workloads)
    deep = production
    for level in range(8):
        deep = organization.add_unit(f"Level {level}", deep)
    organization.add_account("111111111111", "management")
    organization.add_account("222222222222", "shop", production, tags={"team": "payments", "env": "prod"})
    organization.add_account("333333333333", "gone", production, status="SUSPENDED")
    organization.add_account("444444444444", "deep", deep, tags={"team": "{{ 7 * 6 }}"})
    organization.add_account("555555555555", "sandbox-1", organization.add_unit("Sandbox"))
    organization.add_account("666666666666", "shop", workloads)
    credentials = aws.account("111111111111").admin_credentials
    ansible.set(AWS_ENDPOINT_URL=aws.url, **credentials.environment())
    return organization


def inventory(ansible: Ansible, **options: Any) -> dict[str, Any]:
    """What ansible-inventory makes of the plugin with these options."""
    run = listed(ansible, **options)
    assert run.code == 0, run.output
    return dict(json.loads(run.output[run.output.index("{") :], object_hook=_plain))


def _plain(value: dict[str, Any]) -> Any:
    """Texts that are no templates are marked so."""
    return value.get("__ansible_unsafe", value)


def listed(ansible: Ansible, **options: Any) -> Any:
    path = ansible.home / "accounts.keyward_organization.yml"
    content = {"plugin": "keyward.iam.organization", "role_name": "audit/keyward", **options}
    path.write_text(json.dumps(content), encoding="utf-8")
    return ansible.command("ansible-inventory", "-i", str(path), "--list")


def names(found: dict[str, Any]) -> set[str]:
    return set(found["_meta"]["hostvars"])


@pytest.mark.usefixtures("organization")
def test_each_active_account_is_a_host_with_what_collect_reads(ansible: Ansible) -> None:
    found = inventory(ansible, external_id="keyward-7f3a")
    assert names(found) == {"management", "shop-222222222222", "shop-666666666666", "deep", "sandbox-1"}
    assert found["_meta"]["hostvars"]["shop-222222222222"] == {
        "ansible_connection": "local",
        "keyward_account_id": "222222222222",
        "keyward_account_name": "shop",
        "keyward_account_tags": {"team": "payments", "env": "prod"},
        "keyward_external_id": "keyward-7f3a",
        "keyward_ou_path": "/Workloads/Production 1",
        "keyward_role_arns": ["arn:aws:iam::222222222222:role/audit/keyward"],
    }
    assert set(found["accounts"]["hosts"]) == names(found)
    assert found["ou_Workloads_Production_1"]["hosts"] == ["shop-222222222222"]
    assert "ou_Workloads_Production_1" in found["ou_Workloads"]["children"]
    assert found["ou_Workloads"]["hosts"] == ["shop-666666666666"]
    assert found["_meta"]["hostvars"]["deep"]["keyward_ou_path"].count("/") == 10
    # Whoever has an account chooses its tags.
    assert found["_meta"]["hostvars"]["deep"]["keyward_account_tags"] == {"team": "{{ 7 * 6 }}"}


@pytest.mark.usefixtures("organization")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"organizational_units": ["/Workloads"]}, {"222222222222", "444444444444", "666666666666"}),
        ({"organizational_units": ["Workloads/Production 1/"]}, {"222222222222", "444444444444"}),
        ({"organizational_units": ["ou-ab12-00000002"]}, {"222222222222", "444444444444"}),
        (
            {"organizational_units": [ROOT], "exclude_accounts": ["sandbox-*", "111111111111", "shop"]},
            {"444444444444"},
        ),
        ({"statuses": ["SUSPENDED"]}, {"333333333333"}),
        ({"tags": {"team": "pay*", "env": "prod"}}, {"222222222222"}),
        ({"tags": {"team": "*"}}, {"222222222222", "444444444444"}),
    ],
)
def test_filters_leave_out_what_is_not_wanted(ansible: Ansible, options: dict[str, Any], expected: set[str]) -> None:
    assert names(inventory(ansible, hostname="id", **options)) == expected


def test_constructed_groups_and_the_cache(ansible: Ansible, organization: Organization) -> None:
    options = {
        "keyed_groups": [{"key": "keyward_account_tags.team", "prefix": "team"}],
        "compose": {"keyward_max_age_days": "90"},
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(ansible.home / "cached"),
    }
    found = inventory(ansible, **options)
    assert found["team_payments"]["hosts"] == ["shop-222222222222"]
    assert found["_meta"]["hostvars"]["deep"]["keyward_max_age_days"] in {90, "90"}
    organization.calls.clear()
    assert names(inventory(ansible, **options)) == names(found)
    # Another filter needs no other cache.
    assert names(inventory(ansible, **options, exclude_accounts=["deep"])) == names(found) - {"deep"}
    assert organization.calls == []
    (cached,) = (ansible.home / "cached").iterdir()
    cached.write_text('[{"id": 7}]', encoding="utf-8")
    assert names(inventory(ansible, **options)) == names(found)


def test_pages_and_throttling_lose_nothing(ansible: Ansible, organization: Organization) -> None:
    for number in range(45):
        organization.add_account(f"7{number:011}", f"many-{number}")
    organization.page_size = 7
    organization.throttled = 3
    assert len(names(inventory(ansible))) == 50


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "AWSOrganizationsNotInUseException",
            "the account of these credentials is in no organization; only the management",
        ),
        (
            "AccessDeniedException",
            "only the management account of an organization, or an account that it made a delegated",
        ),
    ],
)
def test_what_keeps_it_from_being_read_is_one_sentence(
    ansible: Ansible, organization: Organization, code: str, sentence: str
) -> None:
    organization.error = code
    run = listed(ansible)
    assert sentence in " ".join(run.output.split())
    assert "Traceback" not in run.output
    ansible.set(ANSIBLE_INVENTORY_UNPARSED_FAILED="true")
    assert listed(ansible).code != 0


@pytest.mark.usefixtures("organization")
def test_a_unit_that_is_not_there_is_said(ansible: Ansible) -> None:
    assert "no account is in the organizational unit /Workload: correct organizational_units" in " ".join(
        listed(ansible, organizational_units=["/Workload"]).output.split()
    )


def test_collect_reads_each_account_of_the_inventory(
    ansible: Ansible, organization: Organization, aws: AwsEndpoint
) -> None:
    organization.add_account("888888888888", "last")
    for account in ("222222222222", "888888888888"):
        aws.account(account).add_user(f"of-{account}", keys=[Key(age_days=200)])
    inventory(ansible, tags={}, exclude_accounts=["management", "deep", "sandbox-1", "666666666666"])
    path = str(ansible.home / "accounts.keyward_organization.yml")
    run = ansible.playbook("keyward.iam.collect", "-i", path, keyward_hosts="accounts", keyward_deliver=False)
    assert run.code == 0, run.output
    assert "of-222222222222" in run.output
    assert "of-888888888888" in run.output
    assert "has the variable" not in run.output


@pytest.fixture
def moto(capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=10).raise_for_status()
    yield f"http://{host}:{port}"
    server.stop()
    capsys.readouterr()


@pytest.mark.once
def test_moto_sees_it_alike(ansible: Ansible, moto: str) -> None:
    client = boto3.client(
        "organizations",
        endpoint_url=moto,
        region_name="us-east-1",
        aws_access_key_id="AKIABASE",
        aws_secret_access_key="secret",
    )
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]
    account = client.create_account(AccountName="shop", Email="shop@example.com")["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    client.tag_resource(ResourceId=account, Tags=[{"Key": "team", "Value": "payments"}])
    ansible.set(AWS_ENDPOINT_URL=moto, AWS_ACCESS_KEY_ID="AKIABASE", AWS_SECRET_ACCESS_KEY="secret")
    found = inventory(ansible)["_meta"]["hostvars"]["shop"]
    assert (found["keyward_account_id"], found["keyward_ou_path"]) == (account, "/Workloads")
    assert found["keyward_account_tags"] == {"team": "payments"}
