# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A server below HTTP that answers every request with the same bytes, and with further ones without an end."""

from __future__ import annotations

import asyncio

from .streams import StreamServer


class CannedServer(StreamServer):
    def __init__(self, answer: bytes, *, endless: bytes = b"") -> None:
        super().__init__()
        self.requests: list[bytes] = []
        """The heads of the requests, as they came."""
        self.sent = 0
        """How many bytes of an answer left."""
        self._answer = answer
        self._endless = endless

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self._answer)
            while self._endless:
                writer.write(self._endless)
                self.sent += len(self._endless)
                await writer.drain()
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The client has seen enough.
        finally:
            writer.close()
