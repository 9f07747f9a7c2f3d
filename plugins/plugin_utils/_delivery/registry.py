# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
The shipping callbacks of this run.

A callback enters itself here when Ansible loads it. A task's worker is a fork of the process that did so, which is how
an action plugin sees the deliveries; what it changes in them stays in the worker.
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .._journal.journal import Journal
    from .delivery import Delivery

CALLBACKS = ("keyward.iam.wavefront",)

journals: dict[str, Journal] = {}
deliveries: dict[str, Delivery] = {}
absences: dict[str, str] = {}
"""Why a callback that was loaded stays out of this run, by its name."""
