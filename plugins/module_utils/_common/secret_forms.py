# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Finds known secrets in a text, in every form in which they are sent or quoted.

Each character may stand as it is, percent-encoded, or escaped as JSON, Python, HTML and XML do, also more than once. A
secret may also be in base64 behind anything, such as a name and a colon, or in hexadecimal. Case does not count.
"""

from __future__ import annotations

import base64
import binascii
import functools
import html.entities
import itertools
import re
import typing as t

_LEAST_ANYWHERE = 6
"""Chance holds a shorter secret in any text, so that it counts only where it stands alone."""

_LEAST_BASE64 = 6
_LONGEST_CUT = 256
_BITS_OF_BYTE = 8
_BITS_OF_DIGIT = 6
_MOST_OF_CHARACTER = 24

_SLASH = re.escape("\\") + "{1,8}"
_PERCENT = "%(?:25){0,3}"
_AMPERSAND = "&(?:amp;){0,3}"
_NAMES = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f", "\v": "v", "\a": "a", "\x1b": "e", "\0": "0"}
_ENTITIES = {chr(code): name.lower() for code, name in html.entities.codepoint2name.items()} | {"'": "apos"}

_LONE_BEFORE = r"(?:(?<![^\W_])|(?<=%[0-9a-f]{2})|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))"
_LONE_AFTER = r"(?![^\W_])"
_BASE64_WORD = re.compile(r"[A-Za-z0-9+/_-]{2,4096}={0,2}")
_BASE64_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789+/_-"
_MOST_BASE64 = 4096
_AFTER_CUT = " \t\r\n.…\"'"

_ASCII_LOWER = {ord(upper): ord(upper.lower()) for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


_ESCAPED = re.compile(
    r"(?:%(?:25)*[0-9a-f]{2}){3}|(?:\\{1,8}[ux][0-9a-f]{2,8}){3}|(?:\\{1,8}[0-7]{3}){3}|(?:&#?x?\w+;){3}"
)
_RUN = re.compile(r"[a-z0-9]{3,}")


class Text:
    """One text, in which many secrets are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.low = _lower(text)
        self.is_escaped = bool(_ESCAPED.search(self.low))
        """Whether it has letters that are escaped without need, so that no part of a secret has to stand in it."""


class Forms:
    """Of one secret; one that is empty, or blank, has none."""

    def __init__(self, secret: str) -> None:
        ways = sorted({way for way in _ways_to_write(secret) if way.strip()}, key=lambda way: (-len(way), way))
        self.longest = _MOST_OF_CHARACTER * len(ways[0]) if ways else 0
        self._anywhere = [way for way in ways if len(way) >= _LEAST_ANYWHERE]
        self._alone = [way for way in ways if len(way) < _LEAST_ANYWHERE]
        self._clues = self._find_clues()

    def spans(self, text: Text) -> t.Iterator[tuple[int, int]]:
        if self._clues is None or text.is_escaped or any(clue in text.low for clue in self._clues):
            for pattern in self._patterns:
                yield from (found.span() for found in pattern.finditer(text.low))
            if self._base64:
                yield from (_whole_base64(text.low, *found.span()) for found in self._base64.finditer(text.low))
        if self._alone:
            yield from (word.span() for word in _BASE64_WORD.finditer(text.text) if self._encodes_short(word[0]))
        yield from self._cut_off(text.low)

    def _find_clues(self) -> list[str] | None:
        """Of what one must stand in a text that holds the secret; None where nothing has to."""
        if self._alone:
            return None
        codes = [core for way in self._anywhere for core in (*_base64_cores(way), _bytes(way).hex())]
        runs = [_RUN.findall(_lower(form)) for form in (*self._anywhere, *codes)]
        return None if not all(runs) else list({max(found, key=len) for found in runs})

    @functools.cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        alternatives = (
            *map(_pattern, self._anywhere),
            *(f"{_LONE_BEFORE}{_pattern(way)}{_LONE_AFTER}" for way in self._alone),
            *(re.escape(_bytes(way).hex()) for way in self._anywhere),
        )
        return [re.compile(alternative) for alternative in dict.fromkeys(alternatives)]

    @functools.cached_property
    def _base64(self) -> re.Pattern[str] | None:
        cores = dict.fromkeys(_base64_pattern(core) for way in self._anywhere for core in _base64_cores(way))
        return re.compile("|".join(cores)) if cores else None

    def _encodes_short(self, word: str) -> bool:
        """Whether a word is the base64 of a short secret, or of a name and a short secret."""
        digits = word.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            content = base64.b64decode(digits + "=" * (-len(digits) % 4))
        except (binascii.Error, ValueError):
            return False
        return any(content == short or content.endswith(b":" + short) for short in map(_bytes, self._alone))

    def _cut_off(self, low: str) -> t.Iterator[tuple[int, int]]:
        """The beginning of the secret where another has cut the text off."""
        end = len(low) - len(low[-_LONGEST_CUT:]) + len(low[-_LONGEST_CUT:].rstrip(_AFTER_CUT))
        for way in self._anywhere:
            beginning = _lower(way)[:_LONGEST_CUT]
            for length in range(min(len(beginning), end), _LEAST_ANYWHERE - 1, -1):
                if low.startswith(beginning[:length], end - length):
                    yield end - length, len(low) if length == end else end
                    break


