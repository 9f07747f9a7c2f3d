# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from tools import mutate
from tools.checkout import ROOT


def test_each_module_is_there_and_is_tested() -> None:
    for target in mutate.targets():
        assert (ROOT / target.module).is_file(), target.module
        assert target.tests, target.module
        assert all((ROOT / test).is_file() for test in target.tests), target.tests


def test_the_tests_of_its_own_name_come_first() -> None:
    (rules,) = mutate.targets(["_access_keys/rules.py"])
    assert rules.tests[0] == "tests/unit/plugins/module_utils/_access_keys/test_rules.py"


def test_the_tests_of_its_own_name_alone_where_there_are_any() -> None:
    (rules,) = mutate.targets(["_access_keys/rules.py"])
    assert rules.own().tests == ("tests/unit/plugins/module_utils/_access_keys/test_rules.py",)
    (sweep,) = mutate.targets(["_probe/sweep.py"])
    assert sweep.own() == sweep


def test_a_part_that_there_is_not() -> None:
    with pytest.raises(mutate.MutationError, match="No module has _nothing in its path"):
        mutate.targets(["_nothing"])
