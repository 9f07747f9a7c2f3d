# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Reads a small file that a user names, such as one that holds a token, and waits for nothing."""

from __future__ import annotations

import os
import stat

from .links import FileError

_MOST_BYTES = 65_536


def read_text(path: str) -> str:
    """Return the text of a regular file, a link to one included. Raises FileError, which says what is wrong with it."""
    try:
        # A FIFO would be waited for until another process writes into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileError(f"{path} is not a regular file")
            return file.read(_MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FileError(f"{path} holds no text") from None
