# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Wavefront's query language, as much of it as the collection's dashboards and alerts use.

`parse` takes a query apart and rejects what the documentation does not have. `evaluate` computes it over points, on a
grid of moments, by the semantics that the documentation states, and `firing` tells when an alert of it would fire.
"""

from __future__ import annotations

from .alerts import firing
from .evaluate import Grid, Series, evaluate
from .parser import parse
from .syntax import Call, LeftJoin, Match, Name, Node, Operation, QueryError, Ts, walk

__all__ = [
    "Call",
    "Grid",
    "LeftJoin",
    "Match",
    "Name",
    "Node",
    "Operation",
    "QueryError",
    "Series",
    "Ts",
    "evaluate",
    "firing",
    "parse",
    "walk",
]
