# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Many workers with one pace, in simulated time, against a token bucket such as AWS's."""

from __future__ import annotations

import heapq
from typing import Any

import pytest

from ansible_collections.keyward.iam.plugins.module_utils._aws.pace import MOST_ATTEMPTS, Pace

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
        self._handlers: dict[str, Any] = {}
        Pace(self._pause, lambda: self.now).register(self)

    def register(self, event: str, handler: Any) -> None:
        self._handlers[event] = handler

    register_first = register

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
                self._handlers["before-send"]()
                heapq.heappush(events, (self.now + self._paused, worker, "send", attempts))
            elif what == "send":
                # A refusal is quicker than an answer.
                admitted = self._take()
                answered = self.now + (LATENCY if admitted else LATENCY / 10)
                heapq.heappush(events, (answered, worker, "admitted" if admitted else "refused", attempts))
            else:
                error = {} if what == "admitted" else {"Error": {"Code": "Throttling"}}
                pause = self._handlers["needs-retry"](response=(None, error), attempts=attempts)
                if what == "refused":
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
    handler = simulation._handlers["needs-retry"]
    refused = (None, {"Error": {"Code": "Throttling"}})
    assert 0.5 <= handler(response=refused, attempts=MOST_ATTEMPTS - 1) <= 1
    assert handler(response=refused, attempts=MOST_ATTEMPTS) is None


@pytest.mark.parametrize("response", [None, (None, {"Error": {"Code": "ServiceFailure"}})])
def test_other_failures_are_botocores(response: Any) -> None:
    simulation = Simulation(rate=10, burst=10)
    assert simulation._handlers["needs-retry"](response=response, attempts=1) is None
    simulation.run(10)
    assert simulation.throttled == 0
