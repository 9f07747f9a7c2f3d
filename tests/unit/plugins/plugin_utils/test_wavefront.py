# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Each answer of the service met as it says, and every way to be let in: tokens, certificates, a proxy."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from testbed.deliveries import Run, in_files, some
from testbed.dripping import DrippingServer
from testbed.wavefront import (
    Csp,
    ForwardProxy,
    PrivateCa,
    WavefrontReceiver,
    drop_after_record,
    drop_before_read,
    drop_before_record,
    drop_half_read,
    hang,
    redirect,
    slow_body,
    slow_head,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.once

TOKEN = "a-test-token"


def ages(receiver: WavefrontReceiver) -> int:
    return receiver.metrics.get("aws.iam.accessKey", 0)


@pytest.mark.parametrize(
    "answer",
    [
        *(status(code) for code in (406, 408, 429, 500, 502, 503, 504)),
        slow_body(0.2),
        slow_head(0.2),
        drop_before_read(),
        drop_half_read(),
        drop_before_record(),
        drop_after_record(),
    ],
    ids=lambda answer: answer.name,
)
def test_what_may_pass_is_tried_again_with_the_same_lines(
    run: Callable[..., Run], wavefront: WavefrontReceiver, answer: Any
) -> None:
    wavefront.answers(answer)
    this = run()
    this.delivery.add(some())
    assert this.finish() == (
        "wavefront: 3 points delivered in 1 request, 0 invalid, 0 in the journal, 1 request failed"
    )
    assert ages(wavefront) == 3
    # A repeated line is the same point: what was recorded before the drop came twice and counts once.
    assert wavefront.unique == 3 + 4


@pytest.mark.parametrize("answer", [hang(), slow_head(20), slow_body(20)], ids=lambda answer: answer.name)
def test_no_answer_outlasts_the_time_out(run: Callable[..., Run], wavefront: WavefrontReceiver, answer: Any) -> None:
    wavefront.answers(answer)
    this = run(timeout=0.5)
    this.delivery.add(some())
    started = time.monotonic()
    assert "3 points delivered in 1 request" in this.finish()
    assert time.monotonic() - started < 5


HEAD_OF_A_PROXY = b"HTTP/1.1 200 Connection established\r\nX-Wait: "
HEAD_OF_A_TLS_RECORD = b"\x16\x03\x03\x40\x00"


@pytest.mark.parametrize(
    ("head", "https_proxy"), [(HEAD_OF_A_PROXY, True), (HEAD_OF_A_TLS_RECORD, False)], ids=["proxy", "TLS"]
)
def test_no_way_to_the_answer_outlasts_the_deadline(
    run: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
    head: bytes,
    https_proxy: bool,  # noqa: FBT001
) -> None:
    with DrippingServer(head) as server:
        monkeypatch.setenv("https_proxy", f"http://{server.address}" if https_proxy else "")
        url = "https://wavefront.example.com" if https_proxy else f"https://{server.address}"
        this = run(url=url, timeout=1.0, deadline=2.0)
        this.delivery.add(some())
        started = time.monotonic()
        assert "3 in the journal" in this.finish()
        assert time.monotonic() - started < 4
        assert "no answer in time" in this.warnings
        assert server.drops > 0


def test_an_answer_counts_once_its_status_is_known(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.answers(slow_body(20, 404))
    this = run(timeout=0.5)
    this.delivery.add(some())
    assert "3 in the journal, 1 request failed" in this.finish()
    assert "HTTP 404: Not Found" in this.warnings


def test_an_answer_that_was_not_waited_for_is_not_taken_for_the_next_one(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    def interrupt() -> None:
        wavefront.wait_for(lambda receiver: len(receiver.requests) == 1)
        signal.pthread_kill(main_thread, signal.SIGUSR1)

    def interrupted(*_signal: object) -> None:
        raise KeyboardInterrupt

    main_thread = threading.get_ident()
    before = signal.signal(signal.SIGUSR1, interrupted)
    wavefront.answers(slow_head(1, 202))
    this = run()
    this.delivery.add(some())
    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        this.delivery.drain()
    thread.join()
    signal.signal(signal.SIGUSR1, before)
    wavefront.answers(status(503))
    assert "3 points delivered in 1 request" in this.finish()
    assert ages(wavefront) == 3


def test_retry_after_is_honoured(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.answers(status(429, retry_after=1))
    this = run()
    this.delivery.add(some())
    started = time.monotonic()
    this.finish()
    assert time.monotonic() - started >= 1
    assert ages(wavefront) == 3


def test_a_pause_beyond_the_deadline_is_not_waited_for(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.always(status(503, retry_after="Wed, 21 Oct 2099 07:28:00 GMT", body="down for maintenance"))
    this = run()
    this.delivery.add(some())
    started = time.monotonic()
    assert this.finish().endswith("3 in the journal, 1 request failed")
    assert time.monotonic() - started < 2
    assert "HTTP 503: down for maintenance" in this.warnings


def test_a_batch_that_is_too_large_is_halved(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.bounds.lines = 30
    this = run()
    this.delivery.add(some(100))
    assert "100 points delivered in 4 requests" in this.finish()
    assert ages(wavefront) == 100


def test_a_single_point_that_is_too_large_is_set_aside(run: Callable[..., Run], wavefront: WavefrontReceiver) -> None:
    wavefront.always(status(413))
    this = run()
    this.delivery.add(some(1))
    assert "0 points delivered in 0 requests, 1 invalid (1 HTTP 413), 0 in the journal" in this.finish()


def test_a_refused_batch_is_set_aside_with_its_reason_and_holds_nothing_back(
    run: Callable[..., Run], wavefront: WavefrontReceiver
) -> None:
    wavefront.always(status(400, body="no such thing"))
    this = run(batch_size=10)
    this.delivery.add(some(40))
    assert "40 invalid (40 HTTP 400), 0 in the journal" in this.finish()
    assert len(wavefront.requests) < 20
    assert "HTTP 400: no such thing" in this.warnings
    assert this.journal.aside.counts() == {"HTTP 400": 40}


def poison(this: Run, wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the receiver refuse what holds a point of that name."""
    send = this.delivery.exporter.send

    def poisoned(lines: Any, seconds: float) -> Any:
        if any("poison" in line for line in lines):
            wavefront.answers(status(400, body="a poison point"))
        return send(lines, seconds)

    monkeypatch.setattr(this.delivery.exporter, "send", poisoned)


def test_one_refused_point_does_not_hold_back_its_batch(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = run()
    poison(this, wavefront, monkeypatch)
    this.delivery.add([*some(700), *some(1, "poison"), *some(300, "after")])
    assert "1000 points delivered" in this.finish()
    assert ages(wavefront) == 1000
    assert this.journal.aside.counts() == {"HTTP 400": 1}
    assert len(wavefront.requests) <= 2 * 10 + 2


def test_no_number_of_refused_points_holds_back_good_ones(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = run(batch_size=2000)
    poison(this, wavefront, monkeypatch)
    # Bad points alone in a batch tell nothing about the next one.
    this.delivery.add(some(2, "poison-alone"))
    this.delivery.add(point for n in range(10) for point in (*some(199, f"n{n}-"), *some(1, f"poison{n}-")))
    assert "1990 points delivered" in this.finish()
    assert ages(wavefront) == 1990
    assert this.journal.aside.counts() == {"HTTP 400": 12}


@pytest.mark.parametrize("answer", [status(404, body="nothing here"), status(405), status(415), redirect("/elsewhere")])
def test_a_wrong_url_is_not_tried_again_and_keeps_the_points(
    run: Callable[..., Run], wavefront: WavefrontReceiver, answer: Any
) -> None:
    wavefront.always(answer)
    this = run()
    this.delivery.add(some())
    assert this.finish().endswith("0 invalid, 3 in the journal, 1 request failed")
    assert f"HTTP {answer.status}" in this.warnings
    assert "Check url (WAVEFRONT_URL)" in this.warnings


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
    [(None, "cannot be read: No such file"), (b"", "is not a token"), (b"a b", "is not a token"), (b"\xff", "no text")],
)
def test_a_token_file_that_cannot_be_used_is_named(
    run: Callable[..., Run], tmp_path: Path, content: bytes | None, reason: str
) -> None:
    token_file = tmp_path / "token"
    if content is not None:
        token_file.write_bytes(content)
    this = run(api_token=None, api_token_file=str(token_file))
    this.delivery.add(some())
    assert "3 in the journal" in this.finish()
    assert reason in this.warnings
    assert "api_token_file (WAVEFRONT_API_TOKEN_FILE)" in this.warnings


def test_a_token_that_no_header_takes_is_not_shown_by_the_error(run: Callable[..., Run]) -> None:
    this = run(api_token="two\nlines-of-secret")
    this.delivery.add(some())
    assert "3 in the journal" in this.finish()
    assert "lines-of-secret" not in "\n".join(this.said)
    assert "is not a token" in this.warnings


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
        assert "WAVEFRONT_CSP_CLIENT_ID, WAVEFRONT_CSP_CLIENT_SECRET_FILE" in this.warnings
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
