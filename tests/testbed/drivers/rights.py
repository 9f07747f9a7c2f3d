# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A user whom modes of files keep out, as they do not root."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_USER = 65534


@contextlib.contextmanager
def without_rights(directory: Path) -> Iterator[None]:
    """
    In this process, until the end of the block; the directory and what is in it are the user's.

    What the block needs must be imported before: the user may not be able to read where Python is.
    """
    if os.geteuid() != 0:
        yield
        return
    for path in (directory, *directory.rglob("*")):
        os.chown(path, _USER, _USER, follow_symlinks=False)
    os.setegid(_USER)
    os.seteuid(_USER)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
