# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Whatever fails in whatever order, nothing is waited for longer than promised: in simulated time, but for sockets."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import math
import socket
import struct
import threading
import time
from email.message import Message
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.keyward.iam.plugins.module_utils._access_keys import report_fetch
from ansible_collections.keyward.iam.plugins.module_utils._aws.boundary import details_of
from ansible_collections.keyward.iam.plugins.module_utils._aws.pace import MOST_ATTEMPTS, Pace
from ansible_collections.keyward.iam.plugins.module_utils._common.backoff import pauses
from ansible_collections.keyward.iam.plugins.module_utils._common.errors import KeywardError
from ansible_collections.keyward.iam.plugins.module_utils._http import request, rest
from ansible_collections.keyward.iam.plugins.module_utils._http.faults import NoAnswerError, timed_out
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery import sender, time_budget
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.exporter import ExportResult, ExportStatus
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.labels import Labels
from ansible_collections.keyward.iam.plugins.plugin_utils._delivery.stats import DeliveryStats
from ansible_collections.keyward.iam.plugins.plugin_utils._metrics.point import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SIMULATED = settings(max_examples=150, deadline=None)
_DATES = st.sampled_from(["Fri, 31 Dec 9999 23:59:59 GMT", "Tue, 14 Nov 2023 22:13:20 -0000", "soon", "", "-5", "nan"])
_RETRY_AFTER = st.none() | st.integers(0, 10**12).map(str) | _DATES | st.text(max_size=10)


class Clock:
    """In the place of the module time: it goes on by what is waited for."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds

    @contextlib.contextmanager
    def instead_of(self, *modules: Any) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            for module in modules:
                stack.enter_context(mock.patch.object(module, "time", self))
            yield


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6), st.integers(1, 2000))
def test_no_pause_is_longer_than_the_longest(first: float, longest: float, number: int) -> None:
    pause = next(itertools.islice(pauses(first, longest), number, None))
    assert 0 < pause <= longest


_ANSWERS = st.tuples(
    st.sampled_from([200, 302, 400, 401, 403, 404, 406, 408, 429, 500, 502, 503, 504]), _RETRY_AFTER, st.floats(0, 100)
)
_FAULTS = st.tuples(st.sampled_from(["hang", "reset"]), st.none(), st.floats(0, 100))


@_SIMULATED
@given(
    st.lists(_ANSWERS | _FAULTS, min_size=1, max_size=12),
    st.floats(0.1, 100),
    st.sampled_from(["GET", "POST"]),
    st.booleans(),
)
def test_a_rest_service_has_five_attempts_and_four_pauses(
    schedule: list[tuple[Any, str | None, float]],
    timeout: float,
    method: str,
    renews: bool,  # noqa: FBT001
) -> None:
    clock, answers = Clock(), itertools.cycle(schedule)

    def send(_method: str, url: str, options: request.HttpOptions, *_arguments: Any) -> request.Response:
        """Each takes as long as its answer does, and no longer than its timeout, which test_sockets holds it to."""
        status, asked, seconds = next(answers)
        clock.sleep(min(seconds, options.timeout) if status != "hang" else options.timeout)
        if status == "hang" or seconds > options.timeout:
            raise timed_out(url, options.timeout)
        if status == "reset":
            raise NoAnswerError(url, "reset", "try again", "url")
        headers = Message()
        if asked is not None:
            headers["Retry-After"] = asked.replace("\n", "").replace("\r", "")
        return request.Response(status, headers, "{}")

    credentials = mock.Mock(setting="token", secrets=[], renew=lambda: renews, header=lambda: "Bearer x")
    service = rest.Service("Service", "url", "none", "{}", "{}", "none", lambda _text: True, lambda text: text)
    client = rest.RestClient(service, "http://x", "api", credentials, request.HttpOptions(timeout))
    with clock.instead_of(rest), mock.patch.object(rest, "send", send), contextlib.suppress(KeywardError):
        client.ask(method, "path")
    # One more request, where the credentials are renewed.
    most = (rest.MOST_ATTEMPTS + 1) * timeout + (rest.MOST_ATTEMPTS - 1) * rest.LONGEST_PAUSE_SECONDS
    assert clock.now - 1000.0 <= most + 1e-6


@_SIMULATED
@given(st.lists(st.sampled_from(["throttled", "fine", "no answer"]), min_size=1, max_size=100), st.floats(0, 5))
def test_a_request_that_is_throttled_is_given_up_within_two_minutes(answers: list[str], latency: float) -> None:
    clock = Clock()
    client = mock.Mock()
    Pace(clock.sleep, clock.monotonic).register(client)
    events = client.meta.events
    before_send = events.register.call_args.args[1]
    on_response = events.register_first.call_args.args[1]

    def waited(attempts: int, answer: str) -> float | None:
        """The pause that botocore is asked for, after the answer to one request."""
        started = clock.now
        before_send()
        assert clock.now - started <= 1 + 1e-6, "a client that has one thread waits for its turn"
        clock.now += latency
        error = {"Error": {"Code": "Throttling"}} if answer == "throttled" else {}
        pause: float | None = on_response(response=None if answer == "no answer" else (None, error), attempts=attempts)
        return pause

    for answer in answers:
        waited(1, answer)
    started = clock.now
    for attempts in itertools.count(1):
        pause = waited(attempts, "throttled")
        if pause is None:
            break
        clock.sleep(pause)
    assert attempts == MOST_ATTEMPTS
    assert clock.now - started - MOST_ATTEMPTS * latency <= 2 * MOST_ATTEMPTS


_CONTENT = b"user,arn,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n"
_NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def _report_answer(name: str, seconds: float) -> Any:
    match name:
        case "fresh" | "old":
            hours = 1 if name == "fresh" else 9
            return {"Content": _CONTENT, "GeneratedTime": _NOW - dt.timedelta(hours=hours)}
        case "started" | "complete":
            return {"State": name.upper()}
        case "connect":
            return ConnectTimeoutError(endpoint_url="x")
        case "hang":
            return ReadTimeoutError(endpoint_url="x")
        case "junk":
            return seconds
        case code:
            status = 503 if code == "ServiceFailure" else 400
            metadata = {"HTTPStatusCode": status}
            return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "GetCredentialReport")  # type: ignore[typeddict-item]


_REPORT_CODES = ("Throttling", "ServiceFailure", "AccessDenied", "ReportNotPresent", "ReportInProgress")
_REPORT_ANSWERS = st.tuples(
    st.sampled_from(["fresh", "old", "started", "complete", "connect", "hang", "junk", *_REPORT_CODES]),
    st.floats(0, 10),
)
_LONGEST_CALL = 15.0
"""The connect and the read time-out of the report's client."""


