# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Keeps what an account's users were listed with, so that a later run need not list them again.

One file per account, for many writers: an entry is replaced only by one that was listed later. It holds ids and dates,
and no secret.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import typing as t
from pathlib import Path

from .._common.errors import KeywardError
from .._files import atomic, state
from .._files.locks import locked

if t.TYPE_CHECKING:
    from .model import Status

_VERSION = 1
_LOCK_SECONDS = 10.0
"""The holder writes some megabytes at most."""

_MOST_BYTES = 256_000_000
_USERS = b'"users":'
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_KEY_ID = re.compile(r"[A-Z0-9]{16,128}")
_STATUSES: tuple[Status, ...] = ("Active", "Inactive", "Expired")


class CachedKey(t.NamedTuple):
    access_key_id: str
    status: Status
    create_date: dt.datetime


class CachedUser(t.NamedTuple):
    """
    One user as it was listed at C(as_of), by AWS's clock. C(changes) are the slots and their times of change that the
    credential report had then.
    """

    user_arn: str
    as_of: dt.datetime
    changes: frozenset[tuple[int, dt.datetime]]
    keys: tuple[CachedKey, ...]


class _BrokenError(Exception):
    """What is wrong with the content of the file."""


class CacheError(KeywardError):
    """The cache cannot be used; what it would have saved is listed."""


class KeyCache:
    """The cache of one account. C(warning) says what was wrong with the file that was there."""

    def __init__(self, directory: str, account_id: str) -> None:
        """Reads the file. Raises CacheError."""
        self.warning: str | None = None
        self._account_id = account_id
        self._directory = directory
        try:
            path = state.prepare(Path(directory).expanduser()) / _file_name(account_id)
            self._path = path.with_suffix(".json")
            self._lock = path.with_suffix(".lock")
            self._users = self._opened()
        except Exception as error:
            raise self._unusable(error) from error

    def get(self, user_id: str) -> CachedUser | None:
        """The user's entry, or None where there is none that can be read."""
        try:
            return _decoded(self._users[user_id])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None

    def update(self, listed: t.Mapping[str, CachedUser], is_gone: t.Callable[[str, str], bool]) -> None:
        """
        Adds what was listed, and drops the entries that C(is_gone) says of by user id and ARN.
        Raises CacheError.
        """
        if not listed and not any(is_gone(user_id, _arn_of(entry)) for user_id, entry in self._users.items()):
            return
        try:
            with locked(self._lock, _LOCK_SECONDS):
                kept = {
                    user_id: entry for user_id, entry in self._mended().items() if not is_gone(user_id, _arn_of(entry))
                }
                for user_id, user in listed.items():
                    if _as_of(kept.get(user_id)) <= user.as_of.timestamp():
                        kept[user_id] = _encoded(user)
                # The lock leaves one writer: the draft of one that was killed goes.
                atomic.write(self._path, self._content(kept), draft=f".{self._path.name}.draft")
        except Exception as error:
            raise self._unusable(error) from error

    def _opened(self) -> dict[str, t.Any]:
        try:
            return self._read()
        except _BrokenError:
            with locked(self._lock, _LOCK_SECONDS):
                return self._mended()

    def _read(self) -> dict[str, t.Any]:
        try:
            content = state.read(self._path, _MOST_BYTES)
        except FileNotFoundError:
            return {}
        try:
            return self._checked(content)
        except Exception as error:  # a broken file breaks its readers in ways without end
            raise _BrokenError(f"{type(error).__name__}: {error}") from error

    def _mended(self) -> dict[str, t.Any]:
        """
        What is in the file, which is set aside if it is broken. Needs the lock: another run may have put a good file in
        the place of the broken one.
        """
        try:
            return self._read()
        except _BrokenError as error:
            broken = state.keep_broken(self._path)
            self.warning = (
                f"the cache {self._path} could not be used, was kept as {broken.name}, and is made anew ({error})"
            )
            return {}

    def _content(self, users: dict[str, t.Any]) -> bytes:
        body = json.dumps(users, separators=(",", ":")).encode()
        head = {"version": _VERSION, "account_id": self._account_id, "sha256": _checksum(body)}
        return json.dumps(head, separators=(",", ":")).encode()[:-1] + b"," + _USERS + body + b"}"

    def _checked(self, content: bytes) -> dict[str, t.Any]:
        stored = json.loads(content)
        if stored["version"] != _VERSION:
            raise ValueError(f"it has version {stored['version']!r}, and this is version {_VERSION}")
        if stored["account_id"] != self._account_id:
            raise ValueError("it is of another account")
        if not isinstance(stored["users"], dict):
            raise TypeError("it has no users")
        if stored["sha256"] != _checksum(content.partition(_USERS)[2][:-1]):
            raise ValueError("its checksum is wrong")
        return t.cast("dict[str, t.Any]", stored["users"])

    def _unusable(self, error: Exception) -> CacheError:
        return CacheError(f"cache_path {self._directory} cannot be used, so that it saves no calls: {error}")


def _file_name(account_id: str) -> str:
    if not _ACCOUNT_ID.fullmatch(account_id):
        raise ValueError(f"{account_id!r} is no account id")
    return f"access_keys-{account_id}"


def _checksum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _encoded(user: CachedUser) -> list[t.Any]:
    return [
        user.user_arn,
        int(user.as_of.timestamp()),
        sorted([number, int(date.timestamp())] for number, date in user.changes),
        [[key.access_key_id, key.status, int(key.create_date.timestamp())] for key in user.keys],
    ]


def _decoded(entry: t.Any) -> CachedUser:
    arn, as_of, changes, keys = entry
    return CachedUser(
        str(arn),
        _date(as_of),
        frozenset((int(number), _date(date)) for number, date in changes),
        tuple(_decoded_key(*key) for key in keys),
    )


def _decoded_key(access_key_id: t.Any, status: t.Any, created: t.Any) -> CachedKey:
    if not _KEY_ID.fullmatch(access_key_id) or status not in _STATUSES:
        raise ValueError("it is no access key")
    return CachedKey(access_key_id, status, _date(created))


def _date(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc)


def _arn_of(entry: t.Any) -> str:
    return str(entry[0]) if isinstance(entry, list) and entry else ""


def _as_of(entry: t.Any) -> float:
    try:
        return _decoded(entry).as_of.timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0.0
