# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a run delivered, and how it says so."""

from __future__ import annotations

import dataclasses
import typing as t
from collections import Counter
from typing import TYPE_CHECKING

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._metrics import names as metrics
from .._metrics.point import Point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclasses.dataclass(slots=True)
class DeliveryStats:
    """Gathered points only: the delivery's own metrics are not among what they count."""

    delivered: int = 0
    requests: int = 0
    """Requests that were accepted and carried gathered points."""
    rejected: Counter[str] = dataclasses.field(default_factory=Counter)
    """Points that were set aside, by the reason's code."""
    dropped: int = 0
    adjusted: int = 0
    failed_requests: int = 0

    @property
    def invalid(self) -> int:
        return self.rejected.total()

    @property
    def outcomes(self) -> dict[str, int]:
        return {"delivered": self.delivered, "invalid": self.invalid, "dropped": self.dropped}

    def add(self, other: DeliveryStats) -> None:
        self.delivered += other.delivered
        self.requests += other.requests
        self.rejected += other.rejected
        self.dropped += other.dropped
        self.adjusted += other.adjusted
        self.failed_requests += other.failed_requests

    def since(self, earlier: DeliveryStats) -> DeliveryStats:
        return DeliveryStats(
            delivered=self.delivered - earlier.delivered,
            requests=self.requests - earlier.requests,
            rejected=self.rejected - earlier.rejected,
            dropped=self.dropped - earlier.dropped,
            adjusted=self.adjusted - earlier.adjusted,
            failed_requests=self.failed_requests - earlier.failed_requests,
        )

    def report(self) -> dict[str, t.Any]:
        """As a task returns it."""
        return dataclasses.asdict(self) | {"rejected": dict(self.rejected), "invalid": self.invalid}

    @classmethod
    def from_report(cls, report: Mapping[str, t.Any]) -> DeliveryStats:
        values = {field.name: report[field.name] for field in dataclasses.fields(cls)}
        return cls(**values | {"rejected": Counter(report["rejected"])})

    def points(self, timestamp: int) -> Iterator[Point]:
        """The run's own metrics."""
        for outcome, value in self.outcomes.items():
            yield Point(metrics.DELIVERY_POINTS, value, timestamp, {"outcome": outcome}, own=True)
        yield Point(metrics.DELIVERY_REQUESTS, self.requests, timestamp, own=True)

    def sentence(self, waiting: int | None) -> str:
        """The last line of a run; what is unusual stands in it only when it happened."""
        reasons = ", ".join(f"{count} {code}" for code, count in self.rejected.most_common())
        facts = [
            f"{plural(self.delivered, 'point')} delivered in {plural(self.requests, 'request')}",
            f"{self.invalid} invalid" + (f" ({reasons})" if reasons else ""),
            "the journal cannot be read" if waiting is None else f"{waiting} in the journal",
        ]
        facts += [f"{self.dropped} dropped"] if self.dropped else []
        facts += [f"{self.adjusted} adjusted"] if self.adjusted else []
        facts += [f"{plural(self.failed_requests, 'request')} failed"] if self.failed_requests else []
        return ", ".join(facts)
