# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The controller's part of the modules that need amazon.aws."""

from __future__ import annotations

import importlib.util
import typing as t

from ansible.plugins.action.normal import ActionModule as NormalActionModule

_NEEDED = "ansible_collections.amazon.aws.plugins.module_utils.modules"
MISSING = (
    "the collection amazon.aws is not installed on the controller: run 'ansible-galaxy collection install amazon.aws', "
    "or set ANSIBLE_COLLECTIONS_PATH to a directory that has it"
)


class AwsActionModule(NormalActionModule):
    """Runs the module as usual, unless Ansible could not package it for the host."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        if not _is_installed():
            return {"failed": True, "msg": MISSING}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        return result


def _is_installed() -> bool:
    try:
        return importlib.util.find_spec(_NEEDED) is not None
    except ImportError:
        return False
