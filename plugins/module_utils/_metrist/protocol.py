# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The messages between Metrist's orchestrator and a monitor: five digits that tell the length in bytes, a space, the text.
"""

from __future__ import annotations

import binascii
import io
import re
import typing as t

from .._common.errors import KeywardError

_HEADER = re.compile(rb"(\d{5}) ")
_LONGEST = 99_999
_PLAIN = re.compile(r"[!-~]+")
_RESERVED = re.compile(r"[,=]")
_BASE16 = re.compile(r"([0-9A-Fa-f]{2})+")


class ProtocolError(KeywardError):
    """What the orchestrator sent is none of its messages."""


class MessageStream:
    """Both files are unbuffered: what waits in a buffer for a lost orchestrator would keep the process from ending."""

    def __init__(self, source: t.BinaryIO, sink: t.BinaryIO) -> None:
        self._source = source
        self._sink = sink

    def receive(self) -> str | None:
        """The next message, or None where there will be no other. Raises ProtocolError."""
        header = self._read(6)
        if not header:
            return None
        match = _HEADER.fullmatch(header)
        if match is None:
            raise ProtocolError("a message does not begin with its length: five digits and a space")
        length = int(match.group(1))
        text = self._read(length)
        if len(text) < length:
            return None
        return text.decode("utf-8", "replace").strip()

    def send(self, message: str) -> None:
        """
        Raises OSError if the other end is closed. The text is made ASCII: orchestrators disagree on whether the length
        is in bytes or in characters.
        """
        text = message.encode("ascii", "backslashreplace")[:_LONGEST]
        content = b"%05d %s" % (len(text), text)
        while content:
            content = content[self._sink.write(content) :]

    def _read(self, size: int) -> bytes:
        """As many bytes as asked for, in whatever pieces they come; fewer where they end."""
        pieces = io.BytesIO()
        while size > pieces.tell():
            piece = self._source.read(size - pieces.tell())
            if not piece:
                break
            pieces.write(piece)
        return pieces.getvalue()


def metadata(**values: str) -> str:
    """Values that the orchestrator could misread are in base16, which it decodes."""
    return ",".join(f"{key}={_encoded(value)}" for key, value in values.items())


def _encoded(value: str) -> str:
    safe = _PLAIN.fullmatch(value) and not _RESERVED.search(value) and not _BASE16.fullmatch(value)
    return value if safe else binascii.hexlify(value.encode()).decode("ascii")
