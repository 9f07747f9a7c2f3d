# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What a key costs after the module has found it, stage by stage, and what a play costs before it finds any."""

from __future__ import annotations

import contextlib
import functools
import sys
import timeit
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.keyward.iam.plugins.module_utils._access_keys.cache import KeyCache
from bench import ways
from bench.measure import Measured
from bench.page import BOTO3, COLLECT, PING
from bench.served import account_id, served
from testbed.fakes.wavefront import WavefrontReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bench.page import Page
    from bench.served import Served

USERS, KEYS = 5000, 10_000
_UNDELIVERED = "keyward_deliver=false"
_NOTHING = [{"ansible.builtin.debug": {"msg": "nothing"}}]


class Stage(NamedTuple):
    name: str
    unpacked: float
    """Microseconds of processor time a key."""
    packed: float


def stages(rounds: int, page: Page) -> Iterator[Measured]:
    """An account whose keys come from the cache, beside one of a user, with and without a receiver, packed and not."""
    with served(1, 1, latency_ms=0) as small, served(1, USERS, keys=2) as large:
        costs = {}
        for packed in (False, True):
            fixed, whole = _beyond_the_module(small, 1, packed, rounds), _beyond_the_module(large, KEYS, packed, rounds)
            costs[packed] = [1e6 * (of_keys - of_none) / KEYS for of_keys, of_none in zip(whole, fixed, strict=True)]
        with _delivering(large, 0) as account:
            seconds = account.cost(ways.Way("play", _collect), KEYS, rounds).seconds
        loading = min(timeit.repeat(lambda: KeyCache(str(large.home / "cache"), account_id(0)), number=1))
    page.limits.append(Measured("10,000 keys: loading the cache", 1000 * loading, "ms", most=50))
    page.limits.append(Measured("10,000 keys from the cache: keyward.iam.collect", seconds, "s", most=6))
    names = ("Ansible", "points, journal and receiver")
    page.stages = [Stage(*each) for each in zip(names, costs[False], costs[True], strict=True)]
    for stage in page.stages:
        yield Measured(f"a key, unpacked: {stage.name}", stage.unpacked, "µs")
        yield Measured(f"a key, packed: {stage.name}", stage.packed, "µs")
    page.limits.append(Measured("a key, packed: all stages", sum(costs[True]), "µs", most=100))
    yield from page.limits[-3:]


def _beyond_the_module(account: Served, keys: int, packed: bool, rounds: int) -> tuple[float, float]:  # noqa: FBT001
    """Processor time of Ansible with the result, and of the callback with it."""
    options: dict[str, Any] = {"method": "report", "packed": packed}
    module = account.cost(ways.packed("module", cache_path="cache", **options), keys, rounds + 1).cpu_seconds
    task = {"keyward.iam.access_key_info": {**options, "cache_path": str(account.home / "cache")}}
    alone = account.cost(ways.playbook("play", [task]), keys, rounds).cpu_seconds
    with _delivering(account, rounds * keys):
        delivered = account.cost(ways.playbook("play", [task]), keys, rounds).cpu_seconds
    return alone - module, delivered - alone


@contextlib.contextmanager
def _delivering(account: Served, ages: int) -> Iterator[Served]:
    with WavefrontReceiver(token="bench-token", keep=False) as receiver:
        account.ansible.set(
            ANSIBLE_CALLBACKS_ENABLED="keyward.iam.wavefront",
            WAVEFRONT_URL=receiver.url,
            WAVEFRONT_API_TOKEN="bench-token",
        )
        yield account
        del account.ansible.variables["ANSIBLE_CALLBACKS_ENABLED"]
        arrived = receiver.metrics["aws.iam.accessKey"]
        assert arrived >= ages, f"{arrived} ages arrived"


def startup(rounds: int, page: Page) -> Iterator[Measured]:
    """One account of a user: what each part of a play costs that is there before the first key is."""
    with served(1, 1, latency_ms=0) as account:
        parts = {
            "importing Ansible's base of modules": _python("import ansible.module_utils.basic"),
            BOTO3: _python("import boto3; boto3.client('iam').list_users()"),
            "the module": ways.packed("module"),
            "a play that does nothing": ways.playbook("play", _NOTHING),
            PING: ways.playbook("play", [{"ansible.builtin.ping": {}}]),
            "a play with access_key_info": ways.playbook("play", [{"keyward.iam.access_key_info": {}}]),
            COLLECT: ways.Way("play", functools.partial(_collect, arguments=["-e", _UNDELIVERED])),
        }
        page.startup = {name: account.cost(way, 1, rounds) for name, way in parts.items()}
    for name, cost in page.startup.items():
        yield Measured(f"start-up: {name}", cost.cpu_seconds, "s of CPU")


def _python(code: str) -> ways.Way:
    return ways.Way("python", lambda _home: [sys.executable, "-c", code])


def _collect(home: Path, arguments: Sequence[str] = ()) -> list[str]:
    cache = f"keyward_cache_path={home / 'cache'}"
    return ["ansible-playbook", "keyward.iam.collect", "-e", "keyward_method=report", "-e", cache, *arguments]
