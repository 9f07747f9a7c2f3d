# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A target by its name, and one check of it."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
import time
from typing import TYPE_CHECKING, NamedTuple

from fuzz import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

MOST_BYTES = 20_000
"""Of an input: what is slow shows in it, and a search has room for many."""

MOST_SECONDS = 5.0
"""Of processor time for one input, by far more than any takes."""

NAMES = sorted(module.name for module in pkgutil.iter_modules(targets.__path__))


class Target(NamedTuple):
    name: str
    seeds: Sequence[bytes]
    found: Sequence[bytes]
    check: Callable[[bytes, Path], None]

    def run(self, data: bytes, room: Path) -> None:
        """Check one input in a directory, which is emptied. Raises AssertionError, or whatever the reader raised."""
        started = time.process_time()
        try:
            self.check(data, room)
        finally:
            for each in room.iterdir():
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        taken = time.process_time() - started
        assert taken < MOST_SECONDS, f"{taken:.1f} s for {len(data)} bytes"


def load(name: str) -> Target:
    module = importlib.import_module(f"fuzz.targets.{name}")
    return Target(name, module.SEEDS, module.FOUND, module.check)
