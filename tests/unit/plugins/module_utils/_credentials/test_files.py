# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import errno
import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._credentials.files import Files
from ansible_collections.keyward.iam.plugins.module_utils._credentials.profile import Profile
from ansible_collections.keyward.iam.plugins.module_utils._files import directories
from ansible_collections.keyward.iam.plugins.module_utils._files.private_file import Owner

if TYPE_CHECKING:
    from pathlib import Path

KEYS = Profile("ours", {"aws_access_key_id": "AKIAOURS", "aws_secret_access_key": "a-secret"})
FOREIGN = "[theirs]\nregion = eu-west-1\n"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "credentials").write_text(FOREIGN)
    return Files(tmp_path / "credentials", tmp_path / "config", Owner())


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.EBUSY, "it is mounted by itself, as single files are into containers, and so cannot be replaced: mount"),
        (errno.EROFS, "its file system is read-only: mount it for writing, or name another file"),
        (errno.ENOSPC, "No space left on device"),
        (errno.EDQUOT, "Disk quota exceeded"),
    ],
)
def test_what_keeps_a_file_from_being_replaced_is_said(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.rename", fail)
    with pytest.raises(KeywardError, match=f"cannot replace {tmp_path}/credentials: {sentence}"):
        files.apply(KEYS, present=True, check=False)
    assert [path.name for path in tmp_path.iterdir()] == ["credentials"]
    assert (tmp_path / "credentials").read_text() == FOREIGN


def test_a_lock_of_another_process_is_named_with_its_holder(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directories, "_LOCK_SECONDS", 0.1)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(KeywardError, match=rf"\(pid {os.getpid()}\) has kept {tmp_path} locked for 0.1 seconds"):
            files.apply(KEYS, present=True, check=False)
        assert files.apply(KEYS, present=True, check=True)
    finally:
        os.close(descriptor)
    assert (tmp_path / "credentials").read_text() == FOREIGN


def test_the_identity_that_comes_is_written_before_the_other_goes(files: Files, tmp_path: Path) -> None:
    role = Profile("ours", {"role_arn": "arn:aws:iam::111122223333:role/x", "source_profile": "theirs"})
    assert [change.path.name for change in files.apply(KEYS, present=True, check=False)] == ["credentials"]
    changes = files.apply(role, present=True, check=False)
    assert [change.path.name for change in changes] == ["config", "credentials"]
    assert (tmp_path / "credentials").read_text() == FOREIGN
