# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import pytest
import yaml
from ansible.parsing.plugin_docs import read_docstring

from tools.checkout import ROOT

# A module that takes these options is in the group, whose defaults set them.
FRAGMENTS = {"aws": "amazon.aws.common.modules", "wavefront": "keyward.iam._wavefront.modules"}
GROUPS = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]


def users_of(fragment: str) -> set[str]:
    modules = (ROOT / "plugins" / "modules").glob("*.py")
    used = {path.stem: read_docstring(str(path))["doc"].get("extends_documentation_fragment", []) for path in modules}
    return {name for name, fragments in used.items() if fragment in fragments}


def test_every_group_is_known_here() -> None:
    assert GROUPS.keys() == FRAGMENTS.keys()


@pytest.mark.parametrize("group", FRAGMENTS)
def test_the_group_has_every_module_with_its_options_and_no_other(group: str) -> None:
    assert {member for member in GROUPS[group] if isinstance(member, str)} == users_of(FRAGMENTS[group])


@pytest.mark.parametrize("group", FRAGMENTS)
def test_their_documentation_says_that_they_are_in_it(group: str) -> None:
    assert users_of(f"keyward.iam._attributes.actiongroup_{group}") == users_of(FRAGMENTS[group])
