# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The text file of one job, for node_exporter."""

from __future__ import annotations

import contextlib
import itertools
import os
import typing as t

from ansible_collections.keyward.iam.plugins.module_utils._files import atomic
from ansible_collections.keyward.iam.plugins.module_utils._files.locks import take

from .state import HELPS, METRICS, merge, series_of
from .text import samples_of, text_of

if t.TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .encoder import Sample
    from .groups import Group
    from .state import Times

_MODE = 0o644
"""node_exporter runs as a user of its own."""

_MOST_BYTES = 256_000_000
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class TextFile:
    """Other jobs have other files, which are never touched."""

    def __init__(self, directory: Path, job: str) -> None:
        self.path = directory / f"keyward_{job}.prom"

    def update(self, groups: Sequence[Group], times: Times, seconds: float) -> None:
        """Put the groups in the place of those that were there. Raises OSError, and LockedError."""
        directory = os.open(self.path.parent, _DIRECTORY)
        try:
            take(directory, self.path.parent, seconds)
            series = series_of(self._read(directory))
            merge(series, groups, times)
            samples = itertools.chain.from_iterable(series.values())
            atomic.replace(directory, self.path.name, text_of(samples, HELPS), mode=_MODE)
        finally:
            os.close(directory)

    def _read(self, directory: int) -> list[Sample]:
        """What cannot be read is made anew."""
        with contextlib.suppress(OSError, ValueError):
            descriptor = os.open(self.path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
            with os.fdopen(descriptor, "rb") as file:
                return samples_of(file.read(_MOST_BYTES).decode(), METRICS)
        return []
