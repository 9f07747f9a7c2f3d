# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import callback_loader
from ansible.utils.display import Display

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import registry
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.output import output_of
from ansible_collections.keyward.iam.plugins.plugin_utils._journal import maintenance
from ansible_collections.keyward.iam.plugins.plugin_utils._journal.records import StorageError

if t.TYPE_CHECKING:
    from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal

display = Display()

STATES: dict[str, t.Callable[[Journal], maintenance.Change] | None] = {
    "listed": None,
    "restored": maintenance.restore,
    "discarded": maintenance.discard,
}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    BYPASS_HOST_LOOP = registry.OncePerTask()
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _spec, options = self.validate_argument_spec(
            argument_spec={"state": {"type": "str", "choices": list(STATES), "default": "listed"}}
        )
        change = STATES[options["state"]]
        output = output_of(display)
        try:
            changes = [change(journal) for journal in _journals() if not self._task.check_mode] if change else []
            exporters = [{"name": journal.directory.name, **maintenance.about(journal)} for journal in _journals()]
        except StorageError as error:
            raise AnsibleActionFail(f"{error}.") from error
        for about in exporters:
            for line in ("", *maintenance.lines(about), ""):
                output.show(line)
        points = sum(each.points for each in changes)
        return result | {"changed": points > 0, "points": points, "exporters": exporters}


def _journals() -> list[Journal]:
    for name in registry.callbacks():
        if name.rpartition(".")[2] not in registry.registered:
            # The callback is not enabled in this run, but its options still say where its journal is.
            callback = callback_loader.get(name)
            callback.reports_absence = False
            callback.set_options()
    return [found.journal for found in registry.registered.values() if found.journal]
