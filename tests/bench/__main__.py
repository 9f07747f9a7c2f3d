# Copyright (c) 2026 keyward contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 keyward contributors

from __future__ import annotations

import argparse
import functools
import sys
from typing import TYPE_CHECKING

from bench import delivery, report
from bench.users import users

if TYPE_CHECKING:
    from bench.measure import Benchmark


def main() -> int:
    names = [*delivery.BENCHMARKS, *report.BENCHMARKS, "users"]
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures what is promised in numbers.")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="some benchmarks")
    parser.add_argument(
        "--sizes", type=_numbers, default=[10, 100, 1000, 5000], help="of the accounts of users: 10,100"
    )
    parser.add_argument("--rounds", type=int, default=3, help="of the ways of users; the median counts")
    parser.add_argument("--custodian", help="the command of Cloud Custodian, for users")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md from users")
    options = parser.parse_args()
    benchmarks: dict[str, Benchmark] = {
        **delivery.BENCHMARKS,
        **report.BENCHMARKS,
        "users": functools.partial(users, options.sizes, options.rounds, options.custodian, write=options.write),
    }
    met = True
    for name in options.only:
        for measured in benchmarks[name]():
            print(measured, flush=True)
            met &= measured.met
    return 0 if met else 1


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
