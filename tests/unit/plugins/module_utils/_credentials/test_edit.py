# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""An edit changes its section and keeps every other byte, or is refused."""

from __future__ import annotations

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._credentials.aws_file import AwsFile, AwsFileError
from ansible_collections.keyward.iam.plugins.module_utils._credentials.edit import edit, remove


def changed(text: str, title: str, wanted: dict[str, str], unwanted: tuple[str, ...] = ()) -> str:
    file = AwsFile(text.encode())
    section = next((one for one in file.sections if one.title == title), None)
    return edit(file, section, title, wanted, unwanted).decode()


@pytest.mark.parametrize(
    ("before", "wanted", "unwanted", "after"),
    [
        ("", {"a": "1"}, (), "[x]\na = 1\n"),
        ("", {}, (), ""),
        ("[y]\na=0\n", {"a": "1"}, (), "[y]\na=0\n\n[x]\na = 1\n"),
        ("[y]\r\na=0\r\n", {"a": "1"}, (), "[y]\r\na=0\r\n\r\n[x]\r\na = 1\r\n"),
        ("[y]\r\na=0\n", {"a": "1"}, (), "[y]\r\na=0\n\r\n[x]\r\na = 1\r\n"),
        ("[x]\na : 0 \n# note\nb=2", {"a": "1"}, (), "[x]\na : 1\n# note\nb=2"),
        ("[x]\na=0\nb=2\n[y]\nc=3\n", {"d": "4"}, ("b",), "[x]\na=0\nd = 4\n[y]\nc=3\n"),
        ("[y]\nc=3\n\n[x]\na=0\n", {}, ("a",), "[y]\nc=3\n"),
        ("[x]\na=0\n\n[y]\nc=3\n", {}, ("a",), "[y]\nc=3\n"),
        ("[x]\na=0\n[y]\nc=3\n", {}, ("a",), "[y]\nc=3\n"),
        ("[x]\na=0\nb=1\n[y]\nc=3\n", {}, ("a", "b"), "[y]\nc=3\n"),
        ("[y]\nc=3\n[x]\na=0\n\n[z]\nd=4\n", {}, ("a",), "[y]\nc=3\n\n[z]\nd=4\n"),
        ("[y]\nc=3\n\n[x]\na=0\n\n[z]\nd=4\n", {}, ("a",), "[y]\nc=3\n\n[z]\nd=4\n"),
        (" [x]\n # note\n  [y]\n  c=3\n", {"a": "1"}, (), " [x]\n  a = 1\n # note\n  [y]\n  c=3\n"),
    ],
)
def test_only_what_is_wanted_changes(
    before: str, wanted: dict[str, str], unwanted: tuple[str, ...], after: str
) -> None:
    assert changed(before, "x", wanted, unwanted) == after


def test_removing_what_was_added_gives_the_file_back() -> None:
    before = "# mine\n[y]\na=0"
    file = AwsFile(changed(before, "x", {"b": "1"}).encode())
    assert remove(file, next(one for one in file.sections if one.title == "x")).decode() == before


def test_a_file_in_which_the_edit_would_be_read_otherwise_is_refused() -> None:
    with pytest.raises(AwsFileError, match=r"cannot edit \[x\] safely"):
        changed("[DEFAULT]\nb=1\n[x]\na=0\n", "x", {"a": "1"}, ("b",))
