# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Files of the journal: private, whole, and of nothing but what was written."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._journal import records
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.records import StorageError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_there_with_private_modes(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b" / "journal"
    assert records.write(directory, "one", [b"12", b"345"]) == 5
    assert records.write(directory, "two", b"6") == 1
    assert records.read(directory / "one", 5) == b"12345"
    assert [path.name for path in directory.iterdir() if path.name.startswith(".")] == []
    assert (mode(directory), mode(directory.parent), mode(directory / "one")) == (0o700, 0o700, 0o600)


def test_a_directory_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    directory = tmp_path / "journal"
    directory.mkdir(mode=0o750)
    records.write(directory, "one", b"1")
    assert mode(directory) == 0o750


def test_nothing_larger_than_asked_for_is_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert records.read(file, 5) == b"12345"
    with pytest.raises(OSError, match="no regular file of at most 4 bytes"):
        records.read(file, 4)


def test_neither_links_nor_pipes_nor_directories_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    for name in ("link", "pipe", "directory"):
        with pytest.raises(OSError, match=r"."):
            records.read(tmp_path / name, 10)


def test_only_plain_files_are_listed_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "c").symlink_to(tmp_path / "a")
    (tmp_path / "d").mkdir()
    assert records.plain_files(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    assert records.plain_files(tmp_path / "missing") == []
    with pytest.raises(StorageError, match=r"a cannot be read: Not a directory$"):
        records.plain_files(tmp_path / "a")


def test_what_is_removed_may_be_gone_already(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    records.remove(tmp_path, [tmp_path / "gone", tmp_path / "a"])
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "directory").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        records.remove(tmp_path, [tmp_path / "directory"])


def test_drafts_are_removed_once_they_are_old_and_nothing_else_is(tmp_path: Path) -> None:
    now = time.time()
    for name, age in ((".draft-old", 120), (".draft-new", 20), ("old", 120)):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (now - age, now - age))
    records.remove_drafts(tmp_path, 60)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".draft-new", "old"]


@pytest.mark.parametrize(
    ("directory", "lock"), [(0o700, 0o600), (0o750, 0o600), (0o770, 0o660), (0o777, 0o666), (0o702, 0o606)]
)
def test_a_lock_is_for_all_who_may_write_the_directory(tmp_path: Path, directory: int, lock: int) -> None:
    tmp_path.chmod(directory)
    records.prepare_lock(tmp_path, ".lock")
    assert mode(tmp_path / ".lock") == lock
    (tmp_path / ".lock").write_bytes(b"held")
    records.prepare_lock(tmp_path, ".lock")
    assert (tmp_path / ".lock").read_bytes() == b"held"


def test_an_error_tells_what_was_attempted_and_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    for place, reason in (
        ("file", "file is not a directory"),
        ("file/journal", "file is not a directory"),
        ("nowhere", "nowhere is a symbolic link that leads to nothing"),
        ("nowhere/journal", "nowhere is a symbolic link that leads to nothing"),
    ):
        with pytest.raises(StorageError) as error:
            records.write(tmp_path / place, "one", b"1")
        assert str(error.value) == f"{tmp_path / place} cannot be written: {tmp_path / reason}"


def test_whose_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"")
    assert records.belongs_to_another(tmp_path / "own") is False
    assert records.belongs_to_another(tmp_path / "missing") is False


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give directories to others")
def test_what_root_makes_in_a_users_directory_is_that_users(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 23456)
    records.write(tmp_path, "one", b"1")
    records.prepare_lock(tmp_path, ".lock")
    for name in ("one", ".lock"):
        status = (tmp_path / name).stat()
        assert (status.st_uid, status.st_gid) == (12345, 23456)
        assert records.belongs_to_another(tmp_path / name) is True
