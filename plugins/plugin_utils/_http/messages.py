# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What exporters say and hear by HTTP."""

from __future__ import annotations

import gzip
import typing as t
from http import HTTPStatus

_GZIP_LEVEL = 6


class Tls(t.NamedTuple):
    """How a server is verified: True, False, or a file of certificates; a client certificate, with its key."""

    verify: bool | str = True
    client_cert: tuple[str, str | None] | None = None


class Reply(t.NamedTuple):
    status: int
    text: str
    retry_after: float | None
    location: str | None = None
    """Where a redirect leads, which is not followed."""
    content: bytes = b""
    """The start of the body."""
    whole: bool = True
    """Whether that is the body to its end."""

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL)
