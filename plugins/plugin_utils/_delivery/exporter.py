# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What an exporter is to the delivery: it encodes points, and exports what it encoded."""

from __future__ import annotations

import enum
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from .._metrics.point import Point

T = t.TypeVar("T")
T_co = t.TypeVar("T_co", covariant=True)


class ExportStatus(enum.Enum):
    """What one request did to the points that it carried."""

    ACCEPTED = enum.auto()
    RETRY = enum.auto()
    """The fault may pass: the same points may be accepted later."""
    TOO_LARGE = enum.auto()
    REJECTED = enum.auto()
    """These points will never be accepted; others may be."""
    STOP = enum.auto()
    """Nothing is accepted until a setting is changed."""


class ExportResult(t.NamedTuple):
    status: ExportStatus
    code: str = ""
    """The reason in a word, to count by."""
    reason: str = ""
    """A sentence for people, without secrets."""
    setting: str = ""
    """What to look at or change where it is not accepted."""
    retry_after: float | None = None
    """Seconds that the other side asks for."""
    unauthorized: bool = False
    sent: bool = True
    """Whether the points left this machine, or tried to: a request that a missing token prevents is none."""
    partly_rejected: int = 0
    """Of an accepted request: how many of its points the other side rejected. They are not sent again."""


class RejectedPointError(ValueError):
    """A point that the other side would reject: its code for it, and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Encoder(t.Protocol[T_co]):
    """Encodes the points of one batch."""

    adjusted: int
    """How many points could not be written exactly as they are."""

    def encode(self, point: Point) -> T_co:
        """Raises RejectedPointError."""


class Exporter(t.Protocol[T]):
    """
    One way out. Knows formats and protocols, and nothing of IAM, journals or retries.

    Its callback is a subclass of MetricsCallback that makes it, and both have the same name.
    """

    name: str
    destination: str
    """The address for people and for the journal, without secrets: points for one never go to another."""
    most_points: int
    """The most that one request may carry."""

    @property
    def reserved_tags(self) -> t.Collection[str]:
        """Names that no tag of a user may have."""

    def encoder(self) -> Encoder[T]:
        """What makes items of points, for one delivery."""

    def export(self, items: Sequence[T], seconds: float) -> ExportResult:
        """One attempt that takes no longer than so many seconds."""

    def shutdown(self) -> None:
        """Release connections and processes; a later export may open them again."""
