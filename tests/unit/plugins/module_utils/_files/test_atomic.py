# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._files import atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def _umask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:  # noqa: ARG001 - made before
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_umask")
def test_a_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    file = tmp_path / "file"
    assert atomic.write(file, b"secret") == 6
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert atomic.write(file, [b"an", b"other"]) == 7
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"another", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_the_old_file_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")

    def content() -> Iterator[bytes]:
        yield b"half"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        atomic.write(file, content())
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    with file.open("rb") as reader:
        atomic.write(file, b"new")
        assert reader.read() == b"old"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"of another")
    link.symlink_to(target)
    atomic.write(link, b"new")
    assert not link.is_symlink()
    assert target.read_bytes() == b"of another"


def test_a_draft_that_a_killed_writer_or_another_left_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / ".draft").symlink_to(tmp_path / "elsewhere")
    atomic.write(tmp_path / "file", b"secret", draft=".draft")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"secret")]


def test_mode_and_owner_are_set_before_anything_is_written(tmp_path: Path) -> None:
    sizes = []
    directory = os.open(tmp_path, os.O_RDONLY)
    try:
        atomic.replace(
            directory, "file", b"text", mode=0o640, prepare=lambda draft: sizes.append(os.fstat(draft).st_size)
        )
    finally:
        os.close(directory)
    assert sizes == [0]
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
