# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What /report takes, refuses and counts."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING

import pytest
import requests

from testbed.fakes.wavefront import Limits, WavefrontReceiver, status

if TYPE_CHECKING:
    from collections.abc import Callable

    Post = Callable[..., requests.Response]

NOW = int(time.time())
RIGHT, NEWER = "right", "newer"


def line(number: int, metric: str = "aws.iam.accessKey") -> str:
    return f'{metric} {number} {NOW} source="AWS" name="user{number}"'


def test_accepted_lines_and_points_in_order_of_arrival(wf: WavefrontReceiver, post: Post) -> None:
    sent = [line(number) for number in (3, 1, 2)]

    assert post(*sent).status_code == 202

    assert wf.lines == sent
    assert [point.tags["name"] for point in wf.points] == ["user3", "user1", "user2"]
    assert wf.requests[0].accepted == wf.requests[0].lines == 3


def test_empty_lines_and_line_ends_do_not_count(wf: WavefrontReceiver, post: Post) -> None:
    post(f"\n{line(1)}\r\n\n  {line(2)}\n\n")

    assert wf.lines == [line(1), line(2)]


def test_a_line_sent_twice_is_one_point(wf: WavefrontReceiver, post: Post) -> None:
    for _unused in range(2):
        post(line(1), line(2))
    post(line(1), line(1, "other"))

    assert (wf.accepted, wf.unique) == (6, 3)
    assert [wf.arrivals(point) for point in wf.points] == [3, 2, 1]
    assert wf.metrics == {"aws.iam.accessKey": 2, "other": 1}
    assert [point.value for point in wf.points_of("other")] == [1.0]


def test_rejected_lines_carry_the_code_and_hold_nothing_back(wf: WavefrontReceiver, post: Post) -> None:
    answer = post(line(1), "bad:name 1 source=x", "m nan source=x", line(2))

    assert answer.status_code == 202
    assert wf.lines == [line(1), line(2)]
    assert [(bad.line, bad.code) for bad in wf.rejected] == [
        ("bad:name 1 source=x", "WF-400"),
        ("m nan source=x", "WF-300"),
    ]
    assert (wf.requests[0].accepted, wf.requests[0].rejected) == (2, 2)


def test_gzip_and_identity(wf: WavefrontReceiver, session: requests.Session) -> None:
    body = "\n".join(line(number) for number in range(100)).encode()
    packed = gzip.compress(body)
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/octet-stream", "User-Agent": "keyward"}

    assert session.post(f"{wf.url}/report?f=wavefront", data=packed, headers=headers, timeout=5).status_code == 202
    assert session.post(f"{wf.url}/report?f=wavefront", data=body, timeout=5).status_code == 202

    first, second = wf.requests
    assert (first.compressed, first.wire_bytes, first.lines) == (True, len(packed), 100)
    assert (first.content_type, first.user_agent) == ("application/octet-stream", "keyward")
    assert (second.compressed, second.wire_bytes, second.lines) == (False, len(body), 100)
    assert wf.unique == 100


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", line(1).encode()),
        ("gzip", gzip.compress(line(1).encode())[:-4]),
        ("gzip", gzip.compress(line(1).encode()) + b"more"),
        ("br", line(1).encode()),
    ],
    ids=["not gzip", "truncated", "trailing bytes", "unknown"],
)
def test_a_body_that_is_not_what_its_header_says(wf: WavefrontReceiver, encoding: str, body: bytes) -> None:
    answer = requests.post(f"{wf.url}/report?f=wavefront", data=body, headers={"Content-Encoding": encoding}, timeout=5)

    assert answer.status_code == 400
    assert wf.requests[0].lines is None
    assert wf.accepted == 0