def _ways_to_write(secret: str) -> t.Iterator[str]:
    """With and without what is stripped of it, and with quotes or percent signs doubled, as YAML, CSV and INI do."""
    for way in (secret, secret.strip(), *(secret.splitlines() if len(secret) > _LONGEST_CUT else ())):
        yield way
        # Some letters have another number of letters in the other case, or do not come back from it.
        yield from () if way.isascii() else (way.upper(), way.lower())
        for doubled in "'\"%":
            yield way.replace(doubled, 2 * doubled)
        yield way.replace("'", "'\"'\"'")
        yield way.replace("'", "'\\''")


def _pattern(secret: str) -> str:
    """
    Of text in lower case.

    Runs of blanks and of backslashes are one element each, since several that may each take any number would be tried
    in every combination.
    """
    return "".join(
        _run(kind, list(characters)) for kind, characters in itertools.groupby(_lower(secret), key=_kind_of_run)
    )


def _kind_of_run(character: str) -> str:
    return "blank" if character.isspace() else character if character == "\\" else ""


def _run(kind: str, characters: list[str]) -> str:
    if kind == "blank":
        encoded = "|".join(dict.fromkeys(form for character in characters for form in (_encoded(character), r"\+")))
        return rf"(?:\s{{1,64}}|(?:\s|{encoded}){{{len(characters)}}})"
    if kind:
        return rf"(?:\\|{_PERCENT}5c|{_AMPERSAND}#0*(?:92|x0*5c);){{{len(characters)},{8 * len(characters)}}}"
    return "".join(
        f"(?:{re.escape(character)}|{'|'.join(_encoded(case) for case in sorted({character, character.upper()}))})"
        for character in characters
    )


@functools.lru_cache(maxsize=512)
def _encoded(character: str) -> str:
    """The text is in lower case, but what is encoded in it is not."""
    if len(character) > 1:
        return "".join(f"(?:{_encoded(part)})" for part in character)
    if character.isascii() and character.isalnum():
        # None needs it, and a token of a thousand of them must stay cheap.
        return f"{_PERCENT}{ord(character):02x}|{_SLASH}u00{ord(character):02x}"
    code = ord(character)
    content = _bytes(character)
    utf_16 = character.encode("utf-16-be", "surrogatepass").hex()
    units = "".join(f"{_SLASH}u{utf_16[start : start + 4]}" for start in range(0, len(utf_16), 4))
    forms = [
        "".join(f"{_PERCENT}{byte:02x}" for byte in content),
        f"%u{code:04x}",
        units,
        "".join(f"{_SLASH}x{byte:02x}" for byte in content),
        "".join(f"{_SLASH}0*{byte:o}" for byte in content),
        f"{_AMPERSAND}#(?:0*{code}|x0*{code:x});",
    ]
    if character in _ENTITIES:
        forms.append(f"{_AMPERSAND}{_ENTITIES[character]};")
    if not character.isalnum():
        forms.append(f"{_SLASH}{re.escape(_NAMES.get(character, character))}")
    if not character.isascii():
        # As byte for byte, cut into bytes by another encoding, or replaced.
        forms += [f"{_SLASH}x{code:02x}", f"{_SLASH}u{code:08x}", re.escape(_lower(content.decode("latin-1")))]
        forms += ["\ufffd{1,4}", r"\?"]
    return "|".join(forms)


def _base64_cores(secret: str) -> t.Iterator[str]:
    """The digits that the secret alone decides, wherever in a text it begins."""
    content = _bytes(secret)
    for before in range(3):
        first = -(-before * _BITS_OF_BYTE // _BITS_OF_DIGIT)
        after = (before + len(content)) * _BITS_OF_BYTE // _BITS_OF_DIGIT
        core = base64.b64encode(bytes(before) + content).decode()[first:after]
        if len(core) >= _LEAST_BASE64:
            yield core


def _base64_pattern(core: str) -> str:
    safe = {"+": "-", "/": "_"}
    return "".join(
        f"(?:{safe[digit]}|{re.escape(digit)}|{_encoded(digit)})" if digit in safe else digit for digit in _lower(core)
    )


def _whole_base64(low: str, first: int, after: int) -> tuple[int, int]:
    before, behind = low[max(0, first - _MOST_BASE64) : first], low[after : after + _MOST_BASE64]
    return (
        first - len(before) + len(before.rstrip(_BASE64_DIGITS)),
        after + len(behind) - len(behind.lstrip(f"{_BASE64_DIGITS}=")),
    )


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _lower(text: str) -> str:
    """In lower case and of the same length, which lower() does not promise."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_ASCII_LOWER)
