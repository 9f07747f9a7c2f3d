# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Access keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.errors import AwsError
from testbed.fakes.aws.operations.describe import describe_key
from testbed.fakes.aws.operations.registry import iam
from testbed.fakes.aws.paging import page

if TYPE_CHECKING:
    from testbed.fakes.aws.call import Call
    from testbed.fakes.aws.entities import AccessKey, User
    from testbed.fakes.aws.eventual import Eventual


@iam
def list_access_keys(call: Call) -> dict[str, Any]:
    owner = _owner(call)
    keys, rest = page(call, call.account.keys_of(owner).entries(call.now))
    return {"AccessKeyMetadata": [describe_key(owner, key) for key in keys], **rest}


@iam
def create_access_key(call: Call) -> dict[str, Any]:
    owner = _owner(call)
    call.require_room("AccessKeysPerUser", len(call.account.keys_of(owner)))
    key = call.account.make_key(owner, call.now, call.visible_from)
    return {"AccessKey": {**describe_key(owner, key), "SecretAccessKey": key.secret}}


@iam
def update_access_key(call: Call) -> None:
    key = _key(call, call.account.keys_of(_owner(call)))
    if key.status != call.params["Status"]:
        key.status, key.changed = call.params["Status"], call.now


@iam
def delete_access_key(call: Call) -> None:
    keys = call.account.keys_of(_owner(call))
    keys.remove(_key(call, keys).id, call.gone_from)


@iam
def get_access_key_last_used(call: Call) -> dict[str, Any]:
    owner = call.account.key_owners.get(call.params["AccessKeyId"])
    key = _key(call, call.account.keys_of(owner))
    use = key.last_use
    return {
        "UserName": owner.name if owner else None,
        "AccessKeyLastUsed": {
            "LastUsedDate": use.date if use else None,
            "ServiceName": use.service if use else "N/A",
            "Region": use.region if use else "N/A",
        },
    }


def _owner(call: Call) -> User | None:
    """Without a user name, the keys meant are the caller's own."""
    if "UserName" not in call.params and call.caller.name == "root":
        return None
    return call.user()


def _key(call: Call, keys: Eventual[AccessKey]) -> AccessKey:
    key_id = call.params["AccessKeyId"]
    return call.find(keys, key_id, AwsError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found."))
