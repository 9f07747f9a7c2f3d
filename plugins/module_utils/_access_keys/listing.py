# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Finds access keys by listing: every page of users, then every user's keys. Exact, and one call a user."""

from __future__ import annotations

import dataclasses
import typing as t

from .._aws.boto import BotoCoreError, ClientError
from .._aws.errors import CREDENTIAL_CODES, ErrorDetails, error_code, explain
from .model import FoundKey

if t.TYPE_CHECKING:
    import concurrent.futures

PAGE_SIZE = 1000
"""The most that IAM gives at once; it may give less and say that there is more."""


class Failure(t.NamedTuple):
    error: BaseException
    explained: ErrorDetails


@dataclasses.dataclass
class Found:
    """
    What a method of finding keys found in one account; C(failure) marks it as partial.
    C(sample_arn) is the ARN of any of its users, which tells the account.
    """

    users: int = 0
    keys: list[FoundKey] = dataclasses.field(default_factory=list)
    sample_arn: str | None = None
    failure: Failure | None = None


class KeyFinder(t.Protocol):
    """A method of finding all access keys of one account; the pool bounds the calls under way at once."""

    def __call__(self, client: t.Any, path_prefix: str, pool: concurrent.futures.ThreadPoolExecutor) -> Found: ...


def find_by_listing(client: t.Any, path_prefix: str, pool: concurrent.futures.ThreadPoolExecutor) -> Found:
    listing = _Listing(client, pool)
    pool.submit(listing.list_users, path_prefix).result()
    return listing.collect()


class _Listing:
    """The users are paged by one worker of the pool, which feeds the others as pages arrive."""

    def __init__(self, client: t.Any, pool: concurrent.futures.ThreadPoolExecutor) -> None:
        self._client = client
        self._pool = pool
        self._pending: list[concurrent.futures.Future[list[FoundKey]]] = []
        self._found = Found()
        self._hopeless: BaseException | None = None

    def list_users(self, path_prefix: str) -> None:
        pages = self._client.get_paginator("list_users").paginate(
            PathPrefix=path_prefix, PaginationConfig={"PageSize": PAGE_SIZE}
        )
        try:
            for page in pages:
                for user in page["Users"]:
                    self._found.sample_arn = user["Arn"]
                    self._pending.append(self._pool.submit(self._list_keys, user))
        except (BotoCoreError, ClientError) as error:
            self._hopeless = error

    def _list_keys(self, user: dict[str, t.Any]) -> list[FoundKey]:
        if self._hopeless is not None:
            raise self._hopeless
        try:
            pages = self._client.get_paginator("list_access_keys").paginate(UserName=user["UserName"])
            return [_found_key(user, key) for page in pages for key in page["AccessKeyMetadata"]]
        except (BotoCoreError, ClientError) as error:
            if not isinstance(error, ClientError) or error_code(error) in CREDENTIAL_CODES:
                # No further call can go better: what is still queued must not try.
                self._hopeless = error
            raise

    def collect(self) -> Found:
        found = self._found
        failures: list[BaseException] = []
        for future in self._pending:
            found.users += 1
            try:
                found.keys.extend(future.result())
            except (BotoCoreError, ClientError) as error:
                if error_code(error) == "NoSuchEntity":
                    # deleted since the page was read
                    found.users -= 1
                else:
                    failures.append(error)
        first = self._hopeless or next(iter(failures), None)
        if first is not None:
            part = f"keys of {len(failures)} of {found.users} users could not be listed: " if failures else ""
            code, sentence = explain(first)
            found.failure = Failure(first, ErrorDetails(code, part + sentence))
        return found


def _found_key(user: dict[str, t.Any], key: dict[str, t.Any]) -> FoundKey:
    return FoundKey(
        user_name=user["UserName"],
        user_arn=user["Arn"],
        user_path=user["Path"],
        access_key_id=key["AccessKeyId"],
        status=key["Status"],
        create_date=key["CreateDate"].replace(microsecond=0),
    )
