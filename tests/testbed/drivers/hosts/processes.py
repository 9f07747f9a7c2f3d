# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a host's processes show of themselves while a ``with`` block lasts."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from .host import Host

_EVERY_SECONDS = 0.05


class ProcessWatch:
    """Looks again and again, as a user would who looks for secrets with ``ps``."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="testbed.drivers.hosts.processes", daemon=True)
        self.commands: set[str] = set()
        self.environments: set[str] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            for process in (self._host.root / "proc").glob("[0-9]*"):
                # It may have ended meanwhile.
                with contextlib.suppress(OSError):
                    self.commands.add(_text((process / "cmdline").read_bytes()))
                    self.environments.add(_text((process / "environ").read_bytes()))


def _text(fields: bytes) -> str:
    return fields.replace(b"\0", b" ").decode(errors="replace").strip()
