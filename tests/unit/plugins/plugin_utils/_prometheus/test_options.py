# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._prometheus.options import playbook_name


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"args": ("keyward.iam.collect",)}, "collect"),
        ({"args": ("playbooks/collect.yml", "other.yml")}, "collect"),
        ({"args": ("/srv/a b/nightly keys.yaml",)}, "nightly_keys"),
        ({"args": ("localhost",), "module_name": "keyward.iam.probe"}, "ansible"),
        ({"args": ()}, "ansible"),
        ({}, "ansible"),
        ({"args": ("..yml",)}, "ansible"),
        ({"args": ("größe.yml",)}, "gr__e"),
    ],
)
def test_a_job_is_called_as_its_playbook(arguments: dict[str, Any], name: str) -> None:
    assert playbook_name(arguments) == name
