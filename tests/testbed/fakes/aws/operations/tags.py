# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Tags of users, roles and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.operations.describe import tag_dict, tag_list
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call


@iam
def tag_user(call: Call) -> None:
    _tag(call, call.user().tags)


@iam
def tag_role(call: Call) -> None:
    _tag(call, call.role().tags)


@iam
def tag_policy(call: Call) -> None:
    _tag(call, call.policy().tags)


@iam
def untag_user(call: Call) -> None:
    _untag(call, call.user().tags)


@iam
def untag_role(call: Call) -> None:
    _untag(call, call.role().tags)


@iam
def untag_policy(call: Call) -> None:
    _untag(call, call.policy().tags)


@iam
def list_user_tags(call: Call) -> dict[str, Any]:
    return _list(call, call.user().tags)


@iam
def list_role_tags(call: Call) -> dict[str, Any]:
    return _list(call, call.role().tags)


@iam
def list_policy_tags(call: Call) -> dict[str, Any]:
    return _list(call, call.policy().tags)


def _tag(call: Call, tags: dict[str, str]) -> None:
    tags.update(tag_dict(call.params["Tags"]))


def _untag(call: Call, tags: dict[str, str]) -> None:
    for key in call.params["TagKeys"]:
        tags.pop(key, None)


def _list(call: Call, tags: dict[str, str]) -> dict[str, Any]:
    found, rest = page(call, [(key, (key, value)) for key, value in sorted(tags.items())])
    return {"Tags": tag_list(dict(found)), **rest}
