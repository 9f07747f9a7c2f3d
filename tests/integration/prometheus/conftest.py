# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.drivers.programs import free_address, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pushgateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    address = free_address()
    command = ["prometheus-pushgateway", f"--web.listen-address={address}", "--persistence.file="]
    with serving(f"http://{address}/-/ready", *command, cwd=tmp_path_factory.mktemp("pushgateway")):
        yield f"http://{address}"
