# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""AWS Organizations: a tree of units with accounts, read by its JSON protocol, paged, throttled and denied on order."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIX = "AWSOrganizationsV20161128."
ROOT = "r-ab12"


@dataclass
class Member:
    id: str
    name: str
    parent: str
    status: str = "ACTIVE"
    tags: dict[str, str] = field(default_factory=dict)


class Organization:
    """``error`` is the code that every call is answered with, ``throttled`` how many calls are still throttled."""

    def __init__(self) -> None:
        self.partition = "aws"
        self.page_size = 20
        self.error: str | None = None
        self.throttled = 0
        self.calls: list[str] = []
        self._units: dict[str, tuple[str, str]] = {}
        self._members: list[Member] = []
        self._numbers = itertools.count(1)

    def add_unit(self, name: str, parent: str = ROOT) -> str:
        unit = f"ou-ab12-{next(self._numbers):08}"
        self._units[unit] = (name, parent)
        return unit

    def add_account(
        self,
        account_id: str,
        name: str,
        parent: str = ROOT,
        status: str = "ACTIVE",
        tags: dict[str, str] | None = None,
    ) -> None:
        self._members.append(Member(account_id, name, parent, status, tags or {}))

    async def handle(self, request: web.BaseRequest) -> web.Response:
        action = request.headers["X-Amz-Target"].removeprefix(_PREFIX)
        self.calls.append(action)
        if self.throttled:
            self.throttled -= 1
            return _answer({"__type": "TooManyRequestsException", "message": "Rate exceeded"}, 400)
        if self.error:
            return _answer(
                {"__type": self.error, "Message": "You don't have permissions to access this resource."}, 400
            )
        params = json.loads(await request.read() or b"{}")
        actions: dict[str, Callable[[dict[str, Any]], tuple[str, list[dict[str, Any]]]]] = {
            "ListRoots": lambda _params: (
                "Roots",
                [{"Id": ROOT, "Arn": self._arn(f"root/o-1/{ROOT}"), "Name": "Root"}],
            ),
            "ListOrganizationalUnitsForParent": self._list_units,
            "ListAccountsForParent": self._list_accounts,
            "ListTagsForResource": self._list_tags,
        }
        if action not in actions:
            return _answer({"__type": "UnknownOperationException"}, 400)
        name, items = actions[action](params)
        start = int(params.get("NextToken", 0))
        # AWS may give a page without items that says there are more.
        rest = items[start : start + self.page_size]
        token = {"NextToken": str(start + self.page_size)} if start + self.page_size < len(items) else {}
        return _answer({name: rest, **token})

    def _list_units(self, params: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        return "OrganizationalUnits", [
            {"Id": unit, "Arn": self._arn(f"ou/o-1/{unit}"), "Name": name}
            for unit, (name, parent) in self._units.items()
            if parent == params["ParentId"]
        ]

    def _list_accounts(self, params: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        return "Accounts", [
            {
                "Id": member.id,
                "Arn": self._arn(f"account/o-1/{member.id}"),
                "Name": member.name,
                "Status": member.status,
                "JoinedTimestamp": 1_700_000_000.0,
            }
            for member in self._members
            if member.parent == params["ParentId"]
        ]

    def _list_tags(self, params: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        (member,) = [member for member in self._members if member.id == params["ResourceId"]]
        return "Tags", [{"Key": key, "Value": value} for key, value in member.tags.items()]

    def _arn(self, resource: str) -> str:
        return f"arn:{self.partition}:organizations::111111111111:{resource}"


def _answer(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(content).encode(), content_type="application/x-amz-json-1.1")
