# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A server below HTTP that begins an answer and then sends byte after byte of it, without an end."""

from __future__ import annotations

import asyncio

from .streams import StreamServer


class DrippingServer(StreamServer):
    def __init__(self, head: bytes, seconds: float = 0.1) -> None:
        super().__init__()
        self.drops = 0
        """How many bytes came after a head."""
        self._head = head
        self._seconds = seconds

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(1)
            writer.write(self._head)
            while True:
                await asyncio.sleep(self._seconds)
                writer.write(b"x")
                await writer.drain()
                self.drops += 1
        except ConnectionError:
            pass  # The client has seen enough.
        finally:
            writer.close()
