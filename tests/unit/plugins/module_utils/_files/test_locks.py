# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._files.locks import LockedError, locked

if TYPE_CHECKING:
    from pathlib import Path

_HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_one_process_at_a_time_and_the_other_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    sentence = rf"another process \(pid {holder.pid}\) has kept {lock} locked for 0.2 s"
    with holder:
        assert holder.stdout
        assert holder.stdout.readline()
        started = time.monotonic()
        with pytest.raises(LockedError, match=sentence), locked(lock, 0.2):
            pass
        assert 0.2 <= time.monotonic() - started < 20
        holder.kill()
    with locked(lock, 0):
        pass


def test_a_child_that_inherited_the_file_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    reader, writer = os.pipe()
    with locked(lock, 0):
        child = os.fork()
        if not child:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    os.close(reader)
    with locked(lock, 0):
        pass
    os.close(writer)
    os.waitpid(child, 0)


def test_the_lock_of_a_failed_holder_is_free(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock", 0):
        raise ZeroDivisionError
    with locked(tmp_path / "lock", 0):
        pass


def test_neither_a_link_nor_a_pipe_is_a_lock(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(OSError, match=r"symbolic links|not a regular file"), locked(tmp_path / name, 0):
            pass
    assert not (tmp_path / "elsewhere").exists()
