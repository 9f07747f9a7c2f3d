# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""
What the collection claims to run with, as cells: a series of ansible-core, a Python, and the newest packages or the
lowest that the README names.
"""

from __future__ import annotations

from tools.environment import Environment, newest
from tools.interpreters import CORES, Interpreter, installed

_PACKAGES = ("lowest", "test")


def whole() -> list[Environment]:
    """Return each series with the oldest and the newest Python of this machine that it takes, and both packages."""
    return [_cell(core, python, packages) for core in CORES for python in _ends(core) for packages in _PACKAGES]


def small() -> list[Environment]:
    """Return the corners: the oldest series with all that is oldest, the newest with all that is newest."""
    cells = whole()
    lowest = [cell for cell in cells if cell.packages == "lowest"][:1]
    return [cell for cell in (*lowest, *cells[-1:]) if cell != newest()]


def by_turns(key: str) -> list[Environment]:
    """Return one cell of those that the small form leaves out: always the same one for the same hexadecimal key."""
    return _turn([cell for cell in whole() if cell not in small() and cell != newest()], key)


def for_sanity_by_turns(key: str) -> list[Environment]:
    """Return one of the environments for Ansible's own checks, in the same way."""
    return _turn(for_sanity(), key)


def _turn(cells: list[Environment], key: str) -> list[Environment]:
    return [cells[int(key, 16) % len(cells)]] if cells else []


def for_sanity() -> list[Environment]:
    """Return an environment of each series for Ansible's own checks, with the newest Python that it takes here."""
    return [
        Environment(f".venv-sanity-{core}", pythons[-1], core, "sanity") for core in CORES if (pythons := _ends(core))
    ]


def _ends(core: str) -> list[Interpreter]:
    pythons = [python for series in CORES[core] for python in installed(series)]
    return list(dict.fromkeys([*pythons[:1], *pythons[-1:]]))


def _cell(core: str, python: Interpreter, packages: str) -> Environment:
    first = newest()
    if (python, core, packages) == (first.python, first.core, first.packages):
        return first
    kind = "newest" if packages == "test" else packages
    return Environment(f".venv-{core}-{python.series}-{kind}", python, core, packages)
