# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._files.links import FileError
from ansible_collections.keyward.iam.plugins.module_utils._files.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_read_also_through_a_link_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfa token\n")
    (tmp_path / "link").symlink_to("file")
    assert read_text(str(tmp_path / "link")) == "a token\n"


def test_what_is_no_text_file_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name, told in {
        "pipe": "is not a regular file",
        "bytes": "holds no text",
        "none": "cannot be read: No such file or directory",
        ".": "cannot be read|is not a regular file",
    }.items():
        with pytest.raises(FileError, match=told):
            read_text(str(tmp_path / name))


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(FileError, match="is not a regular file"):
        read_text("/dev/zero")
