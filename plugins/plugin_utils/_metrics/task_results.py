# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
Which task results are ours, each finished one exactly once.

Ansible hands over a loop's items and then the loop, a polled job's states and then its result: the last of each is
taken, which holds everything. A job that a task only started comes back as the result of an C(async_status) task.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from .conversion import POINTS_OF

DELIVER = "keyward.iam.deliver"
ASYNC_STATUS = frozenset({"ansible.builtin.async_status", "ansible.legacy.async_status"})

_WATCHED = POINTS_OF | ASYNC_STATUS | {DELIVER}
_SHORT_NAMES = frozenset(name.rpartition(".")[2] for name in _WATCHED)

Result = Mapping[str, t.Any]


class Finished(t.NamedTuple):
    action: str
    result: Result


class Hidden(t.NamedTuple):
    """A result of ours that ``no_log`` keeps from callbacks."""

    action: str


class Results:
    """Remembers the jobs that this run's tasks started."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], str] = {}

    @property
    def open_jobs(self) -> int:
        """How many started jobs were never seen to finish."""
        return len(self._jobs)

    def of(self, task_result: t.Any) -> Iterator[Finished | Hidden]:
        """Takes what Ansible hands to the hooks for ok, failed and unreachable."""
        # ansible-core 2.18 has the underscored names only; later ones are about to lose them.
        task = task_result.task if hasattr(task_result, "task") else task_result._task
        # Asked for a task that is none of ours, resolved_action may look for plugins or warn.
        if task.action.rpartition(".")[2] not in _SHORT_NAMES or task.resolved_action not in _WATCHED:
            return
        host = task_result.host if hasattr(task_result, "host") else task_result._host
        result = task_result.result if hasattr(task_result, "result") else task_result._result
        items = result["results"] if task.loop is not None and isinstance(result.get("results"), list) else [result]
        for item in items:
            # From ansible-core 2.21 on, a skipped item is only known by its reason.
            if isinstance(item, dict) and not item.get("skipped") and "skip_reason" not in item:
                yield from self._of_item(task.resolved_action, host.get_name(), item)

    def _of_item(self, action: str, host: str, result: Result) -> Iterator[Finished | Hidden]:
        job = (host, result.get("ansible_job_id", ""))
        running = job[1] and not result.get("finished")
        if action in ASYNC_STATUS:
            if job in self._jobs and not running:
                yield Finished(self._jobs.pop(job), result)
        elif "censored" in result:
            yield Hidden(action)
        elif running and "profiles" not in result:
            self._jobs[job] = action
        else:
            yield Finished(action, result)
