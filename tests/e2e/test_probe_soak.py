# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from testbed.scenarios.soak import soak

pytestmark = pytest.mark.once


def test_a_short_soak_leaves_nothing() -> None:
    """The long one is ``make soak``."""
    done = soak(runs=8, seed=3)
    assert (done.left, done.crashes) == ([], [])
    assert done.faults.total() > 5
