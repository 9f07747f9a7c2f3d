# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._journal import volatile
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.volatile import volatile_kind

ROOT = "21 1 8:1 / / rw - ext4 /dev/sda1 rw"


@pytest.mark.parametrize(
    ("mounts", "word"),
    [
        ([ROOT], None),
        ([ROOT, "22 21 0:5 / /volatile-test rw,nosuid shared:5 master:1 - tmpfs tmpfs rw"], "memory"),
        ([ROOT, "22 21 0:5 / /volatile-test rw - ramfs none rw"], "memory"),
        ([ROOT, "22 21 0:5 / /volatile-test rw - xfs /dev/sdb rw"], None),
        (["21 1 0:5 / / rw - overlay overlay rw"], "container"),
        (["21 1 0:5 / / rw - fuse.fuse-overlayfs fuse rw"], "container"),
        # The mount nearest to the path decides, wherever it stands.
        (["22 21 0:5 / /volatile-test rw - tmpfs tmpfs rw", ROOT], "memory"),
        (["22 21 8:2 / /volatile-test/a rw - ext4 /dev/sdb rw", "21 1 0:5 / / rw - overlay overlay rw"], None),
        # Of two on one point the later one.
        ([ROOT, "22 21 0:5 / / rw - tmpfs tmpfs rw"], "memory"),
        (["21 1 0:5 / / rw - tmpfs tmpfs rw", ROOT], None),
        # A path beside it that begins alike is not in it.
        ([ROOT, "22 21 0:5 / /volatile rw - tmpfs tmpfs rw"], None),
        ([ROOT, "22 21 0:5 / /volatile-test/a/b/c rw - tmpfs tmpfs rw"], None),
        ([ROOT, r"22 21 0:5 / /volatile-test/a/b\040b rw - tmpfs tmpfs rw"], None),
    ],
)
def test_the_mount_that_a_path_is_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: list[str], word: str | None
) -> None:
    file = tmp_path / "mountinfo"
    file.write_text("\n".join(mounts) + "\n")
    monkeypatch.setattr(volatile, "_MOUNTS", file)
    kind = volatile_kind(Path("/volatile-test/a/b"))
    assert kind is None if word is None else word in str(kind)


def test_a_mount_point_with_a_blank_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mountinfo"
    file.write_text(ROOT + "\n" + r"22 21 0:5 / /volatile\040test rw - tmpfs tmpfs rw" + "\n")
    monkeypatch.setattr(volatile, "_MOUNTS", file)
    assert "memory" in str(volatile_kind(Path("/volatile test/journal")))
    assert volatile_kind(Path("/volatile/journal")) is None


def test_where_mounts_are_not_told_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volatile, "_MOUNTS", tmp_path / "missing")
    assert volatile_kind(Path("/volatile-test")) is None
