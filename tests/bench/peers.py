# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Other ways to the age of every access key, each a process: ``python -m bench.peers serial|threads|first-page``."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

Ages = dict[str, list[int]]
"""Of the keys of each user, in days."""


def serial() -> Ages:
    """Every page of users, then one user after the other."""
    client = boto3.client("iam")
    return dict(_keys(client, user) for user in _users(client))


def threads() -> Ages:
    """The same with 16 calls at once, and nothing else: the least that an exact listing takes."""
    client = boto3.client("iam", config=Config(max_pool_connections=16))
    with ThreadPoolExecutor(16) as pool:
        return dict(pool.map(lambda user: _keys(client, user), _users(client)))


def first_page() -> Ages:
    """The requests of a script that does not know that there are more pages."""
    client: Any = boto3.client("iam")
    return dict(_keys(client, user) for user in client.list_users()["Users"])


def _users(client: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1000})
    return [user for page in pages for user in page["Users"]]


def _keys(client: Any, user: dict[str, Any]) -> tuple[str, list[int]]:
    name = user["UserName"]
    now = datetime.now(UTC)
    return name, [(now - key["CreateDate"]).days for key in client.list_access_keys(UserName=name)["AccessKeyMetadata"]]


PEERS = {"serial": serial, "threads": threads, "first-page": first_page}


if __name__ == "__main__":
    print(json.dumps(PEERS[sys.argv[1]]()))
