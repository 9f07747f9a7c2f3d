# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def wf() -> Iterator[WavefrontReceiver]:
    with WavefrontReceiver() as receiver:
        yield receiver


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        # A CA bundle of the environment would win over the session's own.
        session.trust_env = False
        yield session


@pytest.fixture
def post(wf: WavefrontReceiver, session: requests.Session) -> Callable[..., requests.Response]:
    """Send lines over one session."""

    def send(*lines: str, timeout: float = 5, **options: object) -> requests.Response:
        body = "\n".join(lines).encode()
        return session.post(f"{wf.url}/report?f=wavefront", data=body, timeout=timeout, **options)  # type: ignore[arg-type]

    return send
