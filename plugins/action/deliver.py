# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import registry
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.worker import deliver, look

NOT_LOADED = (
    "No callback that delivers metrics was loaded. Set callbacks_enabled = keyward.iam.wavefront under [defaults] in "
    "ansible.cfg or ANSIBLE_CALLBACKS_ENABLED=keyward.iam.wavefront, and WAVEFRONT_URL; or keyward.iam.otlp or "
    "keyward.iam.prometheus, and its address. The command ansible also needs ANSIBLE_LOAD_CALLBACK_PLUGINS=1."
)
ON_AWX = (
    "On AWX, the line callbacks_enabled belongs in the ansible.cfg at the project's root, and variables such as "
    "WAVEFRONT_URL in a custom credential type that sets environment variables."
)
TABLE_ONLY = "For the table only, run the playbook with keyward_deliver=false."

TOTALS = ("delivered", "requests", "invalid", "dropped")


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    BYPASS_HOST_LOOP = registry.OncePerTask()
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})
        absences = [
            f"The callback {name} is inactive: {found.absence}."
            for name, found in registry.registered.items()
            if found.absence
        ]
        if not registry.deliveries():
            raise AnsibleActionFail(
                " ".join(["No metrics were delivered.", *(absences or [NOT_LOADED]), ON_AWX, TABLE_ONLY])
            )
        work = look if self._task.check_mode else deliver
        outcomes = [work(delivery) for _found, delivery in registry.deliveries()]
        reports = [outcome.report.as_result() for outcome in outcomes]
        totals = {name: sum(report[name] for report in reports) for name in TOTALS}
        # Unknown where a journal cannot be read, which is worse than any number.
        left = [report["left"] for report in reports]
        result |= totals | {"left": None if None in left else sum(left), "exporters": reports}
        result["changed"] = totals["delivered"] > 0
        reasons = [reason for outcome in outcomes for reason in outcome.not_arrived]
        # All callbacks see the same results.
        reasons += next(iter(registry.deliveries()))[0].missing.sentences()
        reasons += absences
        if reasons and not self._task.check_mode:
            result |= {"failed": True, "msg": " ".join(reasons)}
        return result
