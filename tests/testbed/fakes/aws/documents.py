# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Accounts as JSON: what seeds them and shows what they hold."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from testbed.fakes.aws.account import Key
from testbed.fakes.aws.configuration import configure
from testbed.fakes.aws.protocol import timestamp

if TYPE_CHECKING:
    from testbed.fakes.aws.account import Account
    from testbed.fakes.aws.cloud import Cloud
    from testbed.fakes.aws.entities import AccessKey
    from testbed.fakes.aws.eventual import Eventual

Document = dict[str, Any]


def seed(cloud: Cloud, document: Document) -> None:
    """Add what ``{"accounts": [...]}`` lists. Entities have the fields of the account's ``add_...`` functions."""
    with cloud.lock:
        for fields in document["accounts"]:
            _seed_account(cloud, **fields)


def _seed_account(
    cloud: Cloud,
    *,
    id: str,  # noqa: A002 - the document's own name for it
    partition: str = "aws",
    alias: str | None = None,
    policies: tuple[Document, ...] = (),
    roles: tuple[Document, ...] = (),
    groups: tuple[Document, ...] = (),
    users: tuple[Document, ...] = (),
    root_keys: tuple[Document, ...] = (),
    settings: Document | None = None,
) -> None:
    account = cloud.account(id, partition)
    account.alias = alias or account.alias
    for policy in policies:
        account.add_policy(**policy)
    for role in roles:
        account.add_role(**role)
    for group in groups:
        account.add_group(**group)
    for user in users:
        account.add_user(**{**user, "keys": [_key(key) for key in user.get("keys", ())], **_created(user)})
    for key in root_keys:
        account.add_root_key(_key(key))
    configure(account, settings or {})


def _key(fields: Document) -> Key:
    return Key(**{**fields, **_created(fields)})


def _created(fields: Document) -> dict[str, datetime]:
    return {"created": datetime.fromisoformat(fields["created"])} if "created" in fields else {}


def show(account: Account) -> Document:
    """What the account really holds, whatever its readers see yet, and how to get in."""
    groups = account.groups.recorded()
    return {
        "id": account.id,
        "partition": account.partition,
        "alias": account.alias,
        "admin_credentials": account.admin_credentials.client_options(),
        "users": [
            {
                "name": user.name,
                "path": user.path,
                "created": timestamp(user.created),
                "tags": user.tags,
                "keys": _show_keys(user.keys),
                "groups": [group.name for group in groups if user.name in group.members],
                "policies": [policy.arn for policy in user.attached.recorded()],
            }
            for user in account.users.recorded()
        ],
        "groups": [{"name": group.name, "path": group.path, "created": timestamp(group.created)} for group in groups],
        "policies": [policy.arn for policy in account.policies.recorded()],
        "roles": [role.arn for role in account.roles.recorded()],
        "root_keys": _show_keys(account.root_keys),
    }


def _show_keys(keys: Eventual[AccessKey]) -> list[Document]:
    return [
        {
            "id": key.id,
            "secret": key.secret,
            "status": key.status,
            "created": timestamp(key.created),
            "changed": timestamp(key.changed),
        }
        for key in sorted(keys.recorded(), key=lambda key: key.slot)
    ]
