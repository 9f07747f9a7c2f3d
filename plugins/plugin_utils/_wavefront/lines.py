# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Wavefront's line format: one point, one line, or the vendor's reason for refusing it.

The format has a single escape, ``\"`` inside a quoted value. What it cannot hold is changed as little as possible.
Lengths are counted in UTF-16 units, as the vendor's parser counts them.
"""

from __future__ import annotations

import re
import sys
import time
import typing as t
from functools import lru_cache

from .._delivery.exporter import RejectedPointError

if t.TYPE_CHECKING:
    from .._metrics.point import Point

MAX_TAGS = 20
MAX_METRIC = 256
MAX_SOURCE = 128
MAX_TAG_KEY = 64
MAX_TAG = 254

PAST_SECONDS = 8760 * 3600
FUTURE_SECONDS = 24 * 3600

RESERVED_TAGS = frozenset({"source", "host", "tag"})

_METRIC = re.compile(r"[A-Za-z0-9_.-]+")
_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9_.-]")
_LINE_BREAK = re.compile(r"[\r\n]")
# Values that need no second look: neither quote nor backslash, not blank, and short enough beside the longest key.
_PLAIN = re.compile(rf"(?! )[ !#-\[\]-~]{{1,{MAX_TAG - MAX_TAG_KEY}}}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Marks what had to be changed until the line is complete: the one character that no line can hold.
_CHANGED = "\n"

_NUMBERS = frozenset({int, float})
_LARGEST = sys.float_info.max

# The pairs of a run repeat from point to point; what is cached covers the users of a large account.
_CACHE = 16384


class LineEncoder:
    """
    Encodes points against one clock reading: a batch has one window of acceptable timestamps.

    ``adjusted`` counts the points in which something had to be written otherwise than it is.
    """

    def __init__(self, now: float | None = None) -> None:
        now = time.time() if now is None else now
        self._oldest = now - PAST_SECONDS
        self._newest = now + FUTURE_SECONDS
        self.adjusted = 0

    def encode(self, point: Point) -> str:
        """Raises RejectedPointError for a point that cannot be sent at all."""
        timestamp = point.timestamp
        if not isinstance(timestamp, int) or not self._oldest < timestamp < self._newest:
            raise RejectedPointError("WF-402", f"the timestamp {timestamp!r:.80} is not within the last year")
        head = f"{_metric(point.metric)} {_number(point.value)} {timestamp} {_source(point.source)}"
        text = head + "".join(map(_tag, point.tags.items()))
        if _CHANGED not in text and len(point.tags) <= MAX_TAGS:
            return text
        # Two keys may have become one; as with the vendor, the last wins.
        tags = {_tag_key(pair[0]): tag for pair in point.tags.items() if (tag := _tag(pair)).strip()}
        if len(tags) > MAX_TAGS:
            raise RejectedPointError("WF-410", f"the point has {len(tags)} tags, and the maximum is {MAX_TAGS}")
        self.adjusted += _CHANGED in text
        return "".join([head, *tags.values()]).replace(_CHANGED, "")


def _number(value: t.Any) -> str:
    # A bool is an int to Python; NaN fails both comparisons.
    if type(value) not in _NUMBERS or not -_LARGEST <= value <= _LARGEST:
        raise RejectedPointError("WF-300", f"the value {value!r:.80} is not a finite number")
    return repr(value)


@lru_cache(_CACHE)
def _metric(name: str) -> str:
    if len(name) > MAX_METRIC:
        raise RejectedPointError("WF-408", f"the metric name {name!r:.80} is longer than {MAX_METRIC}")
    if not _METRIC.fullmatch(name):
        raise RejectedPointError("WF-400", f"the metric name {name!r:.80} has a character that is not taken")
    return name


@lru_cache(_CACHE)
def _source(source: str) -> str:
    if not source.strip():
        raise RejectedPointError("WF-406", "the source is blank")
    clean = _NOT_IN_KEY.sub("_", source)[:MAX_SOURCE]
    return f'{_CHANGED * (clean != source)}source="{clean}"'


@lru_cache(_CACHE)
def _tag(pair: tuple[str, str]) -> str:
    """The text for the line, which is empty for a blank value."""
    key, value = pair
    clean_key = _tag_key(key)
    if clean_key == key and _PLAIN.fullmatch(value):
        return f' {key}="{value}"'
    room = MAX_TAG - len(clean_key)
    clean = _cut(_SURROGATE.sub("\ufffd", _LINE_BREAK.sub(" ", value)), room)
    if clean.endswith("\\"):
        # The backslash would take the closing quote for its own.
        clean = _cut(clean, room - 1) + " "
    mark = _CHANGED * ((clean_key, clean) != pair or not clean.strip())
    if not clean.strip():
        return mark * bool(value)
    escaped = clean.replace('"', '\\"')
    return f'{mark} {clean_key}="{escaped}"'


@lru_cache(_CACHE)
def _tag_key(key: str) -> str:
    clean = _NOT_IN_KEY.sub("_", key)[:MAX_TAG_KEY] or "_"
    return f"{clean}_" if clean in RESERVED_TAGS else clean


def _cut(text: str, units: int) -> str:
    """At most so many UTF-16 units of a text without lone surrogates, never half of a character."""
    if len(text) * 2 <= units or text.isascii():
        return text[:units]
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
