# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The client of all REST APIs: what it makes of each status, when it asks again, and what it never shows."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http import rest
from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from ansible_collections.keyward.iam.plugins.module_utils._http.rest import (
    FixedCredentials,
    NotFoundError,
    RestClient,
    RestError,
    Service,
    base_url,
    checked_token,
    parsed,
)
from testbed.fakes.wavefront import Answer, redirect, status
from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a-to/ken+with=odd"
SERVICE = Service(
    "Service", "url", "no API here", "check {}", "check the rights of {}", "not found",
    lambda text: parsed(text) is not None, lambda text: text,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _direct_and_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rest, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(rest, "LONGEST_PAUSE_SECONDS", 1.0)


@pytest.fixture
def tenant() -> Iterator[WavefrontTenant]:
    with WavefrontTenant(TOKEN) as running:
        yield running


def client(url: str) -> RestClient:
    credentials = FixedCredentials("token", f"Bearer {TOKEN}", [TOKEN])
    return RestClient(SERVICE, url, "api/v2", credentials, HttpOptions())


@pytest.mark.parametrize(
    ("answer", "sentence", "passing"),
    [
        (status(401, body=TOKEN), r"^Service rejected the credentials \(HTTP 401 to GET .*\): check token$", False),
        (status(403, body="{}"), r"^Service does not allow it \(HTTP 403 .*: check the rights of token$", False),
        (status(404, body='"gone"'), r'^not found: "gone" \(HTTP 404 ', False),
        (status(404, body="<h1>no</h1>"), r"^no API here \(HTTP 404 .*<h1>no</h1>\)$", False),
        (status(405, body="<h1>no</h1>"), r"^no API here \(HTTP 405 ", False),
        (status(400, body='{"a": "b"}'), r'^the request failed: {"a": "b"} \(HTTP 400 ', False),
        (status(200, body="<html>"), r"^no API here \(HTTP 200 ", False),
        (redirect("https://other.example.com/api/v2/thing", 301), "set url to https://other.example.com ", False),
        (
            redirect("https://sign.in/?next=x", 302),
            r"redirected the request to https://sign\.in/\?next=x: set url",
            False,
        ),
        (status(500, body="<h1>Server Error</h1>"), r"^Service failed \(HTTP 500 .*<h1>Server Error</h1>$", True),
        (status(502, body="<html>proxy</html>"), r"^Service failed \(HTTP 502 ", True),
        (status(503, body=" "), r"^Service failed \(HTTP 503 to GET .*\): nothing$", True),
        (redirect("/migrations_notran/", 302), r"^Service is being upgraded \(HTTP 302 ", True),
    ],
)
def test_a_status_is_a_sentence(
    tenant: WavefrontTenant,
    answer: Answer,
    sentence: str,
    passing: bool,  # noqa: FBT001
) -> None:
    tenant.answers(*[answer] * 5)
    with pytest.raises(RestError, match=sentence) as caught:
        client(tenant.url).ask("GET", "thing")
    assert caught.value.passing is passing
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("said", [TOKEN, json.dumps({"said": TOKEN}), "a-to%2Fken%2Bwith%3Dodd", TOKEN.upper()])
def test_what_the_server_quotes_is_not_shown_and_obeyed_by_no_terminal(tenant: WavefrontTenant, said: str) -> None:
    tenant.answers(status(400, body=f"\x1b[2J{said}\nok: [localhost]\u202e\x9b" + "x" * 50000))
    with pytest.raises(RestError, match="the request failed") as caught:
        client(tenant.url).ask("GET", "thing")
    shown = str(caught.value)
    assert said not in shown
    assert shown.isprintable()
    assert len(shown) < 600


def test_what_may_pass_is_asked_again_if_it_only_reads(tenant: WavefrontTenant) -> None:
    found = status(200, body="{}")
    for code in (500, 502, 503, 504, 408):
        tenant.answers(status(code), status(code), found)
        assert client(tenant.url).ask("GET", "thing").ok
        tenant.answers(status(code))
        with pytest.raises(RestError):
            client(tenant.url).ask("POST", "thing", {})
    tenant.answers(status(429), status(406), found)
    assert client(tenant.url).ask("POST", "thing", {}).ok


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("0", 0.0, 10.0),
        ("1", 1.0, 15.0),
        pytest.param(formatdate(time.time() + 86400, usegmt=True), 1.0, 15.0, id="date"),
        ("inf", 0.0, 10.0),
        ("-5", 0.0, 10.0),
        ("1e9", 0.0, 10.0),
        ("99999999999999999999", 1.0, 15.0),
        ("soon", 0.0, 10.0),
        (formatdate(0, usegmt=True), 0.0, 10.0),
    ],
)
def test_the_pause_that_is_asked_for_has_a_bound(
    tenant: WavefrontTenant, value: str, least: float, most: float
) -> None:
    tenant.answers(status(429, retry_after=value), status(200, body="{}"))
    started = time.monotonic()
    assert client(tenant.url).ask("GET", "thing").ok
    assert least <= time.monotonic() - started < most


def test_it_gives_up(tenant: WavefrontTenant) -> None:
    tenant.answers(*[status(429)] * 5)
    with pytest.raises(RestError, match="HTTP 429") as caught:
        client(tenant.url).ask("GET", "thing")
    assert caught.value.passing


def test_not_found_is_told_apart(tenant: WavefrontTenant) -> None:
    tenant.answers(status(404, body="{}"))
    with pytest.raises(NotFoundError):
        client(tenant.url).ask("DELETE", "thing")


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        (" https://awx.example.com/ ", "https://awx.example.com"),
        ("http://127.0.0.1:8052/path//", "http://127.0.0.1:8052/path"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_an_address_as_it_is_pasted(url: str, checked: str) -> None:
    assert base_url(url, "url", "https://awx.example.com") == checked


@pytest.mark.parametrize(
    "url",
    ["awx", "ftp://awx", "https://", "https://me:secret@awx", "https://me@awx", "https://awx:99999", "https://awx:0",
     "https://a b", "https://awx/?token=secret", "https://awx/#secret", "https://[::1", "https://awx\x1b"],
)  # fmt: skip
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(KeywardError, match=r"^url must ") as caught:
        base_url(url, "url", "https://awx.example.com")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("token", ["", " ", "two words", "two\nlines", "tok\x00en", "tökn", "\ufefftoken"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(KeywardError, match="token holds no token") as caught:
        checked_token(token, "token")
    assert not [part for part in token.split() if part in str(caught.value).partition("holds")[2].split()]


def test_json_that_is_too_deep_is_none() -> None:
    assert parsed("[" * 100000) is None
    assert parsed('{"a": [1]}') == {"a": [1]}


def test_the_answer_of_success_is_returned(tenant: WavefrontTenant) -> None:
    content: dict[str, Any] = {"status": {"result": "OK"}, "response": {"a": 1}}
    tenant.answers(status(200, body=json.dumps(content)))
    assert parsed(client(tenant.url).ask("GET", "thing", query={"name": "a b"}).text) == content
