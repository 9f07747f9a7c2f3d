# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import os

import pytest
from ansible.utils.display import Display

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.output import output_of


@pytest.mark.parametrize(("columns", "width"), [(0, 100), (40, 80), (132, 132), (500, 200)])
def test_as_wide_as_the_terminal_within_bounds(monkeypatch: pytest.MonkeyPatch, columns: int, width: int) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _descriptor: os.terminal_size((columns, 24)))
    assert output_of(Display()).width == width


def test_a_hundred_columns_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_descriptor: int) -> os.terminal_size:
        raise OSError("Inappropriate ioctl for device")

    monkeypatch.setattr(os, "get_terminal_size", none)
    assert output_of(Display()).width == 100
