# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The test receiver: a Wavefront tenant or proxy that checks each line as the vendor does."""

from __future__ import annotations

from .answers import (
    FAULTS,
    Answer,
    drop_after_record,
    drop_before_read,
    drop_before_record,
    drop_half_read,
    hang,
    ok,
    redirect,
    slow,
    slow_body,
    slow_head,
    status,
)
from .csp import Csp
from .lines import SERVICE_LIMITS, Limits, Point, RejectError, parse
from .proxy import ForwardProxy
from .receiver import WavefrontReceiver
from .store import RejectedLine, Request
from .tls import PrivateCa

__all__ = [
    "FAULTS",
    "SERVICE_LIMITS",
    "Answer",
    "Csp",
    "ForwardProxy",
    "Limits",
    "Point",
    "PrivateCa",
    "RejectError",
    "RejectedLine",
    "Request",
    "WavefrontReceiver",
    "drop_after_record",
    "drop_before_read",
    "drop_before_record",
    "drop_half_read",
    "hang",
    "ok",
    "parse",
    "redirect",
    "slow",
    "slow_body",
    "slow_head",
    "status",
]
