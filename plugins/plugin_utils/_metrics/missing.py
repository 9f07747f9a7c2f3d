# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors


"""What of a run never became points, so that they cannot have arrived."""

from __future__ import annotations

import dataclasses
import typing as t
from collections import Counter

from ansible_collections.keyward.iam.plugins.module_utils._common.text import plural

if t.TYPE_CHECKING:
    from collections.abc import Iterator


@dataclasses.dataclass(slots=True)
class Missing:
    hidden: Counter[str] = dataclasses.field(default_factory=Counter)
    """Results that no_log hides from callbacks, by the module's name."""
    broken: Counter[str] = dataclasses.field(default_factory=Counter)
    """Results that are not what the module returns, by the module's name."""
    open_jobs: int = 0
    """Asynchronous jobs whose results this run has not seen."""

    def sentences(self) -> Iterator[str]:
        for action, count in self.hidden.items():
            yield (
                f"{plural(count, 'result')} of {action} {'is' if count == 1 else 'are'} hidden by no_log and "
                f"{'gives' if count == 1 else 'give'} no points. Remove no_log from the task: its results hold no "
                "secrets."
            )
        for action, count in self.broken.items():
            yield f"{plural(count, 'result')} of {action} could not be turned into points."
        if self.open_jobs:
            were = "was" if self.open_jobs == 1 else "were"
            yield (
                f"{plural(self.open_jobs, 'asynchronous job')} of keyward.iam {were} not fetched, and the metrics were "
                "not collected. Fetch the result with ansible.builtin.async_status."
            )
