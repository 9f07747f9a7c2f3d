# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

    from testbed.fakes.aws import Account, AwsEndpoint


@pytest.fixture
def names(account: Account) -> list[str]:
    names = [f"user{number:03}" for number in range(250)]
    for name in reversed(names):
        account.add_user(name, path="/even/" if int(name[4:]) % 2 == 0 else "/odd/")
    return names


def test_a_page_holds_a_hundred(iam: IAMClient, names: list[str]) -> None:
    page = iam.list_users()

    assert [user["UserName"] for user in page["Users"]] == names[:100]
    assert page["IsTruncated"] is True


@pytest.mark.parametrize(("size", "calls"), [(1000, 1), (250, 1), (249, 2), (100, 3), (7, 36)])
def test_pages_add_up(aws: AwsEndpoint, iam: IAMClient, names: list[str], size: int, calls: int) -> None:
    pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": size})

    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    assert len(aws.calls(action="ListUsers")) == calls


def test_pages_may_be_shorter_than_asked_for(
    aws: AwsEndpoint, account: Account, iam: IAMClient, names: list[str]
) -> None:
    account.page_limit = 40

    pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1000})

    assert [user["UserName"] for page in pages for user in page["Users"]] == names
    assert len(aws.calls(action="ListUsers")) == 7


def test_a_path_prefix_selects_before_paging(iam: IAMClient, names: list[str]) -> None:
    pages = iam.get_paginator("list_users").paginate(PathPrefix="/odd/", PaginationConfig={"PageSize": 100})

    assert [[user["UserName"] for user in page["Users"]] for page in pages] == [names[1:200:2], names[201::2]]


def test_paging_goes_on_where_it_was_when_the_user_at_the_mark_is_gone(iam: IAMClient, names: list[str]) -> None:
    marker = iam.list_users()["Marker"]
    iam.delete_user(UserName=names[99])

    assert iam.list_users(Marker=marker)["Users"][0]["UserName"] == names[100]


@pytest.mark.parametrize("marker", ["nonsense", "AAAA", "user100"])
def test_a_made_up_marker_is_refused(iam: IAMClient, marker: str) -> None:
    with pytest.raises(ClientError, match=r"\(ValidationError\).*Invalid Marker"):
        iam.list_users(Marker=marker)


@pytest.mark.usefixtures("names")
def test_a_marker_is_good_for_its_own_action_only(iam: IAMClient) -> None:
    marker = iam.list_users()["Marker"]

    with pytest.raises(ClientError, match=r"\(ValidationError\).*Invalid Marker"):
        iam.list_groups(Marker=marker)


def test_a_page_holds_a_thousand_at_most(iam: IAMClient) -> None:
    with pytest.raises(ClientError, match=r"\(ValidationError\).*'maxItems'.*less than or equal to 1000"):
        iam.list_users(MaxItems=1001)


def test_account_details_are_paged_over_all_kinds(account: Account, iam: IAMClient, names: list[str]) -> None:
    account.add_group("admins")
    account.add_role("auditor")
    account.user("user003").tags["owner"] = "ops"

    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 200}))
    only_users = iam.get_account_authorization_details(Filter=["User"], MaxItems=1000)

    assert [user["UserName"] for page in pages for user in page["UserDetailList"]] == names
    assert [group["GroupName"] for page in pages for group in page["GroupDetailList"]] == ["admins"]
    assert [role["RoleName"] for page in pages for role in page["RoleDetailList"]] == ["auditor"]
    assert only_users["UserDetailList"][3]["Tags"] == [{"Key": "owner", "Value": "ops"}]
    assert only_users["GroupDetailList"] == []
