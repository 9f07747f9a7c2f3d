# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""A mistyped variable is a mistake; a user's own is none."""

from __future__ import annotations

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._variables.names import unknown_names
from ansible_collections.keyward.iam.plugins.plugin_utils._variables.specifications import known_names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("keyward_profile", "keyward_profiles"),
        ("keyward_max_age", "keyward_max_age_days"),
        ("keyward_journal_state", "keyward_journal"),
        ("keyward_Profiles", "keyward_profiles"),
        ("keyward_host", "keyward_hosts"),
        ("keyward_delivery", "keyward_deliver"),
        ("keyward_namespace", "keyward_probe_namespace"),
        ("keyward_exempt_user", "keyward_exempt_users"),
        ("keyward_probe_name_space", "keyward_probe_namespace"),
        ("keyward_warn_age", "keyward_warn_age_days"),
        ("keyward_probe_timeout", "keyward_probe_step_timeout"),
        ("keyward_max_age_day", "keyward_max_age_days"),
    ],
)
def test_a_name_close_to_a_known_one_is_a_mistake(name: str, meant: str) -> None:
    found = unknown_names([name, "inventory_hostname", "keyward_profiles"], known_names())
    assert (found.misspelled, found.foreign) == ({name: meant}, [])


@pytest.mark.parametrize("name", ["keyward_team", "keyward_foo", "keyward_vault_id", "keyward_cost_centre", "keyward_"])
def test_any_other_name_is_foreign(name: str) -> None:
    found = unknown_names([name, "__keyward_checked", "keywards"], known_names())
    assert (found.misspelled, found.foreign) == ({}, [name])
