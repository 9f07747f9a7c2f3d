# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""Answers a test can choose: every status, and every way in which a connection can fail."""

from __future__ import annotations

import random
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """What happens to one request. The functions below make the usual ones."""

    name: str
    judged: bool = False
    """The receiver decides on status and body, and takes what is valid; else nothing is accepted."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    delay: float = 0.0
    """Seconds between the judgement and the answer."""
    trickle: float = 0.0
    """Seconds over which the answer's body is spread."""
    head_trickle: float = 0.0
    """Seconds over which its status line and headers are spread."""
    read: float = 1.0
    """The share of the request's body that is read."""
    drop: bool = False
    """The connection is reset where the answer would be sent."""


def ok() -> Answer:
    """The receiver's own judgement: 202, or 401, 413 … where the request deserves it."""
    return Answer("ok", judged=True)


def status(code: int, *, retry_after: str | int | None = None, body: str = "") -> Answer:
    """This status, and no line is accepted."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer(f"status {code}", status=code, headers=headers, body=body or f"the test asked for {code}")


def redirect(location: str, code: int = 307) -> Answer:
    """A redirect; no line is accepted."""
    return Answer("redirect", status=code, headers={"Location": location})


def slow(seconds: float) -> Answer:
    """Accepted at once, answered late: the sender may have given up by then."""
    return Answer("slow", judged=True, delay=seconds)


def hang() -> Answer:
    """Read, never answered, nothing accepted."""
    return Answer("hang", delay=float("inf"))


def slow_body(seconds: float, code: int = 503) -> Answer:
    """The answer's head comes at once, its body bit by bit; no line is accepted."""
    return Answer("slow body", status=code, body="a slow answer " * 8, trickle=seconds)


def slow_head(seconds: float, code: int = 503) -> Answer:
    """Status line and headers come byte by byte, and nothing after them; no line is accepted."""
    return Answer("slow head", status=code, head_trickle=seconds)


def drop_before_read() -> Answer:
    """The connection is reset before the body is read."""
    return Answer("drop before read", read=0.0, drop=True)


def drop_half_read() -> Answer:
    """The connection is reset in the middle of the body."""
    return Answer("drop half-read", read=0.5, drop=True)


def drop_before_record() -> Answer:
    """The whole body is read, nothing is accepted, the connection is reset."""
    return Answer("drop before record", drop=True)


def drop_after_record() -> Answer:
    """The lines are accepted and the connection is reset: the sender cannot know."""
    return Answer("drop after record", judged=True, drop=True)


FAULTS: tuple[Answer, ...] = (
    *(status(code) for code in (406, 408, 500, 502, 503)),
    status(429),
    status(429, retry_after=0),
    slow(0.05),
    slow_body(0.05),
    slow_head(0.05),
    drop_before_read(),
    drop_half_read(),
    drop_before_record(),
    drop_after_record(),
)
"""Faults that pass: a sender that tries again gets every line through them."""


def from_json(document: Mapping[str, Any]) -> Answer:
    """`{"kind": "status", "code": 429, "retry_after": 2}`: a function of this module and its arguments."""
    arguments = dict(document)
    kind = str(arguments.pop("kind", ""))
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of answer: {kind!r}; one of {', '.join(sorted(_KINDS))}")
    return _KINDS[kind](**arguments)


_KINDS: dict[str, Callable[..., Answer]] = {
    make.__name__: make
    for make in (
        ok,
        status,
        redirect,
        slow,
        hang,
        slow_body,
        slow_head,
        drop_before_read,
        drop_half_read,
        drop_before_record,
        drop_after_record,
    )
}


class Script:
    """The answers to come: first those queued, then a share drawn at random, else the receiver's own judgement."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Answer] = deque()
        self._always: Answer | None = None
        self._faults: tuple[Answer, ...] = ()
        self._share = 0.0
        self._random = random.Random()  # noqa: S311 (a repeatable mix of faults, not a secret)

    def queue(self, answers: Iterable[Answer]) -> None:
        with self._lock:
            self._queue.extend(answers)

    def always(self, answer: Answer | None) -> None:
        with self._lock:
            self._always = answer

    def mix(self, seed: int, share: float, faults: Iterable[Answer]) -> None:
        with self._lock:
            self._random.seed(seed)
            self._share, self._faults = share, tuple(faults)

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()
            self._always, self._share = None, 0.0

    @property
    def left(self) -> int:
        """How many queued answers wait."""
        with self._lock:
            return len(self._queue)

    def next(self) -> Answer:
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            if self._always is not None:
                return self._always
            if self._random.random() < self._share:
                return self._random.choice(self._faults)
            return ok()
