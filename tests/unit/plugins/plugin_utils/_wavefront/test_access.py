# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Every way to the service, and to be let in: tokens, certificates, a proxy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testbed.drivers.deliveries import Run, ages, in_files, some
from testbed.fakes.wavefront import (
    Csp,
    ForwardProxy,
    PrivateCa,
    WavefrontReceiver,
    drop_before_read,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once

TOKEN = "a-test-token"


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_token_stops_at_once_and_is_never_shown(
    run: Callable[..., Run], wavefront: WavefrontReceiver, code: int
) -> None:
    wavefront.always(status(code, body="the token a-test-token may not write"))
    this = run()
    this.delivery.add(some())
    assert this.finish().endswith("3 in the journal, 1 request failed")
    assert "Check api_token (WAVEFRONT_API_TOKEN)" in this.warnings
    assert "the token *** may not write" in this.warnings
    assert TOKEN not in "\n".join(this.said)


def test_a_token_file_is_read_again_when_it_changes(
    run: Callable[..., Run], wavefront: WavefrontReceiver, tmp_path: Path
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN + "\n")
    this = run(api_token=None, api_token_file=str(token_file))
    this.delivery.add(some(1))
    this.delivery.drain()
    wavefront.token = "another-token"
    this.delivery.add(some(1, "second"))
    this.delivery.drain()
    assert ages(wavefront) == 1
    token_file.write_text("another-token")
    assert this.finish() == (
        "wavefront: 2 points delivered in 2 requests, 0 invalid, 0 in the journal, 1 request failed"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read: No such file"), (b"", "holds no token"), (b"a b", "holds no token"), (b"\xff", "no text")],
)
def test_a_token_file_that_cannot_be_used_is_named(
    run: Callable[..., Run], tmp_path: Path, content: bytes | None, reason: str
) -> None:
    token_file = tmp_path / "token"
    if content is not None:
        token_file.write_bytes(content)
    this = run(api_token=None, api_token_file=str(token_file))
    this.delivery.add(some())
    # None failed, as none was sent.
    assert this.finish().endswith("3 in the journal")
    assert reason in this.warnings
    assert "api_token_file (WAVEFRONT_API_TOKEN_FILE)" in this.warnings


def test_a_token_that_no_header_takes_is_not_shown_by_the_error(run: Callable[..., Run]) -> None:
    this = run(api_token="two\nlines-of-secret")
    this.delivery.add(some())
    assert "3 in the journal" in this.finish()
    assert "lines-of-secret" not in "\n".join(this.said)
    assert "holds no token" in this.warnings


@pytest.mark.parametrize("from_file", [False, True], ids=["option", "file"])
@pytest.mark.parametrize(
    ("secret", "options"),
    [
        ({"csp_api_token": "an-api-token"}, {}),
        ({"csp_client_secret": "a-secret"}, {"csp_client_id": "an-id", "csp_org_id": "an-org"}),
    ],
    ids=["api token", "oauth app"],
)
def test_csp_tokens_are_kept_until_shortly_before_they_end_and_renewed_once_when_refused(
    run: Callable[..., Run],
    tmp_path: Path,
    secret: dict[str, str],
    options: dict[str, str],
    from_file: bool,  # noqa: FBT001
) -> None:
    options = {**options, **(in_files(tmp_path, **secret) if from_file else secret)}
    csp = Csp(api_token="an-api-token", client_id="an-id", client_secret="a-secret", org_id="an-org")
    with WavefrontReceiver(csp=csp) as receiver:
        this = run(url=receiver.url, csp_url=receiver.url, api_token=None, **options)
        for number in range(3):
            this.delivery.add(some(1, f"n{number}-"))
            this.delivery.drain()
        assert csp.calls == 1
        csp.rotate()
        this.delivery.add(some(1, "after"))
        this.delivery.drain()
        assert (csp.calls, ages(receiver)) == (2, 4)
        csp.lifetime = 30
        csp.rotate()
        for number in range(2):
            this.delivery.add(some(1, f"short{number}-"))
            this.delivery.drain()
        assert ages(receiver) == 6
        assert csp.calls == 4


def test_a_csp_that_refuses_or_fails_is_named_without_its_secrets(run: Callable[..., Run]) -> None:
    csp = Csp(api_token="an-api-token")
    with WavefrontReceiver(csp=csp) as receiver:
        this = run(url=receiver.url, csp_url=receiver.url, api_token=None, csp_api_token="a-wrong-token")
        this.delivery.add(some())
        assert "3 in the journal" in this.finish()
        assert "HTTP 400" in this.warnings
        assert "csp_api_token (WAVEFRONT_CSP_API_TOKEN)" in this.warnings
        assert "a-wrong-token" not in this.warnings

        csp.answers(status(503), drop_before_read())
        right = run(url=receiver.url, csp_url=receiver.url, api_token=None, csp_api_token="an-api-token")
        assert right.finish().startswith("wavefront: 3 points delivered in 1 request")


def test_a_file_with_a_csp_secret_may_be_late_or_replaced(run: Callable[..., Run], tmp_path: Path) -> None:
    options = in_files(tmp_path, csp_client_secret="an-old-secret")
    path = Path(options["csp_client_secret_file"])
    csp = Csp(client_id="an-id", client_secret="a-secret")
    with WavefrontReceiver(csp=csp) as receiver:
        this = run(url=receiver.url, csp_url=receiver.url, api_token=None, csp_client_id="an-id", **options)
        this.delivery.add(some())
        assert "3 in the journal" in this.finish()
        assert (
            "(WAVEFRONT_CSP_CLIENT_ID) and csp_client_secret_file (WAVEFRONT_CSP_CLIENT_SECRET_FILE)" in this.warnings
        )
        assert "an-old-secret" not in this.warnings

        path.unlink()
        late = run(url=receiver.url, csp_url=receiver.url, api_token=None, csp_client_id="an-id", **options)
        assert "3 in the journal" in late.finish()
        assert f"{path} cannot be read" in late.warnings
        path.write_text("a-secret")
        assert (
            run(url=receiver.url, csp_url=receiver.url, api_token=None, csp_client_id="an-id", **options)
            .finish()
            .startswith("wavefront: 3 points delivered in 1 request")
        )


def test_tls_is_verified_and_takes_a_private_ca_and_a_client_certificate(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    ca = PrivateCa(tmp_path, require_client_cert=True)
    with WavefrontReceiver(token=TOKEN, tls=ca) as receiver:
        unknown = run(url=receiver.url)
        unknown.delivery.add(some())
        assert "3 in the journal" in unknown.finish()
        assert "certificate verify failed" in unknown.warnings or "self-signed" in unknown.warnings
        assert "ca_path" in unknown.warnings

        anonymous = run(url=receiver.url, ca_path=str(ca.ca_path))
        assert "3 in the journal" in anonymous.finish()

        missing = run(url=receiver.url, ca_path=str(tmp_path / "none.pem"))
        assert "3 in the journal" in missing.finish()
        assert "none.pem" in missing.warnings
        assert "ca_path" in missing.warnings

        known = run(
            url=receiver.url,
            ca_path=str(ca.ca_path),
            client_cert=str(ca.client_cert),
            client_key=str(ca.client_key),
        )
        assert known.finish().startswith("wavefront: 3 points delivered in 1 request")


def test_certificates_need_not_be_valid_where_that_was_asked_for(run: Callable[..., Run], tmp_path: Path) -> None:
    with WavefrontReceiver(token=TOKEN, tls=PrivateCa(tmp_path)) as receiver:
        this = run(url=receiver.url, validate_certs=False)
        this.delivery.add(some())
        assert this.finish().startswith("wavefront: 3 points delivered in 1 request")


def test_an_http_proxy_is_taken_from_the_environment(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ForwardProxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        this = run()
        this.delivery.add(some())
        assert this.finish().startswith("wavefront: 3 points delivered in 1 request")
        assert [request.split("?")[0] for request in proxy.requests] == [f"POST {wavefront.url}/report"]
    assert ages(wavefront) == 3


def test_a_tunnel_through_an_http_proxy_is_made_with_the_proxy_s_password_which_is_not_shown(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ca = PrivateCa(tmp_path)
    with ForwardProxy(credentials="me:a-proxy-password") as proxy, WavefrontReceiver(token=TOKEN, tls=ca) as receiver:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//me:a-wrong-password@"))
        wrong = run(url=receiver.url, ca_path=str(ca.ca_path), deadline=1.0)
        wrong.delivery.add(some())
        assert "3 in the journal" in wrong.finish()
        assert "407 Proxy Authentication Required" in wrong.warnings
        assert "a-wrong-password" not in wrong.warnings

        monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//me:a-proxy-password@"))
        right = run(url=receiver.url, ca_path=str(ca.ca_path))
        assert right.finish().startswith("wavefront: 3 points delivered in 1 request")
        assert proxy.tunnels == [f"127.0.0.1:{receiver.port}"]
        assert ages(receiver) == 3


def test_a_password_for_the_host_in_netrc_does_not_take_the_token_s_place(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    this = run()
    this.delivery.add(some())
    this.finish()
    assert ages(wavefront) == 3
