# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What a receiver of OTLP says, also where its message was cut off or holds bytes that are no text.

Points that were accepted must not be sent again because the rest of the response cannot be read.
"""

from __future__ import annotations

import typing as t

from .protobuf import DecodeError, ExportMetricsPartialSuccess, ExportMetricsServiceResponse

_PARTIAL_SUCCESS = 0x0A
_NUMBER = 0x08
_TEXT = 0x12
"""Field numbers with wire types, as the first byte of a field has them."""

_MORE = 0x80
_NEGATIVE = 1 << 63


class Said(t.NamedTuple):
    number: int | None
    """The rejected points of a partial success, or the code of a refusal. None: the part with it did not arrive."""
    text: str


def partial_success(content: bytes) -> Said:
    """Raises DecodeError for what is no response of OTLP."""
    try:
        found = ExportMetricsServiceResponse.FromString(content).partial_success
    except DecodeError:
        said = None
        if content[:1] == bytes([_PARTIAL_SUCCESS]):
            length, body = _number(content[1:])
            said = _fields(body, whole=length == len(body)) if length >= len(body) else None
        if said is None:
            raise
        return said
    return Said(found.rejected_data_points, found.error_message)


def refusal_text(content: bytes) -> str:
    """The message of the google.rpc.Status that OTLP refuses with, which is laid out as a partial success is."""
    try:
        return ExportMetricsPartialSuccess.FromString(content).error_message
    except DecodeError:
        said = _fields(content, whole=False)
        return said.text if said else ""


def _fields(content: bytes, *, whole: bool) -> Said | None:
    """The fields as far as they arrived; None where there are others."""
    number, text = (0 if whole else None), b""
    while content:
        field = content[0]
        value, content = _number(content[1:])
        if field == _NUMBER:
            number = value if value < _NEGATIVE else 0
        elif field == _TEXT:
            text, content = content[:value], content[value:]
        else:
            return None
    return Said(number, text.decode("utf-8", "replace"))


def _number(content: bytes) -> tuple[int, bytes]:
    """The variable-length number at the start, and what follows it."""
    value = 0
    for place, byte in enumerate(content):
        value |= (byte & ~_MORE) << (7 * place)
        if not byte & _MORE:
            return value, content[place + 1 :]
    return value, b""
