# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The custom credential types that this project gives to AWX."""

from __future__ import annotations

import json
from typing import Any

from tools.checkout import ROOT

_DIRECTORY = ROOT / "roles" / "awx" / "files" / "credential_types"

CREDENTIAL_TYPES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted(_DIRECTORY.glob("*.json"))
}
"""By the names of their files."""
