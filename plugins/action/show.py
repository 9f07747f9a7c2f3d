# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.output import output_of
from ansible_collections.keyward.iam.plugins.plugin_utils._tables.access_keys import access_key_lines
from ansible_collections.keyward.iam.plugins.plugin_utils._tables.probe import probe_lines

display = Display()

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = {
    "var": {"type": "str", "required": True},
    "limit": {"type": "int", "default": 40},
    "report": {"type": "list", "elements": "str", "default": []},
}

# By a field that no other result has.
TABLES = {"access_keys": access_key_lines, "steps": probe_lines}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _spec, options = self.validate_argument_spec(argument_spec=ARGUMENT_SPEC)
        # Looked up, not templated: templating copies every value of a result that may hold thousands.
        shown = (task_vars or {}).get(options["var"])
        if not isinstance(shown, dict):
            raise AnsibleActionFail(f"there is no registered result in the variable '{options['var']}'")
        table = next((table for field, table in TABLES.items() if field in shown), None)
        if table is None:
            raise AnsibleActionFail(f"'{options['var']}' is no result of a module of keyward.iam that can be shown")
        output = output_of(display)
        try:
            lines = table(shown, options["limit"], output.width, next(iter(options["report"]), None))
        except ValueError as error:
            raise AnsibleActionFail(f"'{options['var']}' cannot be shown: {error}") from None
        for line in ("", *lines, ""):
            output.show(line, getattr(line, "color", None))
        return {**result, "changed": False}
