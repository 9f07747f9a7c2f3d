# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The oldest Python of a target. An older one can import this, and nothing else of the collection."""

from __future__ import annotations

import json
import platform
import sys

OLDEST = (3, 9)


def require_python() -> None:
    """End the module with one sentence if its Python is too old, before an import fails with a traceback."""
    if sys.version_info[:2] < OLDEST:
        sentence = (
            f"Python {platform.python_version()} ({sys.executable}) is too old: set ansible_python_interpreter to "
            f"Python {'.'.join(map(str, OLDEST))} or newer"
        )
        sys.stdout.write(json.dumps({"failed": True, "msg": sentence}))
        raise SystemExit(1)
