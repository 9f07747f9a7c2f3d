# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Reads the tags of all users: one call for each 1000 users, and one for each user that was made meanwhile."""

from __future__ import annotations

import functools
import typing as t

from .._aws.errors import UNREADABLE_RESPONSE, UserError, error_code
from .._aws.responses import pages

if t.TYPE_CHECKING:
    from .._common.workers import WorkerPool
    from .rules import Tags

PAGE_SIZE = 1000


class UserTags:
    """The tags of an account's users by ARN, as far as they are read. C(error) is what kept others from being read."""

    def __init__(self, client: t.Any, pool: WorkerPool) -> None:
        self._client = client
        self._pool = pool
        self._by_arn: dict[str, Tags] = {}
        self.error: BaseException | None = None

    def start(self) -> None:
        """Read them in the pool, beside whatever else it does."""
        self._pool.submit(self._read_all)

    def complete(self, users: t.Mapping[str, str]) -> None:
        """Read those of users, names by ARN, that were made after the others were read."""
        for arn, name in users.items():
            if arn not in self._by_arn and self.error is None:
                self._pool.submit(functools.partial(self._read, arn, name))
        self._pool.wait()

    def get(self, arn: str) -> Tags | None:
        """None where they are not known."""
        return self._by_arn.get(arn)

    def _read_all(self) -> None:
        parameters = {"Filter": ["User"], "MaxItems": PAGE_SIZE}
        try:
            for page in pages(self._client, "get_account_authorization_details", "UserDetailList", **parameters):
                self._by_arn.update((user["Arn"], _tags(user.get("Tags", []))) for user in page)
        except BaseException as error:  # noqa: BLE001 - kept as the failure of the tags
            self.error = error

    def _read(self, arn: str, name: str) -> None:
        try:
            listed = pages(self._client, "list_user_tags", "Tags", UserName=name)
            self._by_arn[arn] = {key: value for page in listed for key, value in _tags(page).items()}
        except BaseException as error:  # noqa: BLE001 - kept as the failure of the tags
            # One that was deleted meanwhile has neither tags nor keys.
            if error_code(error) == "NoSuchEntity":
                self._by_arn[arn] = {}
            else:
                self.error = self.error or error


def _tags(listed: t.Any) -> dict[str, str]:
    """Raises UserError for what is no list of tags."""
    try:
        return {str(tag["Key"]): str(tag["Value"]) for tag in listed}
    except (KeyError, TypeError):
        raise UserError(UNREADABLE_RESPONSE, "the response has tags without key or value: check endpoint_url") from None
