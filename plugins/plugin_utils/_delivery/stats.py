# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""The counts of a delivery, and the sentence that prints them."""

from __future__ import annotations

import dataclasses
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural


@dataclasses.dataclass(slots=True)
class DeliveryStats:
    """Collected points only: the delivery's own metrics are not among what is counted."""

    delivered: int = 0
    requests: int = 0
    """Requests that were accepted and carried collected points."""
    rejected: Counter[str] = dataclasses.field(default_factory=Counter)
    """Points that will never be accepted, by the reason's code."""
    rejected_of_this_run: int = 0
    """Those among them that this run collected."""
    dropped: int = 0
    dropped_of_this_run: int = 0
    adjusted: int = 0
    """Points that were delivered and could not be written exactly as they are."""
    failed_requests: int = 0

    @property
    def invalid(self) -> int:
        return self.rejected.total()

    @property
    def outcomes(self) -> dict[str, int]:
        return {"delivered": self.delivered, "invalid": self.invalid, "dropped": self.dropped}

    def add(self, other: DeliveryStats) -> None:
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    def since(self, earlier: DeliveryStats) -> DeliveryStats:
        return DeliveryStats(
            **{
                field.name: getattr(self, field.name) - getattr(earlier, field.name)
                for field in dataclasses.fields(self)
            }
        )

    def copy(self) -> DeliveryStats:
        return dataclasses.replace(self, rejected=Counter(self.rejected))

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self) | {"rejected": dict(self.rejected)}

    @classmethod
    def from_dict(cls, values: dict[str, t.Any]) -> DeliveryStats:
        return cls(**values | {"rejected": Counter(values["rejected"])})

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
