# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.cache import (
    CachedKey,
    CachedUser,
    CacheError,
    KeyCache,
)
from ansible_collections.keyward.iam.plugins.module_utils._files import state

ACCOUNT = "111122223333"
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
ARN = f"arn:aws:iam::{ACCOUNT}:user/alice"


def entry(as_of: dt.datetime = NOW, *, arn: str = ARN, status: Any = "Active") -> CachedUser:
    created = NOW - dt.timedelta(days=9)
    return CachedUser(arn, as_of, frozenset({(1, created)}), (CachedKey("AKIAIOSFODNN7EXAMPLE", status, created),))


def nobody_is_gone(_user_id: str, _arn: str) -> bool:
    return False


def file_of(directory: Path) -> Path:
    return directory / f"access_keys-{ACCOUNT}.json"


def test_what_was_listed_is_there_for_the_next_run(tmp_path: Path) -> None:
    KeyCache(str(tmp_path / "cache"), ACCOUNT).update({"AIDA1": entry()}, nobody_is_gone)
    assert KeyCache(str(tmp_path / "cache"), ACCOUNT).get("AIDA1") == entry()
    assert KeyCache(str(tmp_path / "cache"), "444455556666").get("AIDA1") is None


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    KeyCache(str(tmp_path / "cache"), ACCOUNT).update({"AIDA1": entry()}, nobody_is_gone)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "cache").iterdir()} == {0o600}


def test_a_later_listing_wins_whoever_writes_last(tmp_path: Path) -> None:
    early, late = KeyCache(str(tmp_path), ACCOUNT), KeyCache(str(tmp_path), ACCOUNT)
    late.update({"AIDA1": entry(NOW, status="Inactive")}, nobody_is_gone)
    early.update({"AIDA1": entry(NOW - dt.timedelta(minutes=5)), "AIDA2": entry()}, nobody_is_gone)
    cache = KeyCache(str(tmp_path), ACCOUNT)
    assert cache.get("AIDA1") == entry(NOW, status="Inactive")
    assert cache.get("AIDA2") == entry()


def test_who_is_gone_is_dropped(tmp_path: Path) -> None:
    KeyCache(str(tmp_path), ACCOUNT).update({"AIDA1": entry(), "AIDA2": entry()}, nobody_is_gone)
    KeyCache(str(tmp_path), ACCOUNT).update({}, lambda user_id, _arn: user_id == "AIDA1")
    cache = KeyCache(str(tmp_path), ACCOUNT)
    assert cache.get("AIDA1") is None
    assert cache.get("AIDA2") == entry()


def test_what_did_not_change_is_not_written(tmp_path: Path) -> None:
    KeyCache(str(tmp_path), ACCOUNT).update({"AIDA1": entry()}, nobody_is_gone)
    before = file_of(tmp_path).stat().st_ino
    KeyCache(str(tmp_path), ACCOUNT).update({}, nobody_is_gone)
    assert file_of(tmp_path).stat().st_ino == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "JSONDecodeError"),
        (b'{"version": 1, "account_id": "111122223333", "us', "JSONDecodeError"),
        (b"[]", "TypeError"),
        (b"null", "TypeError"),
        (b'{"version": "\xff"}', "UnicodeDecodeError"),
        (b"[" * 100_000, "Error"),
        (b'{"account_id": "111122223333", "users": {}}', "KeyError"),
        (b'{"version": 2, "account_id": "111122223333", "users": {}}', "it has version 2, and this is version 1"),
        (b'{"version": 1, "account_id": "444455556666", "users": {}}', "it is of another account"),
        (b'{"version": 1, "account_id": "111122223333", "users": []}', "it has no users"),
    ],
)
def test_a_file_that_is_broken_or_foreign_is_kept_aside(tmp_path: Path, content: bytes, reason: str) -> None:
    file_of(tmp_path).write_bytes(content)
    cache = KeyCache(str(tmp_path), ACCOUNT)
    assert cache.get("AIDA1") is None
    assert cache.warning is not None
    assert reason in cache.warning
    (aside,) = tmp_path.glob("*.broken-*")
    assert aside.read_bytes() == content
    cache.update({"AIDA1": entry()}, nobody_is_gone)
    assert KeyCache(str(tmp_path), ACCOUNT).get("AIDA1") == entry()


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "text",
        [ARN, 1, []],
        [ARN, "yesterday", [], []],
        [ARN, 1e300, [], []],
        [ARN, 1, [[1]], []],
        [ARN, 1, [], [["AKIAIOSFODNN7EXAMPLE", "Active"]]],
        [ARN, 1, [], [["AKIAIOSFODNN7EXAMPLE", "active", 1]]],
        [ARN, 1, [], [["\x1b[31mAKIAIOSFODNN7", "Active", 1]]],
        [ARN, 1, [], [[7, "Active", 1]]],
    ],
)
def test_an_odd_entry_is_no_entry(tmp_path: Path, stored: Any) -> None:
    users = {"AIDA1": stored}
    file_of(tmp_path).write_text(json.dumps({"version": 1, "account_id": ACCOUNT, "users": users}), encoding="utf-8")
    cache = KeyCache(str(tmp_path), ACCOUNT)
    assert cache.get("AIDA1") is None
    cache.update({"AIDA1": entry()}, nobody_is_gone)
    assert KeyCache(str(tmp_path), ACCOUNT).get("AIDA1") == entry()


