# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Files that only their owner reads, and that are there whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._files import atomic

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DRAFT = ".draft-"


class StorageError(KeywardError):
    """A directory or a file cannot be used. A sentence for people."""


def unique_name(moment_ns: int, count: int, suffix: str) -> str:
    """Sorts by time, is its writer's alone, and tells how many points the file holds."""
    return f"{moment_ns:020d}-{os.getpid()}-{secrets.token_hex(4)}.{count}.{suffix}"


def write_records(directory: Path, name: str, records: Iterable[t.Any]) -> int:
    """One JSON document a line, on disk when this returns. Gives the number of bytes; raises StorageError."""
    content = (f"{json.dumps(record, separators=(',', ':'))}\n".encode("ascii") for record in records)
    with explained(f"{directory} cannot be written"):
        make_directory(directory)
        return atomic.write(directory / name, content, draft=f"{DRAFT}{name}")


def make_directory(directory: Path) -> None:
    # Of the parents that mkdir makes, it gives the mode to none.
    for path in (directory.parent, directory):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def plain_files(directory: Path) -> list[Path]:
    """Without those whose names begin with a dot; in the order of their names."""
    with explained(f"{directory} cannot be read"):
        try:
            with os.scandir(directory) as found:
                names = [item.name for item in found if item.name[0] != "." and item.is_file(follow_symlinks=False)]
        except FileNotFoundError:
            return []
    return [directory / name for name in sorted(names)]


def remove_drafts(directory: Path, older_than_seconds: float) -> None:
    """What a process that was killed left of a file it was writing."""
    stale = time.time() - older_than_seconds
    with explained(f"{directory} cannot be written"):
        for draft in directory.glob(f"{DRAFT}*"):
            if draft.stat().st_mtime < stale:
                draft.unlink()


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{what}: {error.strerror or error}") from error
