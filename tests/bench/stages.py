# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a key costs after the module has found it, stage by stage, and what a play costs before it finds any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bench import ways
from bench.measure import Measured
from bench.served import served
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.page import Page
    from bench.served import Served

USERS, KEYS = 5000, 10_000
_NOTHING = [{"ansible.builtin.debug": {"msg": "nothing"}}]


class Stage(NamedTuple):
    name: str
    unpacked: float
    """Microseconds a key."""
    packed: float


def stages(rounds: int, page: Page) -> Iterator[Measured]:
    """An account whose keys come from the cache, with and without a receiver, packed and not."""
    with served(1, USERS, keys=2) as account:
        account.cost(ways.FIRST, KEYS, 1)
        floor = _seconds(account, _NOTHING, rounds)
        costs = {}
        for packed in (False, True):
            options: dict[str, Any] = {"method": "report", "cache_path": str(account.home / "cache"), "packed": packed}
            task = {"keyward.iam.access_key_info": options}
            module = account.cost(ways.module("module", **{**options, "cache_path": "cache"}), KEYS, rounds).seconds
            alone = _seconds(account, [task], rounds)
            with WavefrontReceiver(token="bench-token", keep=False) as receiver:
                account.ansible.set(
                    ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
                    WAVEFRONT_URL=receiver.url,
                    WAVEFRONT_API_TOKEN="bench-token",
                )
                delivered = _seconds(account, [task], rounds)
                whole = _seconds(account, None, rounds) if packed else 0.0
            del account.ansible.variables["ANSIBLE_CALLBACKS_ENABLED"]
            costs[packed] = {"Ansible": alone - floor - module, "points, journal and receiver": delivered - alone}
            if packed:
                page.limits.append(Measured("10,000 keys from the cache: keyward.iam.collect", whole, "s", most=6))
    page.stages = [Stage(name, *(1e6 * costs[packed][name] / KEYS for packed in (False, True))) for name in costs[True]]
    for stage in page.stages:
        yield Measured(f"a key, unpacked: {stage.name}", stage.unpacked, "µs")
        yield Measured(f"a key, packed: {stage.name}", stage.packed, "µs")
    together = sum(stage.packed for stage in page.stages)
    page.limits.append(Measured("a key, packed: all stages", together, "µs", most=100))
    yield from page.limits[-2:]


def startup(rounds: int, page: Page) -> Iterator[Measured]:
    """One account of a user, beside a play that does nothing."""
    with served(1, 1, latency_ms=0) as account:
        page.startup = {
            "a play that does nothing": _seconds(account, _NOTHING, rounds),
            "one task of access_key_info": _seconds(account, [{"keyward.iam.access_key_info": {}}], rounds),
            "keyward.iam.collect": _seconds(account, None, rounds, "-e", "keyward_deliver=false"),
        }
    for name, seconds in page.startup.items():
        yield Measured(f"start-up: {name}", seconds, "s")


def _seconds(account: Served, tasks: list[dict[str, Any]] | None, rounds: int, *arguments: str) -> float:
    """Of a play of these tasks, or of keyward.iam.collect."""

    def command(home: Any) -> list[str]:
        if tasks is not None:
            return ["ansible-playbook", ways.book(home, tasks)]
        cache = f"keyward_cache_path={home / 'cache'}"
        return ["ansible-playbook", "keyward.iam.collect", "-e", "keyward_method=report", "-e", cache, *arguments]

    return account.cost(ways.Way("play", command), KEYS, rounds).seconds
