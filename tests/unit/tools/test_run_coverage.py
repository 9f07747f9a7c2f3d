# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

from tools.run_coverage import summary


def measured(statements: int, missing: list[int], branches: int = 0, partial: int = 0) -> dict[str, Any]:
    counted = {
        "num_statements": statements,
        "missing_lines": len(missing),
        "num_branches": branches,
        "missing_branches": partial,
    }
    return {"summary": counted, "missing_lines": missing}


def test_the_least_run_comes_first_with_its_lines() -> None:
    files = {"plugins/whole.py": measured(10, []), "plugins/half.py": measured(6, [3, 4, 5, 9], 4, 1)}
    _heading, total, first, second, *last = summary({"files": files}, {*files, "plugins/never.py"})
    assert total.split() == ["all", "16", "4", "4", "1", "75.0"]
    assert first.split() == ["plugins/half.py", "6", "4", "4", "1", "50.0", "3-5", "9"]
    assert second.split() == ["plugins/whole.py", "10", "0", "0", "0", "100.0"]
    assert last == ["1 of 2 modules are below 90 percent.", "Nothing ran plugins/never.py."]
