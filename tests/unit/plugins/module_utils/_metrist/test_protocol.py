# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._metrist.protocol import (
    MessageStream,
    ProtocolError,
    metadata,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class Pieces(io.RawIOBase):
    """Gives its bytes in the pieces that a pipe might."""

    def __init__(self, content: bytes, sizes: Sequence[int]) -> None:
        self._content = content
        self._sizes = list(sizes)

    def read(self, size: int = -1) -> bytes:
        taken = min(size, self._sizes.pop(0) if self._sizes else size)
        piece, self._content = self._content[:taken], self._content[taken:]
        return piece


def framed(*messages: str) -> bytes:
    return b"".join(b"%05d %s" % (len(message.encode()), message.encode()) for message in messages)


def received(content: bytes, sizes: Sequence[int] = ()) -> list[str | None]:
    stream = MessageStream(Pieces(content, sizes), io.BytesIO())  # type: ignore[arg-type]
    found: list[str | None] = []
    while not found or found[-1] is not None:
        found.append(stream.receive())
    return found


@given(st.lists(st.text(max_size=30)), st.lists(st.integers(min_value=1, max_value=9), max_size=60))
def test_messages_come_in_any_pieces(messages: list[str], sizes: list[int]) -> None:
    assert received(framed(*messages), sizes) == [*(message.strip() for message in messages), None]


@pytest.mark.parametrize("content", [b"", b"00005 Exi", b"00005 "])
def test_an_end_in_the_middle_is_an_end(content: bytes) -> None:
    assert received(content) == [None]


@pytest.mark.parametrize("content", [b"Exit 1", b"000005Exit 1", b"  5 Exit 1", b"-0005 Exit", b"001"])
def test_what_is_no_message(content: bytes) -> None:
    with pytest.raises(ProtocolError, match="does not begin with its length"):
        received(content)


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        ("Ready", b"00005 Ready"),
        ("Log Info ä", b"00013 Log Info \\xe4"),
        ("x" * 200_000, b"99999 " + 99_999 * b"x"),
    ],
)
def test_what_is_sent(message: str, sent: bytes) -> None:
    sink = io.BytesIO()
    MessageStream(io.BytesIO(), sink).send(message)
    assert sink.getvalue() == sent


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("AccessDenied", "AccessDenied"),
        ("a b", "612062"),
        ("a=b", "613d62"),
        ("a,b", "612c62"),
        ("cafe", "63616665"),
        ("42", "3432"),
        ("caf", "caf"),
    ],
)
def test_metadata_that_could_be_misread_is_in_base16(value: str, sent: str) -> None:
    assert metadata(error_code=value) == f"error_code={sent}"
