# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What can go wrong between a client and AWS, on order."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNKNOWN_ERROR = "The request processing has failed because of an unknown error, exception or failure."

Effect = Literal["error", "page", "hang", "trickle", "drop", "delay"]


class Which(TypedDict, total=False):
    """Which calls a fault happens to, and when: see ``Fault``."""

    account: str | None
    principal: str | None
    times: int | None
    skip: int
    probability: float
    executed: bool


@dataclass
class Fault:
    """Happens to the calls it matches, after the first ``skip`` of them, ``times`` often, with ``probability``.

    ``executed`` says whether the action has been carried out when the client gets the error, the closed connection
    or no answer at all. Slow answers (delay, trickle) are always those of an action carried out.
    """

    effect: Effect
    action: str = "*"
    account: str | None = None
    principal: str | None = None
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    executed: bool = False
    code: str = "ServiceFailure"
    status: int | None = None
    message: str = _UNKNOWN_ERROR
    body: str = ""
    seconds: float = 0.0
    hits: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.effect in ("delay", "trickle"):
            self.executed = True

    def matches(self, account: str, principal: str, action: str) -> bool:
        return (
            fnmatchcase(action, self.action)
            and self.account in (None, account)
            and self.principal in (None, principal)
            and (self.times is None or self.hits < self.times)
        )


class Faults:
    """The faults in force. The first that matches a call happens to it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._random = random.Random(0)  # noqa: S311 - no secret is made of it
        self._lock = Lock()

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults))

    def seed(self, seed: int) -> None:
        """Make probabilities fall the same way again."""
        self._random = random.Random(seed)  # noqa: S311

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def error(
        self,
        action: str,
        code: str,
        *,
        status: int | None = None,
        message: str = _UNKNOWN_ERROR,
        **which: Unpack[Which],
    ) -> Fault:
        """Answer an error; without ``status`` the one that AWS gives the code."""
        return self.add(Fault("error", action, code=code, status=status, message=message, **which))

    def page(self, action: str, status: int, body: str, **which: Unpack[Which]) -> Fault:
        """Answer what a proxy, a captive portal or a gateway would: any text with any status."""
        return self.add(Fault("page", action, status=status, body=body, **which))

    def hang(self, action: str, **which: Unpack[Which]) -> Fault:
        """Take the request and never answer."""
        return self.add(Fault("hang", action, **which))

    def drop(self, action: str, **which: Unpack[Which]) -> Fault:
        """Close the connection without an answer."""
        return self.add(Fault("drop", action, **which))

    def delay(self, action: str, seconds: float, **which: Unpack[Which]) -> Fault:
        """Answer late."""
        return self.add(Fault("delay", action, seconds=seconds, **which))

    def trickle(self, action: str, seconds: float, **which: Unpack[Which]) -> Fault:
        """Answer byte by byte, with ``seconds`` before each."""
        return self.add(Fault("trickle", action, seconds=seconds, **which))

    def pick(self, account: str, principal: str, action: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if not fault.matches(account, principal, action):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                elif self._random.random() < fault.probability:
                    fault.hits += 1
                    return fault
        return None
