# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""What a worker, in which an action runs, tells the process of the callbacks about a delivery."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import typing as t

from .exporter import ExportResult, ExportStatus
from .stats import DeliveryStats

# Of a pipe, so many bytes are written in one piece.
_MOST_BYTES = 4096
_MOST_CHARACTERS = 1000
_SECONDS = 5


@dataclasses.dataclass(frozen=True, slots=True)
class WorkerReport:
    """What one attempt of M(keyward.iam.deliver) did for one exporter."""

    name: str
    journal: str
    destination: str
    stats: DeliveryStats
    reported: DeliveryStats
    reported_at: int
    left: int | None
    seconds: float
    status: str | None
    reason: str | None
    setting: str | None

    @property
    def gave_up(self) -> bool:
        return self.status == ExportStatus.RETRY.name

    @property
    def failure(self) -> ExportResult | None:
        if self.status is None:
            return None
        return ExportResult(ExportStatus[self.status], "", self.reason or "", self.setting or "")

    def as_result(self) -> dict[str, t.Any]:
        """As the task returns it."""
        stats = self.stats.as_dict()
        del stats["rejected_of_this_run"], stats["dropped_of_this_run"]
        return {
            "name": self.name,
            "journal": self.journal,
            "destination": self.destination,
            "left": self.left,
            "seconds": round(self.seconds, 3),
            "reason": self.reason,
            "setting": self.setting,
            "gave_up": self.gave_up,
            "invalid": self.stats.invalid,
            **stats,
        }


class ReportPipe:
    """
    From forks to the process that made it, past the result of the task, which no_log would hide.

    What cannot be sent costs the counts of the run's last line, and no point.
    """

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._rest = b""

    def send(self, report: WorkerReport) -> None:
        values = dataclasses.asdict(report) | {"stats": report.stats.as_dict(), "reported": report.reported.as_dict()}
        values["reason"] = (report.reason or "")[:_MOST_CHARACTERS]
        line = json.dumps(values).encode() + b"\n"
        if len(line) <= _MOST_BYTES and select.select([], [self._write], [], _SECONDS)[1]:
            os.write(self._write, line)

    def received(self) -> list[WorkerReport]:
        """What came since the last call; in a fork, nothing."""
        if os.getpid() != self._pid:
            return []
        while piece := self._piece():
            self._rest += piece
        *lines, self._rest = self._rest.split(b"\n")
        return [_report(json.loads(line)) for line in lines]

    def _piece(self) -> bytes:
        try:
            return os.read(self._read, 1 << 16)
        except BlockingIOError:
            return b""


def _report(values: dict[str, t.Any]) -> WorkerReport:
    counted = {name: DeliveryStats.from_dict(values[name]) for name in ("stats", "reported")}
    return WorkerReport(**values | counted | {"reason": values["reason"] or None})
