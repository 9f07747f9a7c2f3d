# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import contextlib
import threading
import time
import typing as t
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.progress import FILE
from ansible_collections.keyward.iam.plugins.module_utils._common.text import cleaned
from ansible_collections.keyward.iam.plugins.plugin_utils._aws.action import AwsActionModule

_SECONDS = 5.0
_MOST_CHARACTERS = 200

display = Display()


class ActionModule(AwsActionModule):
    """Runs the module as usual, and shows meanwhile how far it is, where it runs on the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        ended = threading.Event()
        if self._connection.transport == "local" and not self._task.async_val:
            # With pipelining, the module itself needs no directory, and a full or read-only home is no obstacle.
            with contextlib.suppress(AnsibleError):
                file = Path(self._make_tmp_path(), FILE)
                host = (task_vars or {}).get("inventory_hostname", "localhost")
                threading.Thread(target=_show, args=(file, host, ended), daemon=True).start()
        try:
            result: dict[str, t.Any] = super().run(tmp, task_vars)
        finally:
            ended.set()
        return result


def _show(file: Path, host: str, ended: threading.Event) -> None:
    """A line on the standard error every few seconds; none for a collection that ends before the first."""
    started = time.monotonic()
    while not ended.wait(_SECONDS):
        try:
            with file.open(encoding="ascii", errors="replace") as progress:
                text = cleaned(progress.read(_MOST_CHARACTERS))
        except OSError:
            # It has not begun, or belongs to another user.
            continue
        display.display(f"[{host}] after {time.monotonic() - started:.0f} s: {text}", stderr=True)
