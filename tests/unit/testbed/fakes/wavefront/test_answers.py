# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Every answer that a test can choose, as a real client meets it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests

from testbed.fakes.wavefront import (
    FAULTS,
    Answer,
    WavefrontReceiver,
    drop_after_record,
    drop_before_read,
    drop_before_record,
    drop_half_read,
    hang,
    ok,
    redirect,
    slow,
    slow_body,
    slow_head,
    status,
)
from testbed.fakes.wavefront.answers import from_json

if TYPE_CHECKING:
    from collections.abc import Callable

    Post = Callable[..., requests.Response]

LINE = f'aws.iam.accessKey 1 {int(time.time())} source="AWS" name="user"'


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 406, 408, 413, 429, 500, 502, 503])
def test_a_status_accepts_nothing(wf: WavefrontReceiver, post: Post, code: int) -> None:
    wf.answers(status(code, body="because"))

    answer = post(LINE)

    assert (answer.status_code, answer.text) == (code, "because")
    assert "Retry-After" not in answer.headers
    assert wf.accepted == 0
    assert (wf.requests[0].answer, wf.requests[0].status, wf.requests[0].lines) == (f"status {code}", code, 1)


def test_retry_after(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(status(429, retry_after=2), status(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"))

    assert post(LINE).headers["Retry-After"] == "2"
    assert post(LINE).headers["Retry-After"] == "Wed, 21 Oct 2026 07:28:00 GMT"


def test_queued_answers_come_once_and_in_order(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(status(503), ok(), status(429))

    assert [post(LINE).status_code for _unused in range(5)] == [503, 202, 429, 202, 202]


def test_always_holds_until_it_is_taken_back(wf: WavefrontReceiver, post: Post) -> None:
    wf.always(status(503))
    wf.answers(status(406))
    assert [post(LINE).status_code for _unused in range(3)] == [406, 503, 503]

    wf.always(None)
    assert post(LINE).status_code == 202


def test_calm_forgets_every_chosen_answer(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(status(503))
    wf.always(status(503))
    wf.mix(seed=1, share=1.0)

    wf.calm()

    assert post(LINE).status_code == 202


@pytest.mark.parametrize(
    ("answer", "read", "accepted"),
    [
        (drop_before_read(), 0.0, 0),
        (drop_half_read(), 0.5, 0),
        (drop_before_record(), 1.0, 0),
        (drop_after_record(), 1.0, 1),
    ],
    ids=lambda value: value.name if isinstance(value, Answer) else None,
)
def test_a_dropped_connection(wf: WavefrontReceiver, post: Post, answer: Answer, read: float, accepted: int) -> None:
    wf.answers(answer)

    with pytest.raises(requests.ConnectionError):
        post(LINE)

    request = wf.requests[0]
    assert request.status is None
    assert request.wire_bytes == int(len(LINE) * read)
    assert wf.accepted == request.accepted == accepted
    assert post(LINE).status_code == 202
    assert wf.unique == 1


def test_a_large_body_is_dropped_half_way(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(drop_half_read())

    with pytest.raises(requests.ConnectionError):
        post(*[LINE] * 100_000)

    assert wf.requests[0].wire_bytes == (len(LINE + "\n") * 100_000 - 1) // 2
    assert wf.accepted == 0


def test_slow_is_accepted_before_the_sender_hears_of_it(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(slow(60))

    with pytest.raises(requests.ReadTimeout):
        post(LINE, timeout=0.1)

    wf.wait_for(lambda wf: len(wf.requests) == 1)
    assert (wf.requests[0].status, wf.accepted) == (None, 1)


def test_slow_answers_in_the_end(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(slow(0.1))
    started = time.monotonic()

    assert post(LINE).status_code == 202

    assert time.monotonic() - started >= 0.1


def test_hang_never_answers_and_accepts_nothing(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(hang())

    with pytest.raises(requests.ReadTimeout):
        post(LINE, timeout=0.1)

    wf.wait_for(lambda wf: len(wf.requests) == 1)
    assert (wf.requests[0].status, wf.requests[0].lines, wf.accepted) == (None, 1, 0)


def test_a_hanging_request_is_seen_and_does_not_hold_the_end_up(session: requests.Session) -> None:
    outcome: list[Exception] = []

    def send() -> None:
        try:
            session.post(f"{wf.url}/report?f=wavefront", data=LINE, timeout=60)
        except requests.ConnectionError as error:
            outcome.append(error)

    sender = threading.Thread(target=send)
    with WavefrontReceiver() as wf:
        wf.always(hang())
        sender.start()
        wf.wait_for(lambda wf: wf.in_flight == 1)
    sender.join(timeout=10)

    assert len(outcome) == 1


def test_a_slow_body_outlasts_a_read_time_out_but_not_a_deadline(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(slow_body(0.3))
    started = time.monotonic()

    answer = post(LINE, timeout=0.25)

    assert time.monotonic() - started >= 0.3
    assert (answer.status_code, wf.accepted) == (503, 0)


def test_a_slow_head_outlasts_a_read_time_out_too(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(slow_head(0.6))
    started = time.monotonic()

    answer = post(LINE, timeout=0.3)

    assert time.monotonic() - started >= 0.6
    assert (answer.status_code, answer.text, wf.accepted) == (503, "", 0)


def test_a_redirect_is_left_to_the_client(wf: WavefrontReceiver, post: Post) -> None:
    wf.answers(redirect("/elsewhere"))
    answer = post(LINE, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/elsewhere")

    wf.answers(redirect(f"{wf.url}/report?f=wavefront", code=308))
    assert post(LINE).status_code == 202
    assert wf.unique == 1


def send_until_taken(post: Post, line: str) -> int:
    for tries in range(1, 100):
        try:
            if post(line).status_code == 202:
                return tries
        except requests.RequestException:
            pass
    pytest.fail("never taken")


def test_every_fault_passes_for_a_sender_that_tries_again(wf: WavefrontReceiver, post: Post) -> None:
    for number, fault in enumerate(FAULTS):
        wf.answers(fault)
        send_until_taken(post, f"{LINE} number={number}")

    assert wf.unique == len(FAULTS)
    assert {request.answer for request in wf.requests} == {fault.name for fault in FAULTS} | {"ok"}


def test_a_mix_is_repeated_by_its_seed(wf: WavefrontReceiver, post: Post) -> None:
    def run(seed: int) -> list[str]:
        wf.reset()
        wf.mix(seed=seed, share=0.5, faults=tuple(map(status, (406, 429, 503))))
        for _unused in range(40):
            post(LINE)
        return [request.answer for request in wf.requests]

    first = run(1)

    assert run(1) == first
    assert run(2) != first
    assert 8 <= first.count("ok") <= 32
    assert set(first) == {"ok", "status 406", "status 429", "status 503"}


def test_answers_by_name() -> None:
    assert from_json({"kind": "status", "code": 429, "retry_after": 2}) == status(429, retry_after=2)
    assert from_json({"kind": "drop_half_read"}) == drop_half_read()
    with pytest.raises(ValueError, match=r"unknown kind of answer: 'nap'; one of drop_after_record, .*, status"):
        from_json({"kind": "nap"})
