# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._files import state
from ansible_collections.keyward.iam.plugins.module_utils._files.links import FileError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give links to others")


def test_a_link_of_ones_own_is_followed(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("target")
    assert state.prepare(tmp_path / "link" / "deeper") == tmp_path / "target" / "deeper"


@needs_root
def test_a_link_of_a_stranger_is_not_followed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (tmp_path / "ours").mkdir(mode=0o700)
    (shared / "history").symlink_to(tmp_path / "ours")
    os.lchown(shared / "history", 65534, 65534)
    with pytest.raises(FileError):
        state.prepare(shared / "history")


def test_a_directory_of_ones_own_group_is_private_enough(tmp_path: Path) -> None:
    """As many systems make directories by default."""
    tmp_path.chmod(0o775)
    assert state.prepare(tmp_path) == tmp_path


def test_what_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="is not a directory"):
        state.prepare(tmp_path / "file")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="is not a regular file"):
        state.read(tmp_path / "pipe", 10)


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert state.read(path, 10) == b"0123456789"
    with pytest.raises(FileError, match="more than 9 bytes"):
        state.read(path, 9)


@pytest.mark.parametrize("name", ["~nobody-of-that-name/state", "$UNSET/state", "state/$UNSET", "${UNSET}/state"])
def test_a_place_that_is_not_known_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match="is not known: set an absolute path"):
        state.prepare(Path(name))
    assert list(tmp_path.iterdir()) == []


def test_only_the_newest_broken_files_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    others = [tmp_path / "history.json.broken-by-me", tmp_path / "other.json.broken-1"]
    for other in others:
        other.touch()
    for number in range(5):
        path.write_text(str(number))
        kept = state.keep_broken(path)
        assert kept.read_text() == str(number)
    broken = sorted(set(tmp_path.iterdir()) - set(others))
    assert [each.read_text() for each in broken] == ["2", "3", "4"]
    assert all(other.exists() for other in others)
