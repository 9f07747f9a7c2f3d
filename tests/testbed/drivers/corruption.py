# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What may become of a file: cut off, overwritten, edited by hand, or something else altogether."""

from __future__ import annotations

import re
from random import Random

_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
_ODD_VALUES = (
    *(b"-1", b"1e999", b"1e300", b"NaN", b"null", b"true", b'"x"', b"[]", b"{}", b"9" * 400, b"0", b"-0.0"),
    *(b"99999999999999999999", b'"\\ud800"', b'"\\u0000\\u001b[2J"', b"[" * 3000, b"1_0"),
)
_OTHER_CONTENT = (
    *(b"", b"\n", b"\0" * 500, b"{}", b"[]", b"null", b"[" * 100_000, b"\xef\xbb\xbf{}", b"<html>", b"\xff\xfe\x00"),
    *(b"[default]\nregion", b"[", b"=", b"[a]\n[a]\n", b" indented = 1\n", b"%(x)s", b"[profile \x1b[2J]\nx = 1\n"),
)


def seeded(name: str) -> Random:
    """The same name gives the same faults, on every machine and with every Python."""
    return Random(name)  # noqa: S311


def corrupted(draw: Random, whole: bytes) -> bytes:  # noqa: PLR0911
    place = draw.randrange(len(whole) or 1)
    match draw.randrange(8):
        case 0:
            return draw.randbytes(draw.randrange(300))
        case 1:
            return whole[:place]
        case 2:
            return whole[:place] + draw.randbytes(draw.randrange(1, 9)) + whole[place + draw.randrange(9) :]
        case 3:
            return whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :]
        case 4:
            return whole[place:] + whole[:place]
        case 5:
            return draw.choice(_OTHER_CONTENT)
        case 6:
            return whole + draw.choice(_OTHER_CONTENT) + whole
        case _:
            found = draw.choice([*_NUMBER.finditer(whole)] or [None])
            odd = draw.choice(_ODD_VALUES)
            return whole[: found.start()] + odd + whole[found.end() :] if found else odd