@_SIMULATED
@given(st.lists(_REPORT_ANSWERS, min_size=1, max_size=20))
def test_a_report_is_paused_for_until_its_deadline_and_then_asked_for_once(schedule: list[tuple[str, float]]) -> None:
    clock, answers = Clock(), itertools.cycle(schedule)
    begun: list[float] = []

    def call() -> Any:
        begun.append(clock.now)
        name, seconds = next(answers)
        clock.now += _LONGEST_CALL if name == "hang" else seconds
        answer = _report_answer(name, seconds)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = mock.Mock(get_credential_report=call, generate_credential_report=call)
    with clock.instead_of(report_fetch):
        fetcher = report_fetch.ReportFetcher(client, _NOW)
        try:
            fetcher.fetch()
        except Exception as error:  # noqa: BLE001 - whichever it is, it is told
            assert details_of(error).sentence  # noqa: PT017
    deadline = 1000.0 + report_fetch.WAIT_SECONDS
    late = [moment for moment in begun if moment >= deadline]
    assert len(late) <= 3
    assert clock.now <= deadline + (1 + len(late)) * _LONGEST_CALL


def test_a_report_that_never_comes_is_waited_for_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_fetch, "BUDGET_SECONDS", 0.2)
    ended = threading.Event()
    client = mock.Mock(get_credential_report=ended.wait)
    started = time.monotonic()
    report, reason = report_fetch.PendingReport(client, _NOW).take(mock.Mock())
    taken = time.monotonic() - started
    ended.set()
    assert (report, reason) == (None, "AWS gave none within 0.2 seconds")
    assert taken < 5


