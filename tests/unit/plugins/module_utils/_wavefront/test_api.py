# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The client of Wavefront's REST API against a tenant: how it gets in, what it makes of answers, how it searches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http.request import HttpOptions
from ansible_collections.keyward.iam.plugins.module_utils._http.rest import MOST_PAGES
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.access import AccessError, base_url
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.alerts import find_alert, is_searchable
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.api import Api
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.module import ACCESS_SPEC
from ansible_collections.keyward.iam.plugins.module_utils._wavefront.tokens import token_of
from testbed.drivers.deliveries import in_files
from testbed.fakes.wavefront import (
    Csp,
    PrivateCa,
    WavefrontReceiver,
    drop_before_read,
    hang,
    redirect,
    slow_body,
    slow_head,
    status,
)
from testbed.fakes.wavefront_tenant import WavefrontTenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.once

TOKEN = "a-tenant-token"
NO_TOKENS = dict.fromkeys(name for name in ACCESS_SPEC if name.startswith(("api_token", "csp_")))
ALERT = {"name": "a", "condition": "ts(a) > 1", "minutes": 5, "severity": "WARN", "tags": {"customerTags": ["ours"]}}


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tenant() -> Iterator[WavefrontTenant]:
    with WavefrontTenant(TOKEN) as running:
        yield running


def client(url: str, http_options: HttpOptions | None = None, **options: Any) -> Api:
    given = {**NO_TOKENS, **(options or {"api_token": TOKEN})}
    return Api(base_url("url", url), token_of(given, str), http_options or HttpOptions())


@pytest.fixture
def api(tenant: WavefrontTenant) -> Api:
    return client(tenant.url)


def test_objects_come_and_go(tenant: WavefrontTenant, api: Api) -> None:
    made = api.create("alert", ALERT)
    path = f"alert/{made['id']}"
    api.replace(path, {**made, "minutes": 7})
    assert (api.find(path) or {})["minutes"] == 7
    api.remove(path)
    assert api.find(path) is None
    api.remove(path)
    assert tenant.alerts == {}


def test_a_proxy_is_told_from_a_tenant(wavefront: WavefrontReceiver) -> None:
    with pytest.raises(KeywardError, match="there is no REST API here: url must be a tenant, not a proxy"):
        client(wavefront.url).find("alert/1")


def test_a_redirect_is_said_and_not_followed(tenant: WavefrontTenant, api: Api) -> None:
    tenant.answers(redirect("https://elsewhere.example.com/api/v2/alert/1", 301))
    with pytest.raises(
        KeywardError, match=r"Wavefront redirected the request to (\S+)/api/v2/alert/1: set url to \1 \(HTTP 301 "
    ):
        api.find("alert/1")


def test_the_envelope_counts_as_well_as_the_code(tenant: WavefrontTenant, api: Api) -> None:
    tenant.answers(status(200, body='{"status": {"result": "ERROR", "message": "no room", "code": 400}}'))
    with pytest.raises(KeywardError, match=r"the request failed: no room \(HTTP 200 to POST "):
        api.create("alert", ALERT)
    tenant.answers(status(200, body='{"status": {"result": "ERROR", "message": "gone", "code": 404}}'))
    assert api.find("alert/1") is None


def test_what_the_server_rejects_is_said_in_its_words(api: Api) -> None:
    with pytest.raises(KeywardError, match=r"Invalid value for `severity` \(LOUD\)"):
        api.create("alert", {**ALERT, "severity": "LOUD"})


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_token_names_the_setting_and_the_permission(tenant: WavefrontTenant, api: Api, code: int) -> None:
    tenant.answers(status(code, body=f"no such token: {TOKEN}"))
    with pytest.raises(KeywardError, match=r"check api_token, and that its owner has the permission") as caught:
        api.find("alert/1")
    assert TOKEN not in str(caught.value)


