# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Where the hosts of a play do not wait for each other, each writes the report of what is there by then.

Each does so in a process of its own. One that began earlier, and so knows less, must not have the last word.
"""

from __future__ import annotations

import typing as t
from contextlib import contextmanager

from ansible_collections.keyward.iam.plugins.module_utils._files.locks import locked

if t.TYPE_CHECKING:
    from pathlib import Path

_LOCK_SECONDS = 120.0


@contextmanager
def turn(directory: Path, task: str, known: int) -> t.Iterator[bool]:
    """
    Whether it is the turn of a process that knows so many results: false once another has written more of them.

    One process at a time is inside. C(directory) is the run's own, C(task) tells its tasks apart. Raises FileError and
    OSError.
    """
    record = directory / f"keyward-report-{task}"
    with locked(record, _LOCK_SECONDS):
        written = int(record.read_text(encoding="ascii") or 0)
        yield known >= written
        record.write_text(str(max(known, written)), encoding="ascii")
