# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Lists access keys: every page of users, then every user's keys. Exact, and one call a user."""

from __future__ import annotations

import functools
import threading
import typing as t

from .._aws.boto import BotoCoreError
from .._aws.errors import CREDENTIAL_CODES, UNREADABLE_RESPONSE, UserError, error_code
from .._aws.responses import pages
from .model import ListedKey

if t.TYPE_CHECKING:
    from .._common.workers import WorkerPool

PAGE_SIZE = 1000
"""The most that IAM gives at once; it may give less and say that there is more."""


class Listing:
    """
    The access keys of one account as they are found; what is here when the time is up stays.
    C(sample_arn) is the ARN of any of its users, which tells the account.

    The users are paged by one worker of the pool, which feeds the others as pages arrive.
    """

    def __init__(self, client: t.Any, path_prefix: str, pool: WorkerPool) -> None:
        self._client = client
        self._path_prefix = path_prefix
        self._pool = pool
        self._lock = threading.Lock()
        self._fatal_error: BaseException | None = None
        self.users = 0
        self.user_names: dict[str, str] = {}
        """By ARN."""
        self.keys: list[ListedKey] = []
        self.sample_arn: str | None = None
        self.user_errors: list[BaseException] = []

    def run(self) -> None:
        """Ends when all is listed, or no further call can go better."""
        self._pool.submit(self._list_users)
        self._pool.wait()

    @property
    def error(self) -> BaseException | None:
        """What kept the listing from being whole."""
        return self._fatal_error or next(iter(self.user_errors), None)

    def _list_users(self) -> None:
        try:
            for page in pages(self._client, "list_users", "Users", PathPrefix=self._path_prefix, MaxItems=PAGE_SIZE):
                for user in page:
                    self.sample_arn = user["Arn"]
                    self.user_names[user["Arn"]] = user["UserName"]
                    with self._lock:
                        self.users += 1
                self._take_page(page)
        except BaseException as error:  # noqa: BLE001 - kept as the failure of the listing
            self._fatal_error = error
        self._take_all()

    def _take_page(self, users: list[dict[str, t.Any]]) -> None:
        for user in users:
            self._submit(user)

    def _take_all(self) -> None:
        """No further page comes."""

    def _submit(self, user: dict[str, t.Any]) -> None:
        self._pool.submit(functools.partial(self._list_keys, user))

    def _keys_of(self, user: dict[str, t.Any]) -> list[ListedKey]:
        listed = pages(self._client, "list_access_keys", "AccessKeyMetadata", UserName=user["UserName"])
        return [listed_key(user, key) for page in listed for key in page]

    def _list_keys(self, user: dict[str, t.Any]) -> None:
        if self._fatal_error is not None:
            self.user_errors.append(self._fatal_error)
            return
        try:
            self.keys.extend(self._keys_of(user))
        except BaseException as error:  # noqa: BLE001 - kept as the failure of this user
            if error_code(error) == "NoSuchEntity":
                # deleted since the page was read
                with self._lock:
                    self.users -= 1
                return
            if _is_fatal(error):
                # What is still queued must not try.
                self._fatal_error = self._fatal_error or error
            self.user_errors.append(error)


def _is_fatal(error: BaseException) -> bool:
    """Whether no further call can go better."""
    if isinstance(error, UserError):
        return error.code != UNREADABLE_RESPONSE
    return isinstance(error, BotoCoreError) or error_code(error) in CREDENTIAL_CODES


def listed_key(user: dict[str, t.Any], key: dict[str, t.Any]) -> ListedKey:
    return ListedKey(
        user_name=user["UserName"],
        user_arn=user["Arn"],
        user_path=user["Path"],
        access_key_id=key["AccessKeyId"],
        status=key["Status"],
        create_date=key["CreateDate"].replace(microsecond=0),
    )
