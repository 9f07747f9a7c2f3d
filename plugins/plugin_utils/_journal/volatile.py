# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Whether what is written to a directory outlives the machine or container."""

from __future__ import annotations

import re
from pathlib import Path

_LAYER = "a container's own layer, which is deleted with the container"
_KINDS = {
    "tmpfs": "a tmpfs, which lives in memory",
    "ramfs": "a ramfs, which lives in memory",
    "overlay": _LAYER,
    "fuse.fuse-overlayfs": _LAYER,
}
_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")


def volatile_kind(directory: Path) -> str | None:
    """A phrase for people, or None for a path that lasts as far as can be told."""
    try:
        mounts = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    path = directory.resolve()
    best, kind = -1, ""
    for mount in mounts:
        fields, _separator, source = mount.partition(" - ")
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields.split()[4]))
        # Of two mounts on one point, the later one is seen.
        if len(point.parts) >= best and path.is_relative_to(point):
            best, kind = len(point.parts), source.split()[0]
    return _KINDS.get(kind)
