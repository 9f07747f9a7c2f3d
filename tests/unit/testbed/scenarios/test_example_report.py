# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest

from testbed.scenarios.example_report import EXAMPLE, text


@pytest.mark.once
def test_the_example_is_what_the_report_of_the_demo_looks_like_now() -> None:
    command = "PYTHONPATH=tests .venv/bin/python -m testbed.scenarios.example_report"
    assert text() == EXAMPLE.read_text(encoding="utf-8"), f"write it anew: {command}"
