# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The client of Metrist's API, and the file of registrations, against a back end of Metrist's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._metrist.api import BackEnd, Registration, monitor_config
from ansible_collections.keyward.iam.plugins.module_utils._metrist.memory import Memory
from ansible_collections.keyward.iam.plugins.module_utils._metrist.registration import Change, Found
from testbed.fakes.metrist import MetristBackEnd

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-metrist-token"
CONFIG = monitor_config(interval_secs=120, run_groups=[], run_type="exe")


def test_a_place_that_cannot_remember_registers_nothing(
    metrist: MetristBackEnd, back_end: BackEnd, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    memory = Memory(str(tmp_path / "file" / "ids"), metrist.url)

    with pytest.raises(KeywardError, match=rf"id_path .* cannot be written: {tmp_path}/file is not a directory"):
        Change(None, CONFIG).apply(back_end, memory)
    assert metrist.calls == []


def test_a_registration_that_could_not_be_remembered_is_named(
    metrist: MetristBackEnd, back_end: BackEnd, tmp_path: Path
) -> None:
    path = tmp_path / "ids"
    path.mkdir()
    (path / "in the way").touch()
    memory = Memory(str(path), metrist.url)

    with pytest.raises(KeywardError, match=r"is registered as 11registration1, but id_path cannot be read: "):
        Change(None, CONFIG).apply(back_end, memory)
    assert [entry.name for entry in tmp_path.iterdir()] == ["ids"], "no temporary file is left"


def test_a_registration_is_replaced_and_never_doubled(
    metrist: MetristBackEnd, back_end: BackEnd, tmp_path: Path
) -> None:
    memory = Memory(str(tmp_path / "ids"), metrist.url)
    changed: dict[str, Any] = {**CONFIG, "interval_secs": 60}
    Change(None, CONFIG).apply(back_end, memory)
    metrist.answer("POST", 500)
    with pytest.raises(KeywardError, match="HTTP 500"):
        Change(memory.recall(), changed).apply(back_end, memory)
    assert memory.recall() is None
    metrist.behave()

    registration_id = Change(memory.recall(), changed).apply(back_end, memory)

    assert metrist.registrations == {registration_id: changed}


def config(*groups: str, interval: int = 120) -> dict[str, Any]:
    return monitor_config(interval, groups, "exe")


OURS = Registration("ours", config("a"))


@pytest.mark.parametrize(
    ("listed", "remembered", "wanted", "present", "found"),
    [
        ([OURS], None, config("a"), True, "ours"),
        ([OURS], OURS, config("b"), True, "ours"),
        ([OURS], Registration("gone", config("a")), config("a"), True, "ours"),
        ([OURS], Registration("gone", config("b")), config("b"), True, None),
        ([OURS], None, config("a", interval=60), True, "ours"),
        ([OURS], None, config("b"), True, None),
        ([OURS], None, config(), True, None),
        ([OURS], None, config(), False, "ours"),
        ([OURS, Registration("other", config("b"))], None, config(), False, None),
        ([Registration("other", config("a", interval=60)), OURS], None, config("a"), True, "ours"),
        ([], OURS, config("a"), True, None),
        (None, OURS, config("a"), True, "ours"),
        (None, None, config("a"), True, None),
    ],
)
def test_the_registration_that_is_ours(
    listed: list[Registration] | None,
    remembered: Registration | None,
    wanted: dict[str, Any],
    present: bool,  # noqa: FBT001
    found: str | None,
) -> None:
    registration = Found(remembered, listed, wanted, present=present).registration
    assert (registration.id if registration else None) == found
