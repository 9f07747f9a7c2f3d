# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.scenarios.example_report import EXAMPLE, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.once
def test_the_example_is_what_the_report_looks_like_now(tmp_path: Path) -> None:
    write(tmp_path / "report.html")
    now, then = (path.read_text() for path in (tmp_path / "report.html", EXAMPLE))
    assert now == then, "write it anew: PYTHONPATH=tests .venv/bin/python -m testbed.scenarios.example_report"
