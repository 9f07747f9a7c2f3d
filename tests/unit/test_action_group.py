# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import yaml
from ansible.parsing.plugin_docs import read_docstring

from tools.checkout import ROOT

FRAGMENT_OF_AWS_MODULES = "amazon.aws.common.modules"
FRAGMENT_OF_THE_GROUP = "keyward.iam._attributes.actiongroup_aws"


def fragments_by_module() -> dict[str, list[str]]:
    modules = (ROOT / "plugins" / "modules").glob("*.py")
    return {path.stem: read_docstring(str(path))["doc"].get("extends_documentation_fragment", []) for path in modules}


def test_the_group_has_every_module_that_talks_to_aws_and_no_other() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    members = {member for member in runtime["action_groups"]["aws"] if isinstance(member, str)}
    assert members == {name for name, used in fragments_by_module().items() if FRAGMENT_OF_AWS_MODULES in used}


def test_their_documentation_says_that_they_are_in_it() -> None:
    used = fragments_by_module()
    documented = {name for name in used if FRAGMENT_OF_THE_GROUP in used[name]}
    assert documented == {name for name in used if FRAGMENT_OF_AWS_MODULES in used[name]}
