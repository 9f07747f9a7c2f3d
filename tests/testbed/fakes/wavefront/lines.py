# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A second opinion on Wavefront's line format, written from the vendor's parser and validator.

It shares no code with the collection's encoder on purpose: what one of them gets wrong, the other one shows.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# Java's Character.isWhitespace knows no NEL and no non-breaking space; Python's str.isspace does.
_BLANKS = "".join(c for c in map(chr, range(0x10000)) if c.isspace() and c not in "\x85\xa0\u2007\u202f")
_SPACE = rf"[{_BLANKS}]"
# A quoted string ends at the first quote without a backslash before it. Even `\\"` does not end it: the vendor's parser
# looks at one character only, so a value that ends in a backslash swallows what follows. There are no possessive
# quantifiers here, since Python 3.11 matches them wrongly up to 3.11.3.
_TOKEN = re.compile(
    rf"""{_SPACE}* (?:
        "( [^"]* (?: (?<=\\)" [^"]* )* ) (?<!\\)"
      | '( [^']* (?: (?<=\\)' [^']* )* ) (?<!\\)'
      | ( [=\#] | (?!{_SPACE}|["']) [^ \t=]+ )
      | ( ["'] .* )
    )""",
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r"(?=.)(?:~|[\u2206\u0394]~?)?[,-9A-Z_a-z]*")
# Java's parseDouble less NaN and Infinity, which the service does not store.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_DELTA = ("\u2206", "\u0394")


class RejectError(ValueError):
    """A line the vendor refuses, with the vendor's code."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """What a tenant may set; the defaults are those of the service."""

    metric: int = 256
    source: int = 128
    tags: int = 20
    tag_key: int = 64
    tag_value: int = 255
    hours_back: float = 8760
    hours_ahead: float = 24


SERVICE_LIMITS = Limits()


class Point(NamedTuple):
    """One accepted point, as the service would store it."""

    metric: str
    value: float
    timestamp: int
    source: str
    tags: Mapping[str, str]

    @property
    def identity(self) -> tuple[str, str, int, frozenset[tuple[str, str]]]:
        """What makes it one point: the same line sent twice is stored once."""
        return (self.metric, self.source, self.timestamp, frozenset(self.tags.items()))

    @property
    def digest(self) -> bytes:
        """The identity in 16 bytes, so that a million of them fit in memory."""
        parts = [self.metric, self.source, str(self.timestamp)]
        for pair in sorted(self.tags.items()):
            parts += pair
        return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def parse(line: str, *, now: float, limits: Limits = SERVICE_LIMITS) -> Point:
    """The point a line makes; raises RejectError where the vendor would."""
    tokens = _plain_tokens(line) or _tokens(line)
    if len(tokens) < 2:
        raise RejectError("WF-300", "value is missing")
    metric, value = tokens[0], _number(tokens[1], "value")
    pairs, seconds = 2, now
    if len(tokens) > 2 and tokens[2][:1].isdecimal():
        pairs, seconds = 3, _seconds(_number(tokens[2], "timestamp"))
    keys, operators, values = tokens[pairs::3], tokens[pairs + 1 :: 3], tokens[pairs + 2 :: 3]
    if len(keys) != len(values):
        raise RejectError("WF-300", f"value missing for {keys[-1]!r}")
    if operators.count("=") != len(operators):
        raise RejectError("WF-300", "tag keys and values must be separated by '='")

    tags = dict(zip(keys, values, strict=True))
    source = _source(tags)
    _validate(metric, value, source, limits)
    _validate_tags(tags, len(keys) - len(set(keys)), limits)
    if not now - 3600 * limits.hours_back < seconds < now + 3600 * limits.hours_ahead:
        raise RejectError("WF-402", f"point outside of reasonable timeframe: {int(seconds)}")
    return Point(metric, value, int(seconds), source, tags)


def _tokens(line: str) -> list[str]:
    found = _TOKEN.findall(line)
    if found and found[-1][-1]:
        raise RejectError("WF-300", f"unmatched quote character: {found[-1][-1]}")
    return [bare or double.replace('\\"', '"') or single.replace("\\'", "'") for double, single, bare, _unused in found]


def _plain_tokens(line: str) -> list[str] | None:
    """The same three times as fast for the usual line, whose double quotes need no care; None for any other."""
    *pieces, rest = line.split('"')
    if len(pieces) % 2 or "\\" in line or "'" in line:
        return None
    tokens = []
    for bare, quoted in zip(pieces[::2], pieces[1::2], strict=True):
        # A quote in the middle of a bare token is part of it.
        if not bare.endswith((" ", "\t", "=")):
            return None
        tokens += _bare_tokens(bare)
        tokens.append(quoted)
    return tokens + _bare_tokens(rest)


@lru_cache(maxsize=4096)
def _bare_tokens(text: str) -> list[str]:
    return _tokens(text)


def _number(token: str, what: str) -> float:
    if not _NUMBER.fullmatch(token) or not math.isfinite(number := float(token)):
        raise RejectError("WF-300", f"invalid {what}: {token!r}")
    return number


def _seconds(timestamp: float) -> float:
    """The vendor tells seconds from milli-, micro- and nanoseconds by size."""
    for limit, unit in ((1e12, 1.0), (1e13, 1e3), (1e16, 1e6)):
        if timestamp < limit:
            return timestamp / unit
    return timestamp / 1e9


def _source(tags: dict[str, str]) -> str:
    """Take the source out of the tags, and rename the reserved keys, as the vendor does."""
    source, host = tags.pop("source", None), tags.pop("host", None)
    if "tag" in tags:
        tags["_tag"] = tags.pop("tag")
    if source is None:
        return host or ""
    if host is not None:
        tags["_host"] = host
    return source


def _validate(metric: str, value: float, source: str, limits: Limits) -> None:
    if not source.strip(_BLANKS):
        raise RejectError("WF-406", "source/host name is required")
    if (length := _length(source)) > limits.source:
        raise RejectError("WF-407", f"source/host name is too long ({length} characters, max: {limits.source})")
    if (length := _length(metric)) > limits.metric:
        raise RejectError("WF-408", f"metric name is too long ({length} characters, max: {limits.metric})")
    if not _name_is_valid(metric):
        raise RejectError("WF-400", f"point metric has illegal characters: {metric}")
    if metric.startswith(_DELTA) and value <= 0:
        raise RejectError("WF-404", "delta metrics cannot be non-positive")


def _validate_tags(tags: Mapping[str, str], duplicates: int, limits: Limits) -> None:
    if (count := len(tags) + duplicates) > limits.tags:
        raise RejectError("WF-410", f"too many point tags ({count}, max {limits.tags})")
    for key, value in tags.items():
        key_length, value_length = _length(key), _length(value)
        if key_length + value_length >= 255:
            raise RejectError(
                "WF-411", f"point tag (key+value) too long ({key_length + value_length + 1}, max: 255): {key}"
            )
        if key_length > limits.tag_key:
            raise RejectError("WF-412", f"point tag key is too long ({key_length}, max: {limits.tag_key}): {key}")
        if not _name_is_valid(key):
            raise RejectError("WF-401", f"point tag key has illegal characters: {key}")
        if not value.strip(_BLANKS):
            raise RejectError("WF-414", f"point tag value for {key} is empty or missing")
        if value_length > limits.tag_value:
            raise RejectError("WF-413", f"point tag value is too long ({value_length}, max: {limits.tag_value}): {key}")


@lru_cache(maxsize=4096)
def _name_is_valid(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _length(text: str) -> int:
    """Java counts UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
