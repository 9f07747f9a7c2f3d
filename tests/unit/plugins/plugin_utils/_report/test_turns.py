# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._report.turns import turn


def write(directory: Path, known: int) -> None:
    """As a host's process does, for a time that has nothing to do with how much it knows."""
    time.sleep(random.random() / 20)  # noqa: S311 - the order in which they come is to be any
    with turn(directory, "task", known) as due:
        if due:
            (directory / "report").write_text(str(known))


def test_who_knows_less_does_not_write_after_who_knows_more(tmp_path: Path) -> None:
    for known, due in ((1, True), (3, True), (2, False), (3, True)):
        with turn(tmp_path, "task", known) as mine:
            assert mine is due
    with turn(tmp_path, "another task", 1) as mine:
        assert mine


def test_of_many_writers_at_once_the_one_who_knows_all_is_the_last(tmp_path: Path) -> None:
    forks = multiprocessing.get_context("fork")
    writers = [forks.Process(target=write, args=(tmp_path, known)) for known in range(1, 13)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert [writer.exitcode for writer in writers] == [0] * 12
    assert (tmp_path / "report").read_text() == "12"


def test_a_writer_that_failed_leaves_the_turn_to_others(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), turn(tmp_path, "task", 3):
        raise ZeroDivisionError
    with turn(tmp_path, "task", 2) as mine:
        assert mine
