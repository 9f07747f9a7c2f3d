# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Each answer of the service is met as it says, and none is waited for too long."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from testbed.drivers.deliveries import Run, ages, some
from testbed.fakes.serving.dripping import DrippingServer
from testbed.fakes.wavefront import (
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
    assert time.monotonic() - started < 20


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
        assert time.monotonic() - started < 20
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
    assert time.monotonic() - started < 20
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


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_receiver_that_rejects_everything_is_a_wrong_setting_and_no_point_is_set_aside(
    run: Callable[..., Run], wavefront: WavefrontReceiver, count: int
) -> None:
    wavefront.always(status(400, body="no such thing"))
    this = run(batch_size=10)
    this.delivery.add(some(count))
    assert f"0 invalid, {count} in the journal" in this.finish()
    assert len(wavefront.requests) < 10
    assert "HTTP 400: no such thing (it rejects every request" in this.warnings
    assert "Check url (WAVEFRONT_URL)" in this.warnings
    assert this.journal.rejected.files() == []
    wavefront.calm()
    assert f"delivered in {-(-count // 10)} request" in run(batch_size=10).finish()


def poison(this: Run, wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the receiver refuse what holds a point of that name."""
    send = this.delivery.exporter.export

    def poisoned(lines: Any, seconds: float) -> Any:
        if any("poison" in line for line in lines):
            wavefront.answers(status(400, body="a poison point"))
        return send(lines, seconds)

    monkeypatch.setattr(this.delivery.exporter, "export", poisoned)


def test_one_refused_point_does_not_hold_back_its_batch(
    run: Callable[..., Run], wavefront: WavefrontReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = run()
    poison(this, wavefront, monkeypatch)
    this.delivery.add([*some(700), *some(1, "poison"), *some(300, "after")])
    assert "1000 points delivered" in this.finish()
    assert ages(wavefront) == 1000
    assert this.journal.rejected.counts()[0] == {"HTTP 400": 1}
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
    assert this.journal.rejected.counts()[0] == {"HTTP 400": 12}


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


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><title>Sign in</title>", " \r\n<HTML>", "\ufeff<?xml version='1.0'?>"]
)
@pytest.mark.parametrize("code", [200, 202])
def test_a_web_page_is_no_acceptance(
    run: Callable[..., Run], wavefront: WavefrontReceiver, code: int, page: str
) -> None:
    wavefront.always(status(code, body=page))
    this = run()
    this.delivery.add(some())
    assert "0 invalid, 3 in the journal" in this.finish()
    assert f"HTTP {code} with a web page" in this.warnings
    assert "Check url (WAVEFRONT_URL)" in this.warnings
