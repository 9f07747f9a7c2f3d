# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import copy
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import registry
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.delivery import Delivery

NOT_LOADED = (
    "No callback that delivers metrics was loaded. Set callbacks_enabled = keyward.iam.wavefront under [defaults] in "
    "ansible.cfg or ANSIBLE_CALLBACKS_ENABLED=keyward.iam.wavefront, and WAVEFRONT_URL. The command ansible also needs "
    "ANSIBLE_LOAD_CALLBACK_PLUGINS=1."
)
ON_AWX = (
    "On AWX, the line callbacks_enabled = keyward.iam.wavefront belongs in the ansible.cfg at the project's root, and "
    "WAVEFRONT_URL in a custom credential type that sets environment variables."
)
TABLE_ONLY = "Where only the table is wanted, run the playbook with keyward_deliver=false."

TOTALS = ("delivered", "requests", "invalid", "dropped")


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    # The journal is the controller's: once is enough, however many hosts a play has.
    BYPASS_HOST_LOOP = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})
        deliveries = registry.deliveries.values()
        if not deliveries:
            raise AnsibleActionFail(_why_nothing_ships())
        reports = [_count(delivery) if self._task.check_mode else _drain(delivery) for delivery in deliveries]
        totals = {name: sum(report[name] for report in reports) for name in TOTALS}
        # Unknown where a journal cannot be read, which is worse than any number.
        left = [report["left"] for report in reports]
        result |= totals | {"left": None if None in left else sum(left), "exporters": reports}
        result["changed"] = totals["delivered"] > 0
        if result["left"] != 0 and not self._task.check_mode:
            failed = [delivery for delivery, report in zip(deliveries, reports, strict=True) if report["left"] != 0]
            result |= {"failed": True, "msg": " ".join(delivery.explanation(delivery.left()) for delivery in failed)}
        return result


def _drain(delivery: Delivery) -> dict[str, t.Any]:
    counts, spent = copy.deepcopy(delivery.counts), delivery.budget.spent
    left = delivery.flush()
    delivery.exporter.shutdown()
    return _report(delivery, delivery.counts.since(counts), left, delivery.budget.spent - spent)


def _count(delivery: Delivery) -> dict[str, t.Any]:
    return _report(delivery, DeliveryStats(), delivery.left(), 0.0)


def _report(delivery: Delivery, counts: DeliveryStats, left: int | None, seconds: float) -> dict[str, t.Any]:
    failure = delivery.failure
    return {
        "name": delivery.exporter.name,
        "journal": str(delivery.backlog.journal.directory),
        "left": left,
        "seconds": round(seconds, 3),
        "reason": failure.reason if failure else None,
        "setting": failure.setting if failure else None,
        "gave_up": failure is not None and failure.status is ExportStatus.RETRY,
        **counts.report(),
    }


def _why_nothing_ships() -> str:
    reasons = [f"The callback {name} takes no part: {reason}." for name, reason in registry.absences.items()]
    return " ".join(["No metrics were delivered.", *(reasons or [NOT_LOADED]), ON_AWX, TABLE_ONLY])
