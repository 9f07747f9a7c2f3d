# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What exporters speak of when they speak HTTP."""

from __future__ import annotations

import typing as t
from http import HTTPStatus

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError


class Tls(t.NamedTuple):
    """How the two sides know each other: True, False, or a file of certificates; a client certificate, with its key."""

    verify: bool | str = True
    client_cert: tuple[str, str | None] | None = None


class Reply(t.NamedTuple):
    status: int
    text: str
    retry_after: float | None

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class FaultError(KeywardError):
    """There was no answer. A sentence for people."""


class PassingFaultError(FaultError):
    """The same request may succeed later."""


class TimeoutFaultError(PassingFaultError):
    """There was no answer in time."""


class TlsFaultError(FaultError):
    """The two sides did not trust each other."""
