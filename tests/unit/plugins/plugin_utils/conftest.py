# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import backlog as _backlog
from testbed.drivers.deliveries import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from testbed.fakes.wavefront import WavefrontReceiver


@pytest.fixture
def run(tmp_path: Path, wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Run]]:
    """Makes runs that share a journal and deliver to the receiver."""
    # Temporary directories are in memory on some machines, which would be said in between.
    monkeypatch.setattr(_backlog, "volatile_kind", lambda _directory: None)

    runs: list[Run] = []

    def make(**options: Any) -> Run:
        usual = {
            "url": wavefront.url,
            "api_token": wavefront.token,
            "journal_dir": str(tmp_path / "journal"),
            "deadline": 5.0,
        }
        runs.append(Run(**usual | options))
        return runs[-1]

    yield make
    for each in runs:
        each.delivery.exporter.shutdown()
