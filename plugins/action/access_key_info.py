# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import contextlib
import os
import signal
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
_WATCH_SECONDS = 0.5
_MOST_CHARACTERS = 200

display = Display()


class ActionModule(AwsActionModule):
    """
    Runs the module as usual, and meanwhile shows how far it is and watches the playbook, where it runs on the
    controller.
    """

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        ended = threading.Event()
        if self._connection.transport == "local" and not self._task.async_val:
            # With pipelining, the module itself needs no directory, and a full or read-only home is no obstacle.
            with contextlib.suppress(AnsibleError):
                file = Path(self._make_tmp_path(), FILE)
                host = (task_vars or {}).get("inventory_hostname", "localhost")
                threading.Thread(target=_accompany, args=(file, host, ended, os.getppid()), daemon=True).start()
        try:
            result: dict[str, t.Any] = super().run(tmp, task_vars)
        finally:
            ended.set()
        return result


def _accompany(file: Path, host: str, ended: threading.Event, playbook: int) -> None:
    """
    A line on the standard error every few seconds; none for a collection that ends before the first. Where the
    playbook was killed, this process ends, and with it the module, for which there is no reader any more.
    """
    # A signal that comes to this thread would not wake the one that waits for the module, and Ctrl-C would be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    started = shown = time.monotonic()
    while not ended.wait(_WATCH_SECONDS):
        if os.getppid() != playbook:
            os._exit(1)
        if time.monotonic() - shown >= _SECONDS:
            shown = time.monotonic()
            _show(file, host, shown - started)


def _show(file: Path, host: str, seconds: float) -> None:
    try:
        with file.open(encoding="ascii", errors="replace") as progress:
            text = cleaned(progress.read(_MOST_CHARACTERS))
    except OSError:
        # It has not begun, or belongs to another user.
        return
    display.display(f"[{host}] after {seconds:.0f} s: {text}", stderr=True)
