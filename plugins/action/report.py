# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import datetime as dt
import os
import typing as t
from contextlib import nullcontext
from pathlib import Path

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.keyward.iam.plugins.module_utils._files.links import FileError
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import registry
from ansible_collections.keyward.iam.plugins.plugin_utils._report.results import (
    HostResult,
    holds_access_keys,
    holds_probe,
    registered,
)
from ansible_collections.keyward.iam.plugins.plugin_utils._report.turns import turn
from ansible_collections.keyward.iam.plugins.plugin_utils._report.write import ReportError, Settings, write_report

NOTHING = (
    "There is nothing to report: no host of this play has a result of keyward.iam.collect or keyward.iam.probe. "
    "Set results to results of keyward.iam.access_key_info or keyward.iam.probe."
)

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = {
    "path": {"type": "list", "elements": "path", "required": True},
    "results": {"type": "list", "elements": "dict"},
    "title": {"type": "str", "default": "AWS access keys"},
    "show_key_ids": {"type": "bool", "default": False},
    "history_path": {"type": "str", "default": "~/.local/state/keyward/report"},
}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _spec, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        hosts = variables.get("ansible_play_batch") or [variables["inventory_hostname"]]
        if options["results"] is None and variables["inventory_hostname"] != hosts[0] and self._waits_for_all():
            return result | {"skipped": True, "skip_reason": f"{hosts[0]} writes the report of all hosts"}
        settings = Settings(
            paths=[Path(path) for path in options["path"]],
            title=options["title"],
            show_key_ids=options["show_key_ids"],
            # Path's own fails where the user is not known.
            history=Path(os.path.expanduser(options["history_path"])) if options["history_path"] else None,  # noqa: PTH111
        )
        sources = self._sources(options["results"], variables)
        alone = options["results"] is not None or self._waits_for_all()
        now = dt.datetime.now(dt.UTC)
        try:
            with nullcontext(True) if alone else self._turn(sources) as due:  # noqa: FBT003 - the value of the context
                written = write_report(sources, settings, now, dry_run=self._task.check_mode or not due)
        except (ReportError, FileError) as error:
            raise AnsibleActionFail(str(error)) from error
        report = written.report
        return result | {
            "changed": True,
            "paths": [str(path) for path in settings.paths],
            "level": report.level,
            "verdict": report.verdict,
            "summary": dict(report.summary),
            "warnings": written.warnings,
        }

    def _turn(self, sources: list[HostResult]) -> t.ContextManager[bool]:
        known = sum(holds_access_keys(source.result) or holds_probe(source.result) for source in sources)
        # Ansible makes it when it starts, and another one for each time that its configuration is asked.
        directory = Path(vars(constants)["DEFAULT_LOCAL_TMP"])
        return turn(directory, self._task._uuid, known)

    def _waits_for_all(self) -> bool:
        """
        Whether all hosts come to this task together. Where each comes when it is ready, each writes what is there by
        then, and the last one has all.
        """
        place: t.Any = self._task
        while place is not None and not hasattr(place, "_play"):
            place = place._parent
        return place is None or place._play.strategy in registry.LINEAR

    @staticmethod
    def _sources(results: list[dict[str, t.Any]] | None, variables: dict[str, t.Any]) -> list[HostResult]:
        if results is not None:
            sources = [HostResult("", result) for result in results]
        else:
            sources = registered(variables["hostvars"], variables.get("ansible_play_hosts_all") or [])
        if not sources:
            raise AnsibleActionFail(NOTHING)
        return sources
