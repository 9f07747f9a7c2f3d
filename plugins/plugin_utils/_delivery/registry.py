# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""
The callbacks of this run that deliver metrics.

A callback registers itself here when Ansible loads it. A task's worker is a fork of that process, and so an action
plugin sees the deliveries. Its changes to them stay in the worker; a report brings them to the callbacks.
"""

from __future__ import annotations

import dataclasses
import typing as t
from pathlib import Path

from .report import ReportPipe

if t.TYPE_CHECKING:
    from .._journal.journal import Journal
    from .._metrics.missing import Missing
    from .delivery import Delivery

LINEAR = frozenset({"linear", "debug", "ansible.builtin.linear", "ansible.builtin.debug"})
"""The strategies under which all hosts come to a task before any goes on to the next."""

_CALLBACKS = Path(__file__).parents[2] / "callback"


@dataclasses.dataclass(slots=True)
class Registered:
    """One callback: with a delivery, or with the reason why it has none."""

    owner: object
    missing: Missing
    """What of this run never became points."""
    journal: Journal | None = None
    delivery: Delivery | None = None
    absence: str | None = None


class OncePerTask:
    """
    As the attribute BYPASS_HOST_LOOP of an action: once is enough for a journal, however many hosts a play has.

    Of the strategies, only linear ones know how to do that; the others refuse it.
    """

    def __get__(self, _action: object, _type: type) -> bool:
        return strategy_is_linear


registered: dict[str, Registered] = {}
"""By the callbacks' short names."""

strategy_is_linear = False
_pipes: list[ReportPipe] = []


def reports() -> ReportPipe:
    """Made before the first fork, since its callback is loaded before."""
    if not _pipes:
        _pipes.append(ReportPipe())
    return _pipes[0]


def merge_worker_reports() -> None:
    for report in reports().received():
        found = registered.get(report.name)
        if found and found.delivery:
            found.delivery.merge_worker_report(report)


def deliveries() -> list[tuple[Registered, Delivery]]:
    return [(found, found.delivery) for found in registered.values() if found.delivery]


def callbacks() -> list[str]:
    """The full names of all that the collection has."""
    return sorted(f"keyward.iam.{path.stem}" for path in _CALLBACKS.glob("[a-z]*.py"))
