# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""The page docs/performance.md and its plot, from what was measured."""

from __future__ import annotations

import math
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.measure import Measured
    from bench.users import Cost

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_LICENSE = """Copyright (c) 2026 keyward contributors
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
SPDX-FileCopyrightText: 2026 keyward contributors"""
_COLORS = ("#999999", "#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf")
_HEAD = """| users | way | calls | wall (s) | CPU (s) | peak memory (MB) | keys found | age of a toggled key |
|---:|---|---:|---:|---:|---:|---:|---|
"""


def write(costs: Sequence[Cost], throttled: Sequence[Cost], limits: Iterable[Measured], rounds: int) -> None:
    (_DOCS / "images" / "performance.svg").write_text(_plot(costs), encoding="utf-8")
    sizes = ",".join(str(size) for size in sorted({cost.users for cost in costs}))
    load = os.getloadavg()[0]
    bars = "".join(
        f"| {each.what} | {f'{each.value:,.2f} {each.unit}'.strip()} | {each.most:,g} "
        f"| {'met' if each.met else 'missed'} |\n"
        for each in limits
        if each.most is not None
    )
    text = f"""<!--
{_LICENSE}
-->

# Performance

`make bench` writes this page. The test AWS runs as a process of its own on the same machine and answers each call after
30 ms. Every user has one access key. Rounds whose median is shown: {rounds}, of the slowest ways and under throttling
one. The endpoint shares the processors, so compare the ways with each other rather than with AWS.

Measured with Python {platform.python_version()}, ansible-core {version("ansible-core")}, boto3 {version("boto3")}, on
{os.cpu_count()} processors with a load of {load:.1f} at the end. To repeat it:

```shell
python3 -m venv /tmp/c7n && /tmp/c7n/bin/pip install c7n
make bench ARGS='--only users --sizes {sizes} --rounds {rounds} --custodian /tmp/c7n/bin/custodian --write'
```

![Wall time against the number of users](images/performance.svg)

{_HEAD}{_rows(costs)}
The peak of a whole play is that of `ansible-playbook` without its workers. A play prints no keys, so its last columns
are empty. *First page only* reads the 100 users that IAM gives by default.

## Under throttling

A token bucket admits 15 calls a second.

{_HEAD}{_rows(throttled)}
## Limits

| what | measured | at most | |
|---|---:|---:|---|
{bars}"""
    (_DOCS / "performance.md").write_text(text, encoding="utf-8")


def _rows(costs: Iterable[Cost]) -> str:
    verdict = {None: "", True: "right", False: "wrong"}
    return "".join(
        f"| {cost.users:,} | {cost.way} | {cost.calls:,.0f} | {cost.seconds:.2f} | {cost.cpu_seconds:.2f} "
        f"| {cost.peak_bytes / 1e6:.0f} | {'' if cost.keys is None else f'{cost.keys:,}'} | {verdict[cost.right]} |\n"
        for cost in costs
    )


def _plot(costs: Sequence[Cost]) -> str:
    """Both axes are logarithmic."""
    most, least = max(cost.seconds for cost in costs), min(cost.seconds for cost in costs)
    sizes = sorted({cost.users for cost in costs})
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
        points = " ".join(f"{across(cost.users):.1f},{down(cost.seconds):.1f}" for cost in costs if cost.way == way)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<text x="{left + width + 20}" y="{top + 16 + number * 18}" fill="{color}">{way}</text>')
    return "\n".join([*parts, "</svg>", ""])
