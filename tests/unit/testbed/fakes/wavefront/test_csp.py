# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Both token calls of VMware Cloud services, and what their tokens open."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from testbed.fakes.wavefront import Csp, WavefrontReceiver, status
from testbed.fakes.wavefront.csp import API_TOKEN_PATH, OAUTH_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

FORM = {"grant_type": "api_token", "api_token": "a+b/c="}
CLIENT = ("id", "secret")
OAUTH_FORM = {"grant_type": "client_credentials", "orgId": "org"}


@pytest.fixture
def csp() -> Csp:
    return Csp(api_token=FORM["api_token"], client_id=CLIENT[0], client_secret=CLIENT[1], org_id="org", lifetime=600)


@pytest.fixture
def wf(csp: Csp) -> Iterator[WavefrontReceiver]:
    with WavefrontReceiver(csp=csp) as receiver:
        yield receiver


def report(session: requests.Session, wf: WavefrontReceiver, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return session.post(f"{wf.url}/report?f=wavefront", data="a 1 source=x", headers=headers, timeout=5).status_code


def token_by_api_token(session: requests.Session, wf: WavefrontReceiver) -> str:
    token: str = session.post(wf.url + API_TOKEN_PATH, data=FORM, timeout=5).json()["access_token"]
    return token


def test_an_api_token_is_changed_for_an_access_token(wf: WavefrontReceiver, session: requests.Session) -> None:
    answer = session.post(wf.url + API_TOKEN_PATH, data=FORM, timeout=5)

    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 600
    assert report(session, wf, answer.json()["access_token"]) == 202
    assert report(session, wf, FORM["api_token"]) == 401
    assert wf.csp.calls == 1


def test_an_oauth_app_is_changed_for_an_access_token(wf: WavefrontReceiver, session: requests.Session) -> None:
    answer = session.post(wf.url + OAUTH_PATH, data=OAUTH_FORM, auth=CLIENT, timeout=5)

    assert answer.status_code == 200
    assert report(session, wf, answer.json()["access_token"]) == 202


@pytest.mark.parametrize("form", [{"api_token": "wrong"}, {"api_token": ""}, {"grant_type": "client_credentials"}])
def test_a_wrong_api_token_is_refused(wf: WavefrontReceiver, session: requests.Session, form: dict[str, str]) -> None:
    answer = session.post(wf.url + API_TOKEN_PATH, data=FORM | form, timeout=5)

    assert answer.status_code == 400
    assert "access_token" not in answer.json()
    assert wf.csp.calls == 1


@pytest.mark.parametrize("auth", [("id", "wrong"), ("other", "secret"), None])
def test_a_wrong_oauth_app_is_refused(
    wf: WavefrontReceiver, session: requests.Session, auth: tuple[str, str] | None
) -> None:
    assert session.post(wf.url + OAUTH_PATH, data=OAUTH_FORM, auth=auth, timeout=5).status_code == 401


@pytest.mark.parametrize("form", [{"grant_type": "api_token"}, {"orgId": "other"}, {"orgId": ""}])
def test_a_wrong_oauth_form_is_refused(wf: WavefrontReceiver, session: requests.Session, form: dict[str, str]) -> None:
    assert session.post(wf.url + OAUTH_PATH, data=OAUTH_FORM | form, auth=CLIENT, timeout=5).status_code == 400


@pytest.mark.parametrize("path", [API_TOKEN_PATH, OAUTH_PATH])
def test_a_csp_without_credentials_refuses_everybody(session: requests.Session, path: str) -> None:
    with WavefrontReceiver(csp=Csp()) as wf:
        form = FORM | {"api_token": ""}
        assert session.post(wf.url + path, data=form, auth=("", ""), timeout=5).status_code in {400, 401}


def test_every_call_gives_another_token_and_all_live_until_their_end(
    wf: WavefrontReceiver, csp: Csp, session: requests.Session
) -> None:
    first, second = token_by_api_token(session, wf), token_by_api_token(session, wf)
    csp.lifetime = 0
    ended = token_by_api_token(session, wf)

    assert len({first, second, ended}) == 3
    assert [report(session, wf, token) for token in (first, second, ended)] == [202, 202, 401]


def test_rotation_refuses_the_tokens_handed_out_before(
    wf: WavefrontReceiver, csp: Csp, session: requests.Session
) -> None:
    old = token_by_api_token(session, wf)
    csp.rotate()

    assert report(session, wf, old) == 401
    assert report(session, wf, token_by_api_token(session, wf)) == 202


def test_a_token_ends_with_its_lifetime(
    wf: WavefrontReceiver, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_by_api_token(session, wf)
    later = time.monotonic() + 601
    monkeypatch.setattr("testbed.fakes.wavefront.csp.time.monotonic", lambda: later)

    assert report(session, wf, token) == 401


def test_chosen_answers_of_the_token_call(wf: WavefrontReceiver, csp: Csp, session: requests.Session) -> None:
    csp.answers(status(503))

    assert session.post(wf.url + API_TOKEN_PATH, data=FORM, timeout=5).status_code == 503
    assert session.post(wf.url + API_TOKEN_PATH, data=FORM, timeout=5).status_code == 200
    assert csp.calls == 2
    assert wf.requests == []