def test_pushback_is_waited_out_as_long_as_it_asks_for(tenant: WavefrontTenant, api: Api) -> None:
    tenant.answers(status(429, retry_after=1), status(406, retry_after=0))
    started = time.monotonic()
    api.create("alert", ALERT)
    assert time.monotonic() - started >= 1
    assert len(tenant.alerts) == 1


def test_no_answer_is_not_tried_again(tenant: WavefrontTenant) -> None:
    tenant.answers(hang(), slow_head(10), slow_body(10), drop_before_read())
    for _attempt in range(4):
        with pytest.raises(KeywardError, match=r"no answer in time|the connection ended without"):
            client(tenant.url, HttpOptions(timeout=0.3)).create("alert", ALERT)
    assert tenant.alerts == {}


class TestTokens:
    def test_of_a_file_that_is_replaced_between_two_calls(self, tenant: WavefrontTenant, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text(f"{TOKEN}\n")
        api = client(tenant.url, api_token_file=str(file))
        api.create("alert", ALERT)
        tenant.token = "another-token"
        file.write_text("another-token")
        api.create("alert", ALERT)
        assert len(tenant.alerts) == 2

    @pytest.mark.parametrize(
        ("content", "sentence"), [(None, "cannot be read: No such file"), ("a b", "holds no token")]
    )
    def test_of_a_file_that_holds_none(
        self, tenant: WavefrontTenant, tmp_path: Path, content: str, sentence: str
    ) -> None:
        file = tmp_path / "token"
        if content is not None:
            file.write_text(content)
        with pytest.raises(KeywardError, match=f"could not obtain an access token: .*{sentence}"):
            client(tenant.url, api_token_file=str(file)).find("alert/1")

    def test_that_no_header_can_carry(self, tenant: WavefrontTenant) -> None:
        with pytest.raises(KeywardError, match="api_token holds no token") as caught:
            client(tenant.url, api_token="a\ntoken").find("alert/1")
        assert "\ntoken" not in str(caught.value)

    @pytest.mark.parametrize("from_file", [False, True])
    @pytest.mark.parametrize(
        ("secret", "options"),
        [
            ({"csp_api_token": "refresh"}, {}),
            ({"csp_client_secret": "secret"}, {"csp_client_id": "app", "csp_org_id": "org"}),
        ],
    )
    def test_of_vmware_cloud_services_are_renewed_when_refused(
        self,
        secret: dict[str, str],
        options: dict[str, Any],
        from_file: bool,  # noqa: FBT001
        tmp_path: Path,
    ) -> None:
        options = {**options, **(in_files(tmp_path, **secret) if from_file else secret)}
        csp = Csp(api_token="refresh", client_id="app", client_secret="secret", org_id="org")
        with WavefrontTenant(TOKEN, csp=csp) as tenant:
            api = client(tenant.url, csp_url=tenant.url, **options)
            api.create("alert", ALERT)
            api.create("alert", ALERT)
            assert csp.calls == 1
            csp.rotate()
            api.create("alert", ALERT)
            assert (csp.calls, len(tenant.alerts)) == (2, 3)

    def test_of_an_oauth_app_need_its_secret(self, tenant: WavefrontTenant) -> None:
        with pytest.raises(AccessError, match="csp_client_id needs csp_client_secret or csp_client_secret_file"):
            client(tenant.url, csp_url=tenant.url, csp_client_id="app")

    def test_refused_by_vmware_cloud_services(self, tenant: WavefrontTenant) -> None:
        with pytest.raises(
            KeywardError, match=r"could not obtain an access token: .*/api-tokens/authorize: HTTP 400: .*invalid_grant"
        ):
            client(tenant.url, csp_url=tenant.url, csp_api_token="wrong").find("alert/1")


def test_a_private_ca_and_a_client_certificate(tmp_path: Path) -> None:
    ca = PrivateCa(tmp_path, require_client_cert=True)
    trusted = HttpOptions(ca_path=str(ca.ca_path), client_cert=str(ca.client_cert), client_key=str(ca.client_key))
    with WavefrontTenant(TOKEN, tls=ca) as tenant:
        client(tenant.url, trusted).create("alert", ALERT)
        assert len(tenant.alerts) == 1
        with pytest.raises(
            KeywardError, match="TLS verification failed: check ca_path, and client_cert where the server wants one"
        ):
            client(tenant.url).find("alert/1")


def test_a_ca_path_replaces_the_certificates_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("system", "other"):
        (tmp_path / name).mkdir()
    system, other = PrivateCa(tmp_path / "system"), PrivateCa(tmp_path / "other")
    monkeypatch.setenv("SSL_CERT_FILE", str(system.ca_path))
    with WavefrontTenant(TOKEN, tls=system) as tenant:
        client(tenant.url).create("alert", ALERT)
        assert len(tenant.alerts) == 1
        with pytest.raises(KeywardError, match="TLS verification failed: check ca_path"):
            client(tenant.url, HttpOptions(ca_path=str(other.ca_path))).find("alert/1")


@pytest.mark.parametrize("url", ["example.wavefront.com", "https://", "https://me:secret@example.wavefront.com"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(AccessError, match="url must") as caught:
        client(url)
    assert "secret" not in str(caught.value)


class TestFindingAlerts:
    def test_by_tag_and_exact_name_over_all_pages(self, tenant: WavefrontTenant, api: Api) -> None:
        tenant.page_limit = 2
        for name in ("a", "aa", "A", "b"):
            tenant.add_alert(name=name, tags={"customerTags": ["ours"]})
        tenant.add_alert(name="z", tags={"customerTags": ["theirs"]})
        mine = tenant.add_alert(name="z", tags={"customerTags": ["other", "ours"]})
        assert [item["id"] for item in api.search("alert", tags="ours")][-1] == mine
        assert (find_alert(api, "z", "ours", None) or {})["id"] == mine
        assert find_alert(api, "z", "nobody's", None) is None

    def test_pages_that_do_not_end_are_left(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[int] = []

        def endless(*_arguments: object, **_more: object) -> dict[str, object]:
            asked.append(len(asked))
            return {"items": [{"id": f"{asked[-1]}"}], "moreItems": True}

        monkeypatch.setattr(api, "_ask", endless)
        with pytest.raises(KeywardError, match=r"the pages of POST \S+/api/v2/search/alert do not end"):
            list(api.search("alert", tags="ours"))
        assert len(asked) == MOST_PAGES

    def test_more_than_one_is_an_error_that_names_them(self, tenant: WavefrontTenant, api: Api) -> None:
        ids = [tenant.add_alert(name="z", tags={"customerTags": ["ours"]}) for _number in range(2)]
        with pytest.raises(KeywardError, match=f"2 alerts are named 'z' and tagged 'ours': .*{ids[0]}, {ids[1]}"):
            find_alert(api, "z", "ours", None)
        assert (find_alert(api, "z", "ours", ids[1]) or {})["id"] == ids[1]

    def test_an_id_that_is_gone_leaves_it_to_the_name(self, tenant: WavefrontTenant, api: Api) -> None:
        kept = tenant.add_alert(name="z", tags={"customerTags": ["ours"]})
        assert (find_alert(api, "z", "ours", "12345") or {})["id"] == kept

    def test_one_that_the_search_still_lists_is_not_there(self, tenant: WavefrontTenant, api: Api) -> None:
        old = tenant.add_alert(name="z", tags={"customerTags": ["ours"]})
        del tenant.alerts[old]
        assert [item["id"] for item in api.search("alert", name="z")] == [old]
        assert find_alert(api, "z", "ours", None) is None

    def test_a_new_one_is_waited_for_until_the_search_knows_it(self, tenant: WavefrontTenant, api: Api) -> None:
        tenant.lag(3)
        new = tenant.add_alert(name="z", tags={"customerTags": ["ours"]})
        assert find_alert(api, "z", "ours", None) is None
        assert not is_searchable(api, "z", "ours", new, seconds=0)
        assert is_searchable(api, "z", "ours", new, seconds=10)
