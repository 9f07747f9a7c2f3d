# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The boundary between text from outside and a person, a result or a log.

Whatever a server, a helper, a file, a library or a user name says passes ``cleaned`` first. It masks secrets in every
form in which they travel, and gives one line of bounded length that no terminal obeys.
"""

from __future__ import annotations

import re
import typing as t

from .redaction import LONGEST_SECRET, Redactor, redactor, remember, url_secrets

__all__ = ["Redactor", "cleaned", "plural", "printable", "redacted", "remember", "url_secrets", "without_surrogates"]

MOST_CHARACTERS = 500

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""What Python calls printable and shows nothing. The others of the kind are not printable for Python either."""


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def cleaned(text: str, secrets: t.Iterable[str | None] = (), limit: int = MOST_CHARACTERS) -> str:
    """
    Return what may be shown of a text: without secrets, in one line, and no longer than the limit.

    Secrets that are remembered or in the environment, and those that show by a name or a shape, are masked as well.
    Takes no longer for a text of any length than for a page.
    """
    redact = redactor(secrets)
    shown = 4 * limit
    # What begins within the part that is shown may end behind it.
    head = text[: shown + redact.longest + LONGEST_SECRET]
    return printable(redact(head, shown) + ("…" if len(text) > shown else ""), limit)


def without_surrogates(text: str) -> str:
    """Return the text as UTF-8 can hold it: each half of a character that stands alone is replaced."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def redacted(text: str, secrets: t.Iterable[str | None] = ()) -> str:
    """Return the whole text without secrets, for what must keep its lines, such as a difference."""
    return redactor(secrets)(text)


def printable(text: str, limit: int = MOST_CHARACTERS) -> str:
    """
    Return the text in one line of at most so many characters, and an ellipsis where it was cut off.

    Characters that do not print are escaped: control characters (ESC, newlines, C1), those that change the direction
    of text, lone surrogates, and those that show nothing.
    """
    pieces = [_shown(character) for character in text.strip()[: limit + 1]]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    left = limit - 1
    fitting: list[str] = []
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            break
        fitting.append(piece)
    return "".join(fitting) + "…"


def _shown(character: str) -> str:
    if character.isprintable() and not _INVISIBLE.match(character):
        return character
    return character.encode("unicode_escape").decode("ascii")
