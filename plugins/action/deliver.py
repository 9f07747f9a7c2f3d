# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import copy
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.keyward.iam.plugins.plugin_utils import _shipping
from ansible_collections.keyward.iam.plugins.plugin_utils._counts import Counts

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import Delivery

NOT_LOADED = (
    "No metrics were delivered: no shipping callback takes part in this run{why}. "
    "Set callbacks_enabled = keyward.iam.wavefront in the section defaults of ansible.cfg, or "
    "ANSIBLE_CALLBACKS_ENABLED=keyward.iam.wavefront (for ansible also ANSIBLE_LOAD_CALLBACK_PLUGINS=1), "
    "and give it WAVEFRONT_URL. On AWX, put the line callbacks_enabled = keyward.iam.wavefront into the ansible.cfg at "
    "the project's root, and WAVEFRONT_URL into a credential type that injects environment variables. "
    "Where only the table is wanted, run the playbook with keyward_deliver=false."
)


class ActionModule(ActionBase):  # type: ignore[misc]
    TRANSFERS_FILES = False
    # The journal is the controller's, so once is enough however many hosts a play has.
    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})
        if not _shipping.deliveries:
            why = "; ".join(f"{name}: {reason}" for name, reason in _shipping.absences.items())
            raise AnsibleActionFail(NOT_LOADED.format(why=f" ({why})" if why else ""))
        deliveries = _shipping.deliveries.values()
        reports = [self._count(delivery) if self._task.check_mode else self._drain(delivery) for delivery in deliveries]
        totals = {
            name: sum(report[name] for report in reports)
            for name in ("delivered", "requests", "invalid", "dropped", "left")
        }
        result |= totals | {"exporters": reports, "changed": totals["delivered"] > 0}
        if totals["left"] and not self._task.check_mode:
            left = [
                delivery.explanation(delivery.backlog.waiting())
                for delivery in deliveries
                if delivery.backlog.waiting()
            ]
            result |= {"failed": True, "msg": " ".join(left)}
        return result

    @staticmethod
    def _drain(delivery: Delivery) -> dict[str, t.Any]:
        before, spent = copy.deepcopy(delivery.counts), delivery.budget.spent
        delivery.drain(final=True)
        delivery.tell()
        return _report(delivery, delivery.counts.since(before), delivery.budget.spent - spent)

    @staticmethod
    def _count(delivery: Delivery) -> dict[str, t.Any]:
        return _report(delivery, Counts(), 0.0)


def _report(delivery: Delivery, counts: Counts, seconds: float) -> dict[str, t.Any]:
    return {
        "name": delivery.exporter.name,
        "journal": str(delivery.backlog.journal.directory),
        "left": delivery.backlog.waiting(),
        "seconds": round(seconds, 3),
        **counts.report(),
    }
