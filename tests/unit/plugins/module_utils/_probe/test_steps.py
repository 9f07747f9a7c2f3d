# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from ansible_collections.keyward.iam.plugins.module_utils._probe.steps import (
    STEPS,
    Presence,
    Resource,
    ResourceTracker,
)


def test_each_step_finds_what_it_needs_after_those_before_it() -> None:
    tracker = ResourceTracker()
    for step in STEPS.values():
        assert tracker.unmet(step) == []
        tracker.done(step)
    assert set(tracker.presence.values()) == {Presence.ABSENT}


def test_a_skipped_step_names_the_first_that_failed() -> None:
    tracker = ResourceTracker()
    tracker.not_done(STEPS["CreateUser"], uncertain=False)
    for name in ("AddUserToGroup", "RemoveUserFromGroup"):
        assert tracker.failed_dependency(STEPS[name]) == "CreateUser"
        tracker.not_tried(STEPS[name])
    assert tracker.failed_dependency(STEPS["DeleteGroup"]) is None


def test_what_was_perhaps_made_may_exist() -> None:
    tracker = ResourceTracker()
    tracker.not_done(STEPS["CreateUser"], uncertain=True)
    tracker.not_done(STEPS["CreateGroup"], uncertain=False)
    assert tracker.may_exist(Resource.USER)
    assert not tracker.may_exist(Resource.GROUP)
