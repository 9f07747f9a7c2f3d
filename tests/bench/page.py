# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The page docs/performance.md and its plot, from what was measured."""

from __future__ import annotations

import math
import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.measure import Measured
    from bench.served import Cost
    from bench.stages import Stage

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_LICENSE = """Copyright (c) 2026 keyward contributors
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
SPDX-FileCopyrightText: 2026 keyward contributors"""
_COLORS = ("#999999", "#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#bcbd22")
_HEAD = """| {} | way | calls | wall (s) | CPU (s) | peak memory (MB) | keys found | age of a toggled key |
|---:|---|---:|---:|---:|---:|---:|---|
"""


BOTO3 = "boto3 alone, one call"
PING = "a play with ping"
COLLECT = "keyward.iam.collect"


@dataclass
class Page:
    """What was measured. It can be written once each part was."""

    users: list[Cost] = field(default_factory=list)
    throttled: list[Cost] = field(default_factory=list)
    accounts: list[Cost] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    startup: dict[str, Cost] = field(default_factory=dict)
    limits: list[Measured] = field(default_factory=list)
    shared: bool = False
    """Whether other work ran on the machine."""

    @property
    def _floor(self) -> float:
        return sum(self.startup[name].cpu_seconds for name in (PING, BOTO3))

    def write(self, arguments: Sequence[str]) -> None:
        """``arguments`` are those that repeat it."""
        (_DOCS / "images" / "performance.svg").write_text(_plot(self.users), encoding="utf-8")
        (_DOCS / "performance.md").write_text(self._text(" ".join(arguments)), encoding="utf-8")

    def _text(self, arguments: str) -> str:
        shared = (
            "\nOther work ran on the machine at the same time, so that single figures are too high."
            if self.shared
            else ""
        )
        return f"""<!--
{_LICENSE}
-->

# Performance

`make bench` writes this page. The test AWS runs as a process of its own on the same machine and answers each call after
30 ms. Every user has one access key, from 5000 users on two. The bare threads and the ways of this collection run some
rounds in turns, of which the medians are shown; all else runs once. The endpoint shares the processors, so compare the
ways with each other rather than with AWS.{shared}

Measured with Python {platform.python_version()}, ansible-core {version("ansible-core")}, boto3 {version("boto3")}, on
{os.cpu_count()} processors with a load of {os.getloadavg()[0]:.1f} at the end. To repeat it:

```shell
python3 -m venv /tmp/c7n && /tmp/c7n/bin/pip install c7n
python3 -m venv /tmp/prowler && /tmp/prowler/bin/pip install prowler
make bench ARGS='{arguments}'
```

![Wall time against the number of users](images/performance.svg)

{_HEAD.format("users")}{_rows(self.users)}
The peak of a play is that of `ansible-playbook` without its workers, and it prints no keys, so its last columns are
empty. *First page only* reads the 100 users that IAM gives by default. The credential report dates a key that was
switched off and on again from that moment: ways that read the age there take the toggled key for new. prowler tells
whether a key is overdue, not its age.

The commands of the others are in `tests/bench/ways.py` and `tests/bench/peers.py`.

## Under throttling

A token bucket admits 15 calls a second.

{_HEAD.format("users")}{_rows(self.throttled)}
## Many accounts

One process assumes a role in each account, eight at a time. An account has 100 users.

{_HEAD.format("accounts")}{_rows(self.accounts)}
## After the module

What a key costs from the module's result to the receiver, in microseconds of processor time, for 10,000 keys:

| stage | unpacked | `packed` |
|---|---:|---:|
{"".join(f"| {each.name} | {each.unpacked:,.0f} | {each.packed:,.0f} |{chr(10)}" for each in self.stages)}
## Before the module

One account of one user, without a delay:

| part | wall (s) | CPU (s) |
|---|---:|---:|
{"".join(f"| {name} | {cost.seconds:.2f} | {cost.cpu_seconds:.2f} |{chr(10)}" for name, cost in self.startup.items())}
Of the processor time of keyward.iam.collect, a play with ping and boto3's one call take {self._floor:.2f} s; the other
{self.startup[COLLECT].cpu_seconds - self._floor:.2f} s are this collection's: packing more modules for the host, and
six more tasks.

## Limits

| what | measured | limit | |
|---|---:|---:|---|
{"".join(map(_limit, self.limits))}"""


def _limit(measured: Measured) -> str:
    if measured.most is None and measured.least is None:
        return ""
    limit = f"at least {measured.least:,g}" if measured.most is None else f"at most {measured.most:,g}"
    value = f"{measured.value:,.2f} {measured.unit}".strip()
    return f"| {measured.what} | {value} | {limit} | {'met' if measured.met else 'missed'} |\n"


def _rows(costs: Iterable[Cost]) -> str:
    verdict = {None: "", True: "right", False: "wrong"}
    return "".join(
        f"| {cost.size:,} | {cost.way} | {cost.calls:,.0f} | {cost.seconds:.2f} | {cost.cpu_seconds:.2f} "
        f"| {cost.peak_bytes / 1e6:.0f} | {'' if cost.keys is None else f'{cost.keys:,}'} | {verdict[cost.right]} |\n"
        for cost in costs
    )


def _plot(costs: Sequence[Cost]) -> str:
    """Both axes are logarithmic."""
    most, least = max(cost.seconds for cost in costs), min(cost.seconds for cost in costs)
    sizes = sorted({cost.size for cost in costs})
    width, height, left, top = 460, 300, 50, 20

    def across(users: int) -> float:
        span = math.log(sizes[-1] / sizes[0]) or 1
        return left + math.log(users / sizes[0]) / span * width

    def down(seconds: float) -> float:
        return top + height * (1 - math.log(seconds / least) / (math.log(most / least) or 1))

    parts = [
        f"<!--\n{_LICENSE}\n-->",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 370" font-family="sans-serif" font-size="11">',
        '<rect width="700" height="370" fill="white"/>',
        f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="#333"/>',
        f'<text x="{left + width / 2}" y="{top + height + 38}" text-anchor="middle">users</text>',
    ]
    parts.extend(
        f'<text x="{across(size):.1f}" y="{top + height + 18}" text-anchor="middle">{size:,}</text>' for size in sizes
    )
    parts.extend(
        f'<text x="{left - 5}" y="{down(10**power) + 4:.1f}" text-anchor="end">{10**power:g} s</text>'
        for power in range(math.ceil(math.log10(least)), math.floor(math.log10(most)) + 1)
    )
    for number, way in enumerate(dict.fromkeys(cost.way for cost in costs)):
        color = _COLORS[number % len(_COLORS)]
        points = " ".join(f"{across(cost.size):.1f},{down(cost.seconds):.1f}" for cost in costs if cost.way == way)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<text x="{left + width + 20}" y="{top + 16 + number * 18}" fill="{color}">{way}</text>')
    return "\n".join([*parts, "</svg>", ""])
