# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testbed.drivers.hosts import CronHost, Image, LackingError, SystemdHost, machine

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def image() -> Image:
    try:
        machine.require()
        made = Image()
        made.ensure()
    except LackingError as lack:
        pytest.skip(str(lack))
    return made


@pytest.fixture(scope="module")
def cron_host(image: Image) -> Iterator[CronHost]:
    """A fresh host that the tests of a module share."""
    with CronHost(image.path) as host:
        yield host


@pytest.fixture(scope="module")
def systemd_host(image: Image) -> Iterator[SystemdHost]:
    """A fresh host that the tests of a module share."""
    with SystemdHost(image.path) as host:
        yield host
