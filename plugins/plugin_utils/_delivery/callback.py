# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""What all callbacks do that deliver metrics, wherever they deliver to."""

from __future__ import annotations

import time
import typing as t
from collections import Counter

from ansible import constants, context
from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._common.text import cleaned, plural

from .._metrics.conversion import points_of_result
from .._metrics.missing import Missing
from .._metrics.task_results import DELIVER, Hidden, Results
from . import registry
from .options import Options, blank_is_unset, check_texts, make_delivery, make_journal
from .output import output_of

if t.TYPE_CHECKING:
    from .._metrics.task_results import Finished
    from .exporter import Exporter

HOLD = "__keyward_hold_delivery"
"""The variable of a play that wants to see what waits before any of it is delivered."""


class MetricsCallback(CallbackBase):
    """A subclass makes the exporter, and names itself by CALLBACK_NAME."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NEEDS_ENABLED = True
    CALLBACK_NAME: t.ClassVar[str]

    reports_absence = True
    """Whether to warn when an option keeps it from delivering."""

    DESTINATION_OPTION: t.ClassVar[str] = "url"
    """What to check where the destination does not answer."""

    def make_exporter(self, options: Options) -> Exporter[t.Any]:
        """Raises KeywardError."""
        raise NotImplementedError

    @property
    def short_name(self) -> str:
        return self.CALLBACK_NAME.rpartition(".")[2]

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        self._output = output_of(self._display)
        before = registry.registered.get(self.short_name)
        if before and before.owner is not self and not before.absence:
            self.disabled = True
            self._output.warn(
                f"{self.short_name}: this callback is enabled twice, as a copy and as {self.CALLBACK_NAME}, and is "
                "used once. Remove the copy from callback_plugins, or one of the names from callbacks_enabled."
            )
            return
        # Before the first task forks.
        registry.reports()
        self._results = Results()
        self._registered = registry.Registered(self, self._results.missing)
        registry.registered[self.short_name] = self._registered
        try:
            definitions = constants.config.get_configuration_definitions("callback", self._load_name)
            check_texts(definitions)
            with blank_is_unset(definitions):
                super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
            options = Options(self.get_option, definitions, self.DESTINATION_OPTION)
            self._registered.journal = journal = make_journal(options, self.short_name)
            self._delivery = make_delivery(self.make_exporter(options), journal, options, self._output)
        except Exception as error:  # noqa: BLE001
            # Ansible would drop the plugin with a traceback, and a task could not tell why it is missing.
            self.disabled = True
            unexpected = (
                "" if isinstance(error, (AnsibleError, KeywardError)) else f"unexpected {type(error).__name__}: "
            )
            self._registered.absence = cleaned(f"{unexpected}{error}").rstrip(".")
            if self.reports_absence:
                self._output.warn(f"{self.short_name}: {self._registered.absence}. No metrics are delivered.")
            return
        self._registered.delivery = self._delivery
        self._first_play = True
        self._not_delivered = 0
        self._holds = self._checks = bool(context.CLIARGS.get("check"))

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        registry.strategy_is_linear = play.strategy in registry.LINEAR
        self._holds = self._checks or bool(play.get_vars().get(HOLD))
        if not self._holds:
            # What earlier runs left should not make this one wait before its first task.
            self._delivery.drain(retry=not self._first_play)
        self._first_play = False

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        self._results.note_item(result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        self._results.note_item(result)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._take(result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self._take(result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._take(result)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:  # noqa: ARG002
        registry.merge_worker_reports()
        self._say(Missing(open_jobs=self._results.missing.open_jobs))
        self._delivery.finish(hold=self._holds)
        if self._not_delivered:
            self._output.show(
                f"{self.short_name}: check mode, nothing is delivered of {plural(self._not_delivered, 'point')}"
            )

    def _take(self, task_result: t.Any) -> None:
        for found in self._results.of(task_result):
            if found.action == DELIVER:
                registry.merge_worker_reports()
            elif isinstance(found, Hidden):
                self._say(Missing(hidden=Counter([found.action])))
            else:
                self._add(found)

    def _say(self, missing: Missing) -> None:
        for sentence in missing.sentences():
            self._output.warn(f"{self.short_name}: {sentence}")

    def _add(self, found: Finished) -> None:
        try:
            points = list(points_of_result(found.action, found.result, int(time.time()), found.places))
        except Exception as error:  # noqa: BLE001
            # Whatever a host returns, the other results still arrive.
            self._results.missing.broken[found.action] += 1
            self._output.warn(
                f"{self.short_name}: a result of {found.action} could not be turned into points: "
                f"{type(error).__name__}: {cleaned(str(error))}"
            )
            return
        if found.check_mode:
            self._not_delivered += len(points)
        else:
            self._delivery.add(points)
