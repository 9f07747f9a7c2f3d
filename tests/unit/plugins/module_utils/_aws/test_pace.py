# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Many workers with the pace of one client of botocore, in simulated time, against a token bucket such as AWS's."""

from __future__ import annotations

import heapq
from functools import cache
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from ansible_collections.keyward.iam.plugins.module_utils._aws.pace import MOST_ATTEMPTS, Pace
from ansible_collections.keyward.iam.plugins.module_utils._aws.session import MAX_ATTEMPTS

WORKERS = 16
LATENCY = 0.03


class Simulation:
    """Answers requests at a rate, after a burst, and tells the handlers of a client of both."""

    def __init__(self, rate: float, burst: float) -> None:
        self.now = 0.0
        self.admitted = self.throttled = 0
        self._rate = rate
        self._burst = self._tokens = burst
        self._filled = 0.0
        self._paused = 0.0
        self._client = _session().create_client(
            "iam",
            region_name="us-east-1",
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key="secret",
            config=Config(retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS}),
        )
        self._operation = self._client.meta.service_model.operation_model("ListAccessKeys")
        Pace(self._pause, lambda: self.now).register(self._client)

    def seconds_until_retry(self, status: int | None, code: str = "", attempts: int = 1) -> float | None:
        """What a client does with an answer: the first handler that says something is heard."""
        error = {"Error": {"Code": code}, "ResponseMetadata": {}} if code else {"ResponseMetadata": {}}
        answers = self._client.meta.events.emit(
            "needs-retry.iam.ListAccessKeys",
            response=status and (SimpleNamespace(status_code=status, headers={}), error),
            endpoint=None,
            operation=self._operation,
            attempts=attempts,
            caught_exception=None if status else EndpointConnectionError(endpoint_url="http://localhost"),
            request_dict={"context": {}},
        )
        return next((answer for _handler, answer in answers if answer is not None), None)

    def _pause(self, seconds: float) -> None:
        self._paused += seconds

    def run(self, requests: int) -> None:
        """Until each request was admitted, with WORKERS at once."""
        waiting = requests
        events: list[tuple[float, int, str, int]] = []
        for worker in range(min(WORKERS, requests)):
            waiting -= 1
            heapq.heappush(events, (0.0, worker, "begin", 1))
        while events:
            self.now, worker, what, attempts = heapq.heappop(events)
            if what == "begin":
                self._paused = 0.0
                self._client.meta.events.emit("before-send.iam.ListAccessKeys", request=None)
                heapq.heappush(events, (self.now + self._paused, worker, "send", attempts))
            elif what == "send":
                # A refusal is quicker than an answer.
                admitted = self._take()
                answered = self.now + (LATENCY if admitted else LATENCY / 10)
                heapq.heappush(events, (answered, worker, "admitted" if admitted else "refused", attempts))
            else:
                answer = (200, "") if what == "admitted" else (400, "Throttling")
                pause = self.seconds_until_retry(*answer, attempts=attempts)
                if what == "refused":
                    assert pause is not None
                    assert pause <= 1
                    heapq.heappush(events, (self.now + pause, worker, "begin", attempts + 1))
                else:
                    assert pause is None
                    if waiting:
                        waiting -= 1
                        heapq.heappush(events, (self.now, worker, "begin", 1))

    def _take(self) -> bool:
        self._tokens = min(self._burst, self._tokens + (self.now - self._filled) * self._rate)
        self._filled = self.now
        if self._tokens < 1:
            self.throttled += 1
            return False
        self._tokens -= 1
        self.admitted += 1
        return True


def test_nothing_is_slowed_down_without_throttling() -> None:
    simulation = Simulation(rate=1e6, burst=1e6)
    simulation.run(1600)
    assert simulation.now == pytest.approx(1600 / WORKERS * LATENCY)


@pytest.mark.parametrize("rate", [2, 15, 40, 100, 300])
@pytest.mark.parametrize("seconds_of_burst", [1, 2])
def test_what_aws_admits_is_used_whole(rate: float, seconds_of_burst: int) -> None:
    """Also where its rate is a hundred times another's; what it refuses meanwhile is little."""
    burst = rate * seconds_of_burst
    simulation = Simulation(rate, burst)
    simulation.run(requests=int(burst + 60 * rate))
    assert simulation.admitted == int(burst + 60 * rate)
    assert simulation.now <= 60 * 1.08 + 1
    assert simulation.throttled <= 0.15 * simulation.admitted + 6 * WORKERS


def test_a_request_that_is_always_throttled_is_left_to_botocore_at_last() -> None:
    simulation = Simulation(rate=0, burst=0)
    last = simulation.seconds_until_retry(400, "Throttling", MOST_ATTEMPTS - 1)
    assert last is not None
    assert 0.5 <= last <= 1
    assert simulation.seconds_until_retry(400, "Throttling", MOST_ATTEMPTS) is None


@pytest.mark.parametrize(("status", "code"), [(None, ""), (500, "ServiceFailure")])
def test_other_failures_are_botocores(status: int | None, code: str) -> None:
    simulation = Simulation(rate=10, burst=10)
    assert simulation.seconds_until_retry(status, code) is not None
    assert simulation.seconds_until_retry(status, code, MAX_ATTEMPTS) is None
    assert simulation.seconds_until_retry(403, "AccessDenied") is None
    simulation.run(10)
    assert simulation.throttled == 0


@cache
def _session() -> Any:
    return botocore.session.Session()
