# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Lists access keys with the help of the credential report: every page of users, then only the users of which the report
and the cache do not tell everything.

An access key's id and date of creation never change. So what the report shows unchanged is what was listed before:
ages are exact, while a change of status, a new key of an old user, and a deletion are seen as late as the report.
"""

from __future__ import annotations

import datetime as dt
import typing as t
from collections import Counter

from .._aws.account import account_in
from .cache import CachedKey, CachedUser, CacheError, KeyCache
from .listing import Listing
from .model import ListedKey

if t.TYPE_CHECKING:
    from .._aws.instrumentation import AwsClock
    from .._common.workers import WorkerPool
    from .credential_report import CredentialReport, KeySlot

User = dict[str, t.Any]

_MOST_AHEAD = dt.timedelta(minutes=10)
"""A report is made while users are listed, by clocks that may differ. What is cached by a later one hides changes."""


class ReportListing(Listing):
    """
    C(take_report) returns the report once it is there, or None where every user is to be listed.
    C(cached) is the number of keys that came from the cache, C(warnings) say what is wrong with it.
    """

    def __init__(
        self,
        client: t.Any,
        path_prefix: str,
        pool: WorkerPool,
        *,
        take_report: t.Callable[[], CredentialReport | None],
        cache_path: str,
        clock: AwsClock,
    ) -> None:
        super().__init__(client, path_prefix, pool)
        self._take_report = take_report
        self._cache_path = cache_path
        self._clock = clock
        self._report: CredentialReport | None = None
        self._cache: KeyCache | None = None
        self._found: list[User] = []
        self._listed: dict[str, CachedUser] = {}
        self.cached = 0
        self.warnings: list[str] = []

    @property
    def used_report(self) -> bool:
        return self._report is not None

    def run(self) -> None:
        super().run()
        if self._cache is None:
            return
        users = {user["UserId"] for user in self._found}
        # What other paths hold was not asked for.
        place = f":user{self._path_prefix}"

        def is_gone(user_id: str, arn: str) -> bool:
            path = arn[: arn.rfind("/") + 1]
            return self.error is None and user_id not in users and place in path

        try:
            self._cache.update(self._listed, is_gone)
        except CacheError as error:
            self.warnings.append(str(error))
        if self._cache.warning:
            self.warnings.append(self._cache.warning)

    def _take_page(self, users: list[User]) -> None:
        self._found.extend(users)

    def _take_all(self) -> None:
        report = self._report = self._trusted(self._take_report())
        if report is not None and self._found:
            self._open_cache(self._found[0]["Arn"])
        for user in self._found:
            keys = self._known_keys(user, report) if report is not None else None
            if keys is None:
                self._submit(user)
                continue
            self.cached += len(keys)
            # In one step, since workers extend it too: a user's keys stay together.
            self.keys.extend([ListedKey(user["UserName"], user["Arn"], user["Path"], *key) for key in keys])

    def _trusted(self, report: CredentialReport | None) -> CredentialReport | None:
        now = self._clock.latest
        if report is None or now is None or report.generated_time <= now + _MOST_AHEAD:
            return report
        self.warnings.append("every user was listed, since the credential report is dated in the future")
        return None

    def _open_cache(self, arn: str) -> None:
        account = account_in(arn)
        try:
            self._cache = KeyCache(self._cache_path, (account and account.account_id) or "")
        except CacheError as error:
            self.warnings.append(str(error))

    def _known_keys(self, user: User, report: CredentialReport) -> t.Sequence[CachedKey] | None:
        cached = self._cache.get(user["UserId"]) if self._cache else None
        return known_keys(user["Arn"], user["CreateDate"].replace(microsecond=0), report, cached)

    def _keys_of(self, user: User) -> list[ListedKey]:
        # Both are AWS's own time, and from before the call.
        latest = self._clock.latest
        keys = super()._keys_of(user)
        if self._cache is not None and self._report is not None:
            as_of = max(latest or self._report.generated_time, self._report.generated_time)
            slots = self._report.slots.get(user["Arn"], [])
            self._listed[user["UserId"]] = CachedUser(
                user["Arn"],
                as_of,
                frozenset((slot.number, slot.rotated_date) for slot in slots if slot.rotated_date),
                tuple(CachedKey(key.access_key_id, key.status, key.create_date) for key in keys),
            )
        return keys


def known_keys(
    arn: str, created: dt.datetime, report: CredentialReport, cached: CachedUser | None
) -> t.Sequence[CachedKey] | None:
    """A user's keys by the report and the cache, or None where the user is to be listed. Dates are in whole seconds."""
    slots = report.slots.get(arn)
    # A user of the same name that was deleted and made anew is another user.
    if slots is None or report.user_created.get(arn) != created or created >= report.generated_time:
        return None
    if arn in report.doubtful:
        return None
    if cached is not None and cached.user_arn != arn:
        return None
    if cached is not None and (_is_unchanged(slots, cached) or _is_newer(cached, slots, report.generated_time)):
        return cached.keys
    return None if slots else ()


def _is_unchanged(slots: t.Sequence[KeySlot], cached: CachedUser) -> bool:
    """Whether the report shows the very keys that were listed."""
    created = sorted(key.create_date for key in cached.keys)
    changed = sorted(slot.rotated_date for slot in slots if slot.rotated_date)
    return (
        len(changed) == len(slots) == len(created)
        and all(slot.rotated_date in created or (slot.number, slot.rotated_date) in cached.changes for slot in slots)
        # What changed in the very second of the listing may have changed after it.
        and all(before <= after < cached.as_of for before, after in zip(created, changed))
        and Counter(slot.active for slot in slots) == Counter(key.status == "Active" for key in cached.keys)
    )


def _is_newer(cached: CachedUser, slots: t.Sequence[KeySlot], generated: dt.datetime) -> bool:
    """Whether the listing came after the report, and nothing in the report came after the listing."""
    in_report = sorted((key.create_date for key in cached.keys if key.create_date <= generated), reverse=True)
    changed = sorted((slot.rotated_date for slot in slots if slot.rotated_date), reverse=True)
    return (
        cached.as_of > generated
        and len(in_report) <= len(changed) == len(slots)
        and all(before <= after < cached.as_of for before, after in zip(in_report, changed))
    )
