# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The test receiver: a Wavefront tenant or proxy that checks each line as the vendor does."""

from __future__ import annotations

from .answers import FAULTS, Answer
from .lines import Limits, Point, RejectError, parse
from .receiver import WavefrontReceiver
from .store import RejectedLine, Request

__all__ = [
    "FAULTS",
    "Answer",
    "Limits",
    "Point",
    "RejectError",
    "RejectedLine",
    "Request",
    "WavefrontReceiver",
    "parse",
]
