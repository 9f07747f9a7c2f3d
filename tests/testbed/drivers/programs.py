# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Real servers that are installed on this machine, started for a test on loopback."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from .waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


def free_address() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


def get(url: str) -> str:
    answer = requests.get(url, timeout=10)
    answer.raise_for_status()
    return answer.text


@contextlib.contextmanager
def serving(ready: str, *command: str, cwd: Path) -> Iterator[None]:
    """A program, from when it answers at an address, with whatever status, until the end."""
    path = cwd / f"{Path(command[0]).name}.log"
    with path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=cwd)

        def answers() -> bool:
            assert process.poll() is None, path.read_text()
            with contextlib.suppress(requests.RequestException):
                # One that wants a password is there.
                return requests.get(ready, timeout=10).status_code < HTTPStatus.INTERNAL_SERVER_ERROR
            return False

        try:
            wait_until(answers, pause=0.05)
            yield
        finally:
            process.terminate()
            process.wait()
