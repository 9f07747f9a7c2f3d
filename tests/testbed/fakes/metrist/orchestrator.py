# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A stand-in for Metrist's orchestrator: it starts an executable monitor and talks to it, byte for byte."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

_HEADER = re.compile(rb"\d{5} ")


def framed(*messages: str) -> bytes:
    return b"".join(b"%05d %s" % (len(message.encode()), message.encode()) for message in messages)


class Orchestrator:
    """``piece`` is how many bytes go into one write."""

    def __init__(self, program: Path, environment: Mapping[str, str], piece: int = 65536) -> None:
        self._piece = piece
        self.process = subprocess.Popen(
            [program],
            env={"KEYWARD_PYTHON": sys.executable, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def send(self, *messages: str) -> None:
        self.send_raw(framed(*messages))

    def send_raw(self, content: bytes) -> None:
        assert self.process.stdin is not None
        for start in range(0, len(content), self._piece):
            self.process.stdin.write(content[start : start + self._piece])

    def receive(self) -> str:
        """The next message. Nothing may be around or between messages."""
        header = self._read(6)
        assert _HEADER.fullmatch(header), header
        return self._read(int(header)).decode("ascii")

    def answer(self) -> str:
        """The next message that is no logging."""
        while True:
            message = self.receive()
            if not message.startswith("Log "):
                return message

    def ask(self, *messages: str) -> str:
        self.send(*messages)
        return self.answer()

    def shake_hands(self, **config: str | None) -> None:
        assert self.receive() == "Started 1.1"
        assert self.ask("Version 1.1") == "Ready"
        assert self.ask(f"Config {json.dumps(config)}") == "Configured"

    def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdin = None

    def stop_reading(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.stdout = None

    def rest(self, timeout: float = 20) -> list[str]:
        """All messages until the monitor ends."""
        self.process.wait(timeout)
        assert self.process.stdout is not None
        content = self.process.stdout.read()
        messages = []
        while content:
            assert _HEADER.match(content), content
            end = 6 + int(content[:5])
            messages.append(content[6:end].decode("ascii"))
            content = content[end:]
        return messages

    def _read(self, size: int) -> bytes:
        assert self.process.stdout is not None
        content = b""
        while len(content) < size:
            piece = self.process.stdout.read(size - len(content))
            assert piece, f"the monitor ended after {content!r}"
            content += piece
        return content
