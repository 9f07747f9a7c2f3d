# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What all shipping callbacks do, whatever they ship to."""

from __future__ import annotations

import time
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

from .._metrics.conversion import points_of_result
from .._metrics.task_results import DELIVER, Hidden, Results
from . import registry
from .delivery import Delivery, Output
from .exporter import ExportResult, ExportStatus
from .options import Option, SettingError, make_journal
from .stats import DeliveryStats

if t.TYPE_CHECKING:
    from .._journal.journal import Journal

HOLD = "__keyward_hold_delivery"
"""The variable of a play that wants to see what waits before any of it is delivered."""


class MetricsCallback(CallbackBase):
    """A subclass says how its options make a delivery."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NEEDS_ENABLED = True

    SHORT_NAME: t.ClassVar[str]

    def make_delivery(self, option: Option, journal: Journal, voice: Output) -> Delivery:
        """Raises SettingError."""
        raise NotImplementedError

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        voice = Output(self._display.display, self._display.warning)
        try:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
            registry.journals[self.SHORT_NAME] = journal = make_journal(self.get_option, self.SHORT_NAME)
            self._delivery = self.make_delivery(self.get_option, journal, voice)
        except (AnsibleError, SettingError) as error:
            # Ansible would drop the plugin with a traceback's worth of text, and nobody could ask why it is missing.
            self.disabled = True
            reason = " ".join(str(error).split()).rstrip(".")
            registry.absences[self.SHORT_NAME] = reason
            voice.warn(f"{self.SHORT_NAME}: {reason}. No metrics are delivered.")
            return
        self._results = Results()
        self._first_play = True
        self._holds = False
        registry.deliveries[self.SHORT_NAME] = self._delivery

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        self._holds = bool(play.get_vars().get(HOLD))
        if not self._holds:
            # What earlier runs left should not make this one wait before its first task.
            self._delivery.drain(patient=not self._first_play)
        self._first_play = False

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._take(result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self._take(result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._take(result)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:  # noqa: ARG002
        if self._results.open_jobs:
            self._display.warning(
                f"{self.SHORT_NAME}: {plural(self._results.open_jobs, 'asynchronous job')} of keyward.iam did not "
                "finish while this run looked, and gave no points. Wait for it with ansible.builtin.async_status."
            )
        self._delivery.finish(hold=self._holds)

    def _take(self, task_result: t.Any) -> None:
        for found in self._results.of(task_result):
            if isinstance(found, Hidden):
                self._display.warning(
                    f"{self.SHORT_NAME}: a result of {found.action} is hidden by no_log and gives no points. "
                    "It holds no secrets: remove no_log from the task."
                )
            elif found.action == DELIVER:
                self._merge_worker_report(found.result)
            else:
                self._delivery.add(points_of_result(found.action, found.result, int(time.time())))

    def _merge_worker_report(self, result: t.Mapping[str, t.Any]) -> None:
        for report in result.get("exporters", ()):
            if report["name"] == self.SHORT_NAME:
                failure = None
                if report["reason"]:
                    verdict = ExportStatus.RETRY if report["gave_up"] else ExportStatus.STOP
                    failure = ExportResult(verdict, "", report["reason"], report["setting"])
                self._delivery.merge_worker_report(DeliveryStats.from_report(report), report["seconds"], failure)
