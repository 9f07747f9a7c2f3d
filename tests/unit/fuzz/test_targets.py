# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What searches for input that breaks a reader holds for what they began with, what they found, and random changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fuzz.target import NAMES, load
from testbed.drivers.corruption import corrupted, seeded

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

TIMES = 400


@pytest.mark.parametrize("name", NAMES)
def test_what_was_found_breaks_nothing_again(tmp_path: Path, name: str) -> None:
    target = load(name)
    for data in (*target.seeds, *target.found, b"", b"\0"):
        target.run(data, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_random_changes_break_nothing(tmp_path: Path, name: str) -> None:
    target = load(name)
    inputs = [*target.seeds, *target.found]
    for number in range(TIMES):
        draw = seeded(f"{name} {number}")
        whole = draw.choice(inputs)
        # The first bytes choose what is read, and are kept more often than not.
        head = whole[: draw.randrange(3)]
        data = head + corrupted(draw, whole[len(head) :] or b"\0")
        try:
            target.run(data, tmp_path)
        except Exception as error:
            raise AssertionError(f"{name} breaks by {data!r}") from error
