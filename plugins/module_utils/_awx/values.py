# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Values as AWX keeps them and as playbooks have them."""

from __future__ import annotations

import json
import typing as t

from ansible.module_utils.common.yaml import HAS_YAML, yaml_load


def variables_of(text: str | None) -> t.Any:
    """Of a field in which AWX keeps JSON or YAML as it was given; of YAML, where Python can read it."""
    text = text or "{}"
    try:
        return json.loads(text) or {}
    except ValueError:
        return yaml_load(text) or {} if HAS_YAML else text


def same(found: t.Any, asked: t.Any) -> bool:
    """AWX has an empty text where nothing was given; a field of another version of AWX may be a number."""
    if found in (None, "") and asked in (None, ""):
        return True
    return bool(found == asked) or str(found) == str(asked)
