# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint import without_index

if TYPE_CHECKING:
    from pathlib import Path


def test_only_a_check_that_needs_a_file_of_some_host_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "sanity.pylint.txt").write_text("astroid==4.0.4\ndill @ https://host.test/dill.zip#sha256=0\n")
    (tmp_path / "sanity.yamllint.txt").write_text("# see https://host.test/ @ https://host.test/\nyamllint==1.37.1\n")
    (tmp_path / "units.txt").write_text("mock @ https://host.test/mock.zip\n")
    assert without_index(tmp_path) == ["pylint"]
