# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import progress as module
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.listing import Listing
from ansible_collections.keyward.iam.plugins.module_utils._access_keys.progress import FILE, Progress
from ansible_collections.keyward.iam.plugins.module_utils._aws.instrumentation import CallCounter
from testbed.drivers.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def under_way() -> Progress:
    progress = Progress()
    progress.begin(3)
    for users, keys in ((2, 1), (10, 0)):
        progress.watch(ListedSoFar(users, keys), calls(0))
    progress.profile_done(None)
    return progress


class ListedSoFar(Listing):
    def __init__(self, users: int, keys: int) -> None:
        self.users = users
        self.keys: list[Any] = [None] * keys


def calls(throttled: int) -> CallCounter:
    counter = CallCounter()
    counter.throttled = throttled
    return counter


def test_counts_are_over_all_profiles() -> None:
    assert under_way().text() == "1 of 3 profiles done, 12 users listed, 1 access key found"


def test_what_has_ended_still_counts_and_is_let_go() -> None:
    progress, listing = under_way(), ListedSoFar(100, 200)
    progress.watch(listing, calls(7))
    still_there = weakref.ref(listing)
    progress.profile_done(listing)
    del listing
    assert still_there() is None
    assert progress.text() == "2 of 3 profiles done, 112 users listed, 201 access keys found, 7 calls throttled"


def test_the_file_is_private_and_kept_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.01)
    progress = under_way()
    progress.write_to(str(tmp_path))
    file = tmp_path / FILE
    wait_until(lambda: file.exists() and "1 of 3" in file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    progress.profile_done(None)
    wait_until(lambda: "2 of 3" in file.read_text())
    # It ends with the process, or where it cannot write.
    file.unlink()
    tmp_path.rename(tmp_path.with_name("gone"))


def test_without_a_directory_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    under_way().write_to(None)
    assert list(tmp_path.iterdir()) == []
