# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The client of Metrist's API, and the file of registrations, against a back end of Metrist's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._metrist.api import Registration
from ansible_collections.keyward.iam.plugins.module_utils._metrist.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG: dict[str, Any] = {"interval_secs": 120}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "17",
        100_000 * "[",
        "{",
        '{"https://metrist.example.com": {"id": "1"}}',
        '{"https://metrist.example.com": 1}',
    ],
)
def test_a_file_of_something_else_is_left(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ids"
    path.write_text(content)

    with pytest.raises(KeywardError, match=f"{path} holds no registrations"):
        Memory(str(path), "https://metrist.example.com").recall()
    assert path.read_text() == content


def test_one_file_for_many_back_ends(tmp_path: Path) -> None:
    path = str(tmp_path / "ids")
    first, second = Memory(path, "https://one.example.com"), Memory(path, "https://two.example.com")
    first.remember(Registration("1", CONFIG))
    second.remember(Registration("2", {}))
    first.forget()

    assert first.recall() is None
    assert second.recall() == Registration("2", {})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "is not a regular file"),
        (lambda path: path.symlink_to("/etc/passwd"), "Too many levels of symbolic links"),
        (lambda path: path.write_bytes(2_000_000 * b" "), "has more than 1000000 bytes"),
    ],
)
def test_what_is_no_file_of_registrations(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    make(tmp_path / "ids")
    with pytest.raises(KeywardError, match=f"id_path .*cannot be read: .*{reason}"):
        Memory(str(tmp_path / "ids"), "https://metrist.example.com").recall()


def test_a_directory_in_which_others_can_write_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(KeywardError, match=f"cannot be written: other users can write in {tmp_path}"):
        Memory(str(tmp_path / "ids"), "https://metrist.example.com").prepare()