_RESULTS = st.tuples(
    st.sampled_from([*ExportStatus, "crash"]),
    st.none() | st.floats(0, 1e6) | st.sampled_from([math.inf, math.nan]),
    st.floats(0, 100),
    st.integers(0, 5),
)


@_SIMULATED
@given(
    st.lists(_RESULTS, min_size=1, max_size=40),
    st.floats(0.01, 300),
    st.integers(1, 40),
    st.tuples(st.booleans(), st.booleans()),
)
def test_a_delivery_ends_within_its_deadline_and_counts_each_point_once(
    schedule: list[tuple[Any, float | None, float, int]], deadline: float, count: int, flags: tuple[bool, bool]
) -> None:
    clock, results = Clock(), itertools.cycle(schedule)
    retry, accepts = flags

    class Exporter:
        name = destination = "test"
        most_points = 100
        reserved_tags = frozenset[str]()

        def encoder(self) -> Any:
            return mock.Mock(adjusted=0, encode=lambda point: point.value)

        def export(self, _items: Sequence[Any], seconds: float) -> ExportResult:
            """It takes no longer than it may, which the exporters' own tests hold them to."""
            status, retry_after, takes, rejected = next(results)
            clock.now += min(takes, seconds)
            if status == "crash":
                raise RuntimeError(status)
            return ExportResult(status, "code", retry_after=retry_after, partly_rejected=rejected)

        def shutdown(self) -> None:
            """Nothing is open."""

    stats = DeliveryStats()
    points = [Point("m", number, 1) for number in range(count)]
    with clock.instead_of(sender, time_budget), time_budget.TimeBudget(deadline) as budget:
        context = sender.Context(Exporter(), budget, Labels({"deadline": {}}), None, lambda: points[:1])
        batch = sender.BatchSender(context, stats, accepts=accepts)
        batch.run(points, retry=retry)
    assert clock.now - 1000.0 <= deadline + 1e-6
    assert stats.delivered + stats.invalid + len(batch.left) == count


def _hang(connection: socket.socket, ended: threading.Event) -> None:
    ended.wait(30)
    connection.close()


def _reset(connection: socket.socket, _ended: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _drip(head: bytes, piece: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def answer(connection: socket.socket, ended: threading.Event) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(head)
            while not ended.wait(0.01):
                connection.sendall(piece)

    return answer


def _at_once(content: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def answer(connection: socket.socket, _ended: threading.Event) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(content)

    return answer


_OK = b"HTTP/1.1 200 OK\r\n"
_BEHAVIOURS = {
    "hangs": _hang,
    "resets": _reset,
    "drips a status": _drip(b"H", b"T"),
    "drips headers": _drip(_OK, b"X-A: b\r\n"),
    "drips a body": _drip(_OK + b"\r\n", b"x"),
    "drips a declared body": _drip(_OK + b"Content-Length: 99999999\r\n\r\n", b"x"),
    "drips chunks": _drip(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "continues without end": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "is unavailable": _at_once(b"HTTP/1.1 503 No\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n"),
    "answers": _at_once(_OK + b"Content-Length: 2\r\n\r\n{}"),
    "is no server": _at_once(b"\x15\x03\x01\x00\x02\x02\x46"),
}


@contextlib.contextmanager
def _server(behaviours: Sequence[str]) -> Iterator[str]:
    """Meets each connection with the next behaviour."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            following = itertools.cycle(behaviours)
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    arguments = (listener.accept()[0], ended)
                    threading.Thread(target=_BEHAVIOURS[next(following)], args=arguments, daemon=True).start()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


@pytest.mark.once
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(_BEHAVIOURS)), min_size=1, max_size=4))
def test_sockets_are_waited_for_no_longer_than_the_timeout(
    monkeypatch: pytest.MonkeyPatch, behaviours: list[str]
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with _server(behaviours) as url:
        for _behaviour in behaviours:
            started = time.monotonic()
            with contextlib.suppress(NoAnswerError):
                request.send("GET", url, request.HttpOptions(timeout=0.2), {})
            # A busy machine may be late; one of these would last for half a minute, or without end.
            assert time.monotonic() - started < 5
