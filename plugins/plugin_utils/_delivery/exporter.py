# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an exporter is to the delivery: something that encodes points, and sends what it encoded."""

from __future__ import annotations

import enum
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._metrics.conversion import Point


class Verdict(enum.Enum):
    """What an answer means for the lines that were sent."""

    ACCEPTED = enum.auto()
    TRY_AGAIN = enum.auto()
    """The fault may pass: the same lines may be taken later."""
    TOO_LARGE = enum.auto()
    REFUSED = enum.auto()
    """These lines will never be taken; others may."""
    STOP = enum.auto()
    """Nothing will be taken until a setting is changed."""


class Answer(t.NamedTuple):
    verdict: Verdict
    code: str = ""
    """The reason in a word, to count by."""
    reason: str = ""
    """A sentence for people, without secrets."""
    setting: str = ""
    """What to look at or change where it is not accepted."""
    retry_after: float | None = None
    """Seconds that the other side asks for."""
    unauthorized: bool = False


class RejectedPointError(ValueError):
    """A point that the other side would reject: its code for it, and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Encoder(t.Protocol):
    """Encodes the points of one batch."""

    adjusted: int
    """How many points could not be written exactly as they are."""

    def encode(self, point: Point) -> str:
        """Raises RejectedPointError."""


class Exporter(t.Protocol):
    """One way out. Knows formats and protocols, and nothing of IAM, journals or retries."""

    name: str

    def encoder(self) -> Encoder: ...

    def send(self, lines: Sequence[str], seconds: float) -> Answer:
        """One attempt that takes no longer than so many seconds."""

    def close(self) -> None: ...
