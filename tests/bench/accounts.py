# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

"""What collecting costs against the number of accounts, each with a role that one process assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench import ways
from bench.measure import Measured
from bench.served import ROLE, account_id, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.page import Page

USERS = 100


def accounts(sizes: Sequence[int], page: Page) -> Iterator[Measured]:
    for size in sizes:
        arns = [f"arn:aws:iam::{account_id(number)}:role/{ROLE}" for number in range(size)]
        roles: dict[str, Any] = {"role_arns": arns, "packed": True}
        report: dict[str, Any] = {"method": "report", "cache_path": "cache", **roles}
        with served(size, USERS) as organization:
            for way in (
                ways.packed("list", **roles),
                ways.packed("report, first run", begins_anew=True, **report),
                ways.packed("report, steady state", **report),
            ):
                cost = organization.cost(way, size, 1)
                page.accounts.append(cost)
                yield Measured(f"{size:,} accounts: {way.name}", cost.seconds, "s")
        page.limits += _limits(size, page)
        yield from _limits(size, page)


def _limits(size: int, page: Page) -> Iterator[Measured]:
    of_size = [cost for cost in page.accounts if cost.size == size]
    megabytes = max(cost.peak_bytes for cost in of_size) / 1e6
    if size == 100:
        yield Measured("100 accounts of 100 users: peak memory", megabytes, "MB", most=150)
    if size == 1000:
        yield Measured("1,000 accounts of 100 users: steady state", of_size[-1].seconds, "s", most=600)