@pytest.mark.parametrize("place", ["/dev/null", "/proc/keyward", "~nobody-of-that-name/cache"])
def test_a_place_that_cannot_be_used_is_said_by_its_option(place: str) -> None:
    with pytest.raises(CacheError, match=f"^cache_path {place} cannot be used, so that it saves no calls: "):
        KeyCache(place, ACCOUNT)


def test_many_writers_lose_nothing_of_each_other(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            KeyCache(str(tmp_path), ACCOUNT).update({f"AIDA{number}{turn}": entry()}, nobody_is_gone)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    cache = KeyCache(str(tmp_path), ACCOUNT)
    assert all(cache.get(f"AIDA{number}{turn}") for number in range(6) for turn in range(5))
    assert not list(tmp_path.glob("*.broken-*"))


@pytest.mark.parametrize("rebuilds", [True, False])
def test_another_run_may_mend_a_broken_file_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, rebuilds: bool
) -> None:
    file_of(tmp_path).write_bytes(b"broken")
    read = state.read

    def read_before_another_mends(path: Path, most: int) -> bytes:
        content = read(path, most)
        monkeypatch.setattr(state, "read", read)
        other = KeyCache(str(tmp_path), ACCOUNT)
        other.update({"AIDA1": entry()} if rebuilds else {}, nobody_is_gone)
        return content

    monkeypatch.setattr(state, "read", read_before_another_mends)
    cache = KeyCache(str(tmp_path), ACCOUNT)
    assert cache.get("AIDA1") == (entry() if rebuilds else None)
    assert cache.warning is None
    (aside,) = tmp_path.glob("*.broken-*")
    assert aside.read_bytes() == b"broken"


def test_the_draft_of_a_writer_that_was_killed_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_names: Any, **_directories: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(os, "rename", killed)
        killing.setattr(os, "unlink", lambda *_names, **_directories: None)
        with pytest.raises(KeyboardInterrupt):
            KeyCache(str(tmp_path), ACCOUNT).update({"AIDA1": entry()}, nobody_is_gone)
    assert [path for path in tmp_path.iterdir() if path.stat().st_size]
    KeyCache(str(tmp_path), ACCOUNT).update({"AIDA1": entry()}, nobody_is_gone)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".lock"]


def test_a_large_account_is_read_about_as_fast_as_its_json(tmp_path: Path) -> None:
    keys = entry().keys * 2
    users = {f"AIDA{number:016}": entry()._replace(keys=keys) for number in range(5000)}
    KeyCache(str(tmp_path), ACCOUNT).update(users, nobody_is_gone)

    def best(read: Any) -> float:
        times = []
        for _turn in range(5):
            started = time.process_time()
            read()
            times.append(time.process_time() - started)
        return min(times)

    assert best(lambda: KeyCache(str(tmp_path), ACCOUNT)) < 3 * best(lambda: json.loads(file_of(tmp_path).read_text()))
