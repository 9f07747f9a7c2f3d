# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""
Which task results are ours, each finished one exactly once.

Ansible hands over a loop's items and then the loop, a polled job's states and then its result: the last of each is
taken, which holds everything. Of a loop that C(no_log) hides, the items that it does not hide are taken. A job that a
task only started comes back as the result of an C(async_status) task, on whichever host and in whichever run.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from .conversion import POINTS_OF, action_of_shape
from .missing import Missing

DELIVER = "keyward.iam.deliver"
ASYNC_STATUS = frozenset({"ansible.builtin.async_status", "ansible.legacy.async_status"})

_WATCHED = POINTS_OF | ASYNC_STATUS | {DELIVER}
_SHORT_NAMES = frozenset(name.rpartition(".")[2] for name in _WATCHED)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/")
_MOST_FETCHED_JOBS = 100_000

Result = Mapping[str, t.Any]


class Finished(t.NamedTuple):
    action: str
    result: Result
    check_mode: bool
    places: list[dict[str, str]]
    """What the result is about, as tags: the profiles that the task names, else its host."""


class Hidden(t.NamedTuple):
    """A result of ours that ``no_log`` keeps from callbacks."""

    action: str


class Results:
    """Remembers the jobs that this run's tasks started, and what never became points."""

    def __init__(self) -> None:
        self.missing = Missing()
        self._jobs: dict[str, str] = {}
        self._fetched: set[str] = set()
        self._items: dict[tuple[str, str], list[t.Any]] = {}

    def note_item(self, task_result: t.Any) -> None:
        """Takes what Ansible hands to the hooks for items, in a thread of its own: only kept until the loop ends."""
        task = _task(task_result)
        if task.action.rpartition(".")[2] in _SHORT_NAMES:
            key = (str(task._uuid), _host(task_result))
            self._items.setdefault(key, []).append(_result(task_result))

    def of(self, task_result: t.Any) -> Iterator[Finished | Hidden]:
        """Takes what Ansible hands to the hooks for ok, failed and unreachable."""
        task = _task(task_result)
        # Asked for a task that is none of ours, resolved_action may look for plugins or warn.
        if task.action.rpartition(".")[2] not in _SHORT_NAMES:
            return
        host, result = _host(task_result), _result(task_result)
        items = self._items.pop((str(task._uuid), host), [])
        if task.resolved_action not in _WATCHED:
            return
        # From ansible-core 2.21 on, one hidden item hides all others in the result of the loop.
        if not (items and "censored" in result):
            whole = task.loop is not None and isinstance(result.get("results"), list)
            items = result["results"] if whole else [result]
        for item in items:
            # From ansible-core 2.21 on, a skipped item is only known by its reason.
            if isinstance(item, dict) and not item.get("skipped") and "skip_reason" not in item:
                yield from self._of_item(task, host, item, task_result)

    def _of_item(self, task: t.Any, host: str, result: Result, task_result: t.Any) -> Iterator[Finished | Hidden]:
        action = task.resolved_action
        job = str(result.get("ansible_job_id", ""))
        running = bool(job) and not result.get("finished")
        if action in ASYNC_STATUS:
            action = self._jobs.get(job) or action_of_shape(result)
            if "censored" in result or running or not action or job in self._fetched:
                return
        elif "censored" in result:
            if action != DELIVER:
                self.missing.hidden[action] += 1
            yield Hidden(action)
            return
        elif running and not action_of_shape(result):
            self._jobs[job] = action
            self.missing.open_jobs = len(self._jobs)
            return
        if job:
            self._jobs.pop(job, None)
            self.missing.open_jobs = len(self._jobs)
            if len(self._fetched) < _MOST_FETCHED_JOBS:
                self._fetched.add(job)
        yield Finished(action, result, bool(task.check_mode), _places(task_result, host))


def _places(task_result: t.Any, host: str) -> list[dict[str, str]]:
    arguments = _task(task_result).args
    arguments = arguments if isinstance(arguments, Mapping) else {}
    profiles = arguments.get("profiles")
    named = [*(profiles if isinstance(profiles, list) else [profiles]), arguments.get("profile")]
    named = [name for name in named if isinstance(name, str) and name and "{{" not in name and name != "*"]
    places = [{"profile": name} for name in dict.fromkeys(named)] or [{"host": host}]
    roles = arguments.get("role_arns")
    accounts = [match["account"] for arn in (roles if isinstance(roles, list) else [roles]) if (match := _role(arn))]
    return [{**place, "account": account} for place in places for account in dict.fromkeys(accounts)] or places


def _role(arn: t.Any) -> re.Match[str] | None:
    return _ROLE.match(arn) if isinstance(arn, str) else None


# ansible-core 2.18 has the underscored names only; later ones are about to lose them.
def _task(task_result: t.Any) -> t.Any:
    return task_result.task if hasattr(task_result, "task") else task_result._task


def _host(task_result: t.Any) -> str:
    return str((task_result.host if hasattr(task_result, "host") else task_result._host).get_name())


def _result(task_result: t.Any) -> Result:
    result: Result = task_result.result if hasattr(task_result, "result") else task_result._result
    return result
