# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""An AWX, and objects of it managed as the module does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._awx.api import Api, password_credentials, token_credentials
from ansible_collections.keyward.iam.plugins.module_utils._awx.manage import keep as keep_object
from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http import rest
from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from testbed.fakes.awx import CREDENTIAL_TYPES, Awx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Keep = Callable[..., dict[str, Any]]

REPOSITORY = "https://git.example.com/iam.git"
PROJECT = {"scm_type": "git", "scm_url": REPOSITORY}


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    # Ansible's client reads the system's certificates for each request, which takes longer than all else here.
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    monkeypatch.setattr(rest, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
def awx() -> Iterator[Awx]:
    with Awx(repositories={REPOSITORY: ["collect.yml", "probe.yml"]}) as running:
        yield running


@pytest.fixture
def keep(awx: Awx) -> Keep:
    """Gives what the module gives; the object's definition is given by further keywords."""

    def run(
        kind: str, name: str, /, *, options: dict[str, Any] | None = None, check: bool = False, **definition: Any
    ) -> dict[str, Any]:
        access = {"url": awx.url, "token": awx.token, "user": None, "connection": HttpOptions()}
        usual = {"organization": "Default", "state": "present", "secret_inputs": {}, "update_secrets": False}
        given = {**access, **usual, "wait_timeout": 20, **(options or {})}
        try:
            secrets = list(given["secret_inputs"].values())
            if given["user"]:
                user, password = given["user"]
                entry = password_credentials(user, password, "username and password", secrets)
            else:
                entry = token_credentials(given["token"], "token", secrets)
            api = Api(given["url"], entry, given["connection"])
            done = keep_object({**given, "kind": kind, "name": name, "definition": definition}, api, planning=check)
        except KeywardError as error:
            return {"msg": str(error)}
        return {"id": None, "warning": done.warning, **done.result}

    return run


@pytest.fixture
def project(awx: Awx) -> int:
    made = awx.add("projects", name="Keyward", organization=1, **PROJECT)
    awx.store.look("projects", made)
    awx.store.look("projects", made)
    return made


@pytest.fixture
def types(awx: Awx) -> dict[str, int]:
    return {name: awx.add("credential_types", **about) for name, about in CREDENTIAL_TYPES.items()}
