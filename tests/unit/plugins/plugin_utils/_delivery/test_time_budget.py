# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import time_budget
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.time_budget import TimeBudget

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass."""
    now = [1000.0]
    monkeypatch.setattr(time_budget, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


def test_time_runs_only_while_something_is_done(passes: Callable[[float], None]) -> None:
    budget = TimeBudget(10)
    passes(100)
    assert (budget.total, budget.spent, budget.left) == (10, 0, 10)
    with budget:
        passes(3)
        assert (budget.spent, budget.left) == (3, 7)
    passes(100)
    assert (budget.spent, budget.left) == (3, 7)
    with budget:
        passes(4)
    assert (budget.spent, budget.left) == (7, 3)


def test_what_another_process_spent_counts_too(passes: Callable[[float], None]) -> None:
    budget = TimeBudget(10)
    budget.spend(2)
    with budget:
        passes(1)
        budget.spend(3)
        assert (budget.spent, budget.left) == (6, 4)
    assert (budget.spent, budget.left) == (6, 4)


def test_there_is_never_less_than_nothing_left_until_it_is_renewed(passes: Callable[[float], None]) -> None:
    budget = TimeBudget(10)
    with budget:
        passes(25)
    assert (budget.spent, budget.left) == (25, 0)
    budget.renew()
    assert (budget.spent, budget.left) == (0, 10)


def test_an_exception_ends_it_as_well(passes: Callable[[float], None]) -> None:
    budget = TimeBudget(10)
    with contextlib.suppress(KeyError), budget:
        passes(2)
        raise KeyError
    passes(5)
    assert budget.spent == 2


def test_it_can_be_named_where_it_begins(passes: Callable[[float], None]) -> None:
    with TimeBudget(10) as budget:
        passes(4)
        assert budget.left == 6
