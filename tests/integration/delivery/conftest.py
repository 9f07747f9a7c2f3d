# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.plugin_utils._journal.journal import Journal
from testbed.drivers import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from testbed.drivers.runs import Ansible
    from testbed.fakes.wavefront import WavefrontReceiver


@pytest.fixture
def shipping(ansible: Ansible, wavefront: WavefrontReceiver) -> Ansible:
    """Ansible with the callback enabled, its options for the receiver, and the collection as it is."""
    assert wavefront.token is not None
    ansible.set(
        ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
        WAVEFRONT_URL=wavefront.url,
        WAVEFRONT_API_TOKEN=wavefront.token,
        WAVEFRONT_DEADLINE="20",
    )
    return ansible


@pytest.fixture
def outage(shipping: Ansible, wavefront: WavefrontReceiver) -> Callable[[], AbstractContextManager[None]]:
    """Inside, the receiver is down, and runs soon give up."""

    @contextmanager
    def begin() -> Iterator[None]:
        usual = shipping.variables["WAVEFRONT_DEADLINE"]
        shipping.set(WAVEFRONT_DEADLINE="1")
        with wavefront.down():
            yield
        shipping.set(WAVEFRONT_DEADLINE=usual)

    return begin


@pytest.fixture(scope="session")
def stand_in_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_in.collections_path(tmp_path_factory.mktemp("collections"))


@pytest.fixture
def quick(shipping: Ansible, stand_in_path: Path) -> Ansible:
    """The same with the stand-in for access_key_info."""
    shipping.set(ANSIBLE_COLLECTIONS_PATH=str(stand_in_path))
    return shipping


@pytest.fixture
def journal(ansible: Ansible) -> Journal:
    """The journal at its usual place."""
    return Journal(ansible.home / ".local" / "state" / "keyward" / "journal" / "wavefront", 512 << 20)