@pytest.mark.parametrize(
    ("request_line", "content_type", "expected"),
    [
        ("POST /report?f=wavefront", "text/plain; charset=utf-8", 202),
        ("POST /report?f=wavefront", "application/x-www-form-urlencoded", 202),
        ("POST /report?f=wavefront", "application/json", 415),
        ("POST /report", "text/plain", 400),
        ("POST /report?f=histogram", "text/plain", 400),
        ("POST /report/?f=wavefront", "text/plain", 404),
        ("POST /api/v2/report?f=wavefront", "text/plain", 404),
        ("GET /report?f=wavefront", "text/plain", 405),
    ],
)
def test_the_right_call_only(wf: WavefrontReceiver, request_line: str, content_type: str, expected: int) -> None:
    method, target = request_line.split()
    headers = {"Content-Type": content_type}

    assert requests.request(method, wf.url + target, data=line(1), headers=headers, timeout=5).status_code == expected
    assert wf.accepted == (1 if expected == 202 else 0)


def test_a_tenant_demands_its_token(session: requests.Session) -> None:
    def send(authorization: str | None) -> int:
        headers = {} if authorization is None else {"Authorization": authorization}
        return session.post(f"{wf.url}/report?f=wavefront", data=line(1), headers=headers, timeout=5).status_code

    with WavefrontReceiver(token=RIGHT) as wf:
        assert [send(None), send("Bearer wrong"), send(RIGHT), send(f"Basic {RIGHT}"), send("Bearer ")] == [401] * 5
        assert wf.accepted == 0
        assert send(f"Bearer {RIGHT}") == 202
        wf.token = NEWER
        assert send(f"Bearer {RIGHT}") == 401
        assert send(f"Bearer {NEWER}") == 202


def test_a_proxy_asks_for_none(post: Post) -> None:
    assert post(line(1), headers={"Authorization": "Bearer whatever"}).status_code == 202


def test_413_by_lines_and_by_bytes(wf: WavefrontReceiver, post: Post) -> None:
    wf.bounds.lines = 2
    assert post(line(1), line(2), line(3)).status_code == 413
    assert post(line(1), line(2)).status_code == 202

    wf.bounds.bytes = len(line(3)) - 1
    assert post(line(3)).status_code == 413
    assert [request.lines for request in wf.requests] == [3, 2, 1]
    assert wf.lines == [line(1), line(2)]


def test_limits_of_a_stricter_tenant() -> None:
    with WavefrontReceiver(limits=Limits(tag_value=3)) as wf:
        requests.post(f"{wf.url}/report?f=wavefront", data="a 1 source=x k=four", timeout=5)

        assert [bad.code for bad in wf.rejected] == ["WF-413"]


def test_connections_are_counted(wf: WavefrontReceiver, post: Post) -> None:
    for number in range(3):
        post(line(number))
    assert wf.connections == 1

    requests.post(f"{wf.url}/report?f=wavefront", data=line(1), timeout=5)
    assert wf.connections == 2
    assert [request.connection for request in wf.requests] == [1, 1, 1, 2]


def test_counts_only(session: requests.Session) -> None:
    with WavefrontReceiver(keep=False) as wf:
        for _unused in range(2):
            session.post(f"{wf.url}/report?f=wavefront", data=f"{line(1)}\n{line(2)}", timeout=5)

        assert (wf.accepted, wf.unique, wf.metrics) == (4, 2, {"aws.iam.accessKey": 2})
        with pytest.raises(LookupError, match="keep=False"):
            len(wf.points)


def test_down_and_up_again_under_the_same_url(wf: WavefrontReceiver, post: Post) -> None:
    post(line(1))
    with wf.down(), pytest.raises(requests.ConnectionError, match="refused"):
        post(line(2))
    post(line(3))

    assert wf.lines == [line(1), line(3)]


def test_reset_forgets_what_was_seen_and_what_was_chosen(wf: WavefrontReceiver, post: Post) -> None:
    post(line(1), "bad")
    wf.answers(status(503))
    wf.always(status(500))
    wf.mix(seed=1, share=1.0)

    wf.reset()

    assert (wf.lines, wf.points, wf.rejected, wf.requests) == ([], [], [], [])
    assert (wf.accepted, wf.unique, wf.connections, wf.metrics) == (0, 0, 0, {})
    assert post(line(1)).status_code == 202


def test_wait_for_gives_up_with_what_it_saw(wf: WavefrontReceiver) -> None:
    with pytest.raises(TimeoutError, match="requests: \\[\\]"):
        wf.wait_for(lambda wf: wf.accepted > 0, timeout=0.01)
