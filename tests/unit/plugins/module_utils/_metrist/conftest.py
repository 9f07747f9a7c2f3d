# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._http import rest
from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from ansible_collections.keyward.iam.plugins.module_utils._metrist.api import BackEnd
from testbed.fakes.metrist import MetristBackEnd

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a-metrist-token"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
def metrist() -> Iterator[MetristBackEnd]:
    with MetristBackEnd(TOKEN) as back_end:
        yield back_end


@pytest.fixture
def back_end(metrist: MetristBackEnd) -> BackEnd:
    return BackEnd(metrist.url, TOKEN, HttpOptions())
