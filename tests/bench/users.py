# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What collecting costs against the number of users, beside other ways to the same ages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import ways
from bench.measure import Measured
from bench.served import AGE_DAYS, Cost, served
from bench.ways import FIRST, FIRST_PAGE, LIST, PLAY, SERIAL, STEADY, THREADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.page import Page
    from bench.ways import Way

LARGE = 1000
RATE = 15
THROTTLED_USERS = 300
FAST = [THREADS, LIST, PLAY, FIRST, STEADY]
"""The others take so long, or matter so little, that they run once."""


def users(
    sizes: Sequence[int], rounds: int, page: Page, *, custodian: str | None, prowler: str | None
) -> Iterator[Measured]:
    """Without a limit at every size, then under one. From 5000 users on each has two keys."""
    others = [FIRST_PAGE, SERIAL, ways.AMAZON_AWS]
    others += ways.custodian(custodian) if custodian else []
    others += [ways.prowler(prowler, AGE_DAYS)] if prowler else []
    for size in sizes:
        found: dict[Way, Cost] = {}
        with served(1, size, keys=_keys(size)) as account:
            once = [([way], 1) for way in others if size <= (way.most_users or size)]
            for some, times in (*once, (FAST, rounds)):
                found |= account.costs(some, size, times)
                for way in some:
                    yield Measured(f"{size:,} users: {way.name}", found[way].seconds, "s")
        page.users += found.values()
        for measured in _limits(size, found):
            page.limits.append(measured)
            yield measured
    with served(1, THROTTLED_USERS, throttle={"rate": RATE, "burst": RATE}) as account:
        page.throttled = list(account.costs([SERIAL, LIST], THROTTLED_USERS, rounds).values())
    slower = round(page.throttled[1].seconds / page.throttled[0].seconds, 2)
    page.limits.append(Measured(f"{THROTTLED_USERS} users at {RATE} calls/s: list over serial", slower, "", most=1))
    yield page.limits[-1]


def _keys(size: int) -> int:
    return 2 if size >= 5 * LARGE else 1


def _limits(size: int, found: dict[Way, Cost]) -> Iterator[Measured]:
    large = size >= LARGE
    over = {way: found[way].seconds / found[THREADS].seconds for way in (LIST, PLAY)}
    yield Measured(f"{size:,} users: list over bare threads", over[LIST], "", most=1.15 if large else None)
    yield Measured(f"{size:,} users: play over bare threads", over[PLAY], "", most=2 if size == LARGE else None)
    yield Measured(f"{size:,} users: calls in the steady state", found[STEADY].calls, "", most=-(-size // LARGE) + 3)
    yield Measured(f"{size:,} users: steady state", found[STEADY].seconds, "s", most=3 if large else None)
    own = (FIRST_PAGE, SERIAL, THREADS, LIST, PLAY, FIRST, STEADY)
    whole = [cost for way, cost in found.items() if cost.right and cost.keys == size * _keys(size) and way not in own]
    peers = whole or [found[SERIAL]]
    if large:
        fastest = min(peers, key=lambda cost: cost.seconds)
        for way, least in ((LIST, 10), (STEADY, 50)):
            what = f"{size:,} users: {fastest.way} over {way.name}"
            yield Measured(what, fastest.seconds / found[way].seconds, "", least=least if size == LARGE else None)
