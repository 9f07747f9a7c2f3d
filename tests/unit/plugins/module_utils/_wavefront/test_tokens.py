# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Where tokens come from: files, and VMware Cloud services, whose HTTP call is the caller's."""

from __future__ import annotations

import base64
import json
import os
import typing as t
from urllib.parse import quote_plus

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import CLIENT_SECRETS, TOKENS, AccessError
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.tokens import Token, token_of

if t.TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.keyward.iam.plugins.module_utils._wavefront.csp import Grant

SECRET = "a-/secret+with=odd&characters"


class Posted(t.NamedTuple):
    status: int
    text: str

    @property
    def ok(self) -> bool:
        return self.status == 200


def token(**options: str) -> Token:
    blank = dict.fromkeys([*TOKENS, *CLIENT_SECRETS, "csp_org_id"])
    return token_of({**blank, "csp_url": "https://csp.example.com", **options}, lambda name: f"{name} (X)")


def refuse(_grant: Grant) -> Posted:
    raise AssertionError


@pytest.mark.parametrize("option", ["csp_api_token", "csp_client_secret"])
@pytest.mark.parametrize("form", ["bare", "percent", "json", "base64"])
def test_a_secret_of_a_file_that_the_service_quotes_is_not_shown(tmp_path: Path, option: str, form: str) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    options = {f"{option}_file": str(file), **({"csp_client_id": "app"} if option == "csp_client_secret" else {})}
    forms = {
        "bare": SECRET,
        "percent": quote_plus(SECRET),
        "json": json.dumps({"token": SECRET}),
        "base64": base64.b64encode(f"app:{SECRET}".encode()).decode(),
    }
    given = token(**options)
    with pytest.raises(AccessError, match="HTTP 400: no good: ") as caught:
        given.get(lambda _grant: Posted(400, f"no good: {forms[form]}"))
    assert not [text for text in (SECRET, quote_plus(SECRET)) if text in str(caught.value)]
    if option == "csp_client_secret":
        assert forms[form] not in str(caught.value)
    assert SECRET in given.secrets
    assert caught.value.setting
    assert f"{option}_file (X)" in caught.value.setting


@pytest.mark.parametrize(
    "answer", ["", "[]", "{}", '{"access_token": "a b", "expires_in": 9}', '{"access_token": "a", "expires_in": []}']
)
def test_an_answer_without_a_token_may_pass(answer: str) -> None:
    with pytest.raises(AccessError, match="no access_token or no expires_in") as caught:
        token(csp_api_token=SECRET).get(lambda _grant: Posted(200, answer))
    assert caught.value.passing


@pytest.mark.parametrize("lifetime", [1800, 60, 0, -5, 1e300])
def test_a_token_is_used_until_it_wants_renewal(lifetime: float) -> None:
    asked: list[Grant] = []

    def post(grant: Grant) -> Posted:
        asked.append(grant)
        return Posted(200, json.dumps({"access_token": f"t{len(asked)}", "expires_in": lifetime}))

    given = token(csp_api_token=SECRET)
    first, second = given.get(post), given.get(post)
    assert (first == second) is (lifetime > 30)
    assert given.renew()
    assert given.get(post) not in {first, second}


def test_a_file_that_is_none_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, sentence in (
        ("fifo", "is not a regular file"),
        ("", "is not a regular file|cannot be read: Is a directory"),
        ("nowhere", "cannot be read: No such file or directory"),
        ("binary", "holds no text"),
    ):
        with pytest.raises(AccessError, match=rf"^api_token_file \(X\): .*({sentence})"):
            token(api_token_file=str(tmp_path / name)).get(refuse)


def test_a_proxy_needs_none() -> None:
    assert token().get(refuse) is None
    assert token().setting == "api_token (X) or api_token_file (X)"
